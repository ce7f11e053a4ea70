"""Extra lines of an appointment."""

from decimal import Decimal

import marshmallow as ma

from comun import fields
from comun.schema import ResourceSchema, Schema


class ExtraNuevo(Schema):
    """One line: description, quantity (1 when absent), unit price without tax."""

    descripcion = fields.Text(300, required=True)
    cantidad = fields.Amount(
        places=6,
        digits=14,
        load_default=Decimal(1),
        validate=ma.validate.Range(min=Decimal(0), min_inclusive=False, error="Debe ser mayor que cero."),
    )
    precio_unitario = fields.Amount(places=6, digits=14, required=True)


class ExtraSalida(ResourceSchema):
    """A line as it stands; `subtotal` to the cent."""

    cita_id = ma.fields.Integer()
    descripcion = ma.fields.String()
    cantidad = fields.Amount(places=6)
    precio_unitario = fields.Amount(places=6)
    subtotal = fields.Amount()


class ExtrasSalida(Schema):
    """All lines of an appointment."""

    datos = ma.fields.List(ma.fields.Nested(ExtraSalida))
    total = fields.Amount()
