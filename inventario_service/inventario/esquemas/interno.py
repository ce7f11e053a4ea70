"""Questions of other services."""

import marshmallow as ma

from comun import fields
from comun.schema import QuerySchema, Schema


class ResumenConsulta(QuerySchema):
    """Of all centres, or of these."""

    centros = fields.Ids(metadata={"description": "Ids, separated by commas."})


class ProductoEscaso(Schema):
    """A product by name."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()


class StockBajo(Schema):
    """How many products are low, and the first ten of them by name."""

    total = ma.fields.Integer()
    primeros = ma.fields.List(ma.fields.Nested(ProductoEscaso))


class ResumenSalida(Schema):
    """The stock in a few figures."""

    stock_bajo = ma.fields.Nested(StockBajo)
