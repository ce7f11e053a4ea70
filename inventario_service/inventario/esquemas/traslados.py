"""Transfers as they come in, go out and are asked for."""

import marshmallow as ma

from comun import fields
from comun.schema import PlainPageQuery, Schema
from inventario.esquemas.movimientos import Cantidad, CodigoDeLote, ProductoBreve, mas_que_nada

LINEAS_MAXIMAS = 200


class LineaNueva(Schema):
    """So much of a product; without a lot, first what expires first."""

    producto_id = fields.Id(required=True)
    cantidad = Cantidad(required=True, validate=mas_que_nada())
    unidad = fields.Text(20, allow_none=True)
    lote = fields.Text(60, allow_none=True, metadata={"description": "Its code."})


class TrasladoNuevo(Schema):
    """From one warehouse to another, of the same centre or not."""

    origen_id = fields.Id(required=True)
    destino_id = fields.Id(required=True)
    lineas = ma.fields.List(
        ma.fields.Nested(LineaNueva), required=True, validate=ma.validate.Length(min=1, max=LINEAS_MAXIMAS)
    )
    motivo = fields.Text(300, allow_none=True)


class BodegaBreve(Schema):
    """A warehouse inside another answer."""

    id = ma.fields.Integer()
    nombre = ma.fields.String()
    centro_id = ma.fields.Integer()


class LineaTrasladada(Schema):
    """So much of a lot that moved."""

    movimiento_id = ma.fields.Integer(attribute="id", metadata={"description": "The one that left."})
    producto_id = ma.fields.Integer()
    producto = ma.fields.Nested(ProductoBreve)
    lote_id = ma.fields.Integer()
    lote = CodigoDeLote(attribute="lote.codigo")
    caducidad = ma.fields.Date(attribute="lote.caducidad", allow_none=True)
    cantidad = ma.fields.Function(lambda salida: -salida.cantidad, metadata={"type": "number"})
    costo_unitario = Cantidad()


class TrasladoSalida(Schema):
    """A transfer, lot by lot."""

    id = ma.fields.Integer()
    origen = ma.fields.Nested(BodegaBreve)
    destino = ma.fields.Nested(BodegaBreve)
    motivo = ma.fields.String(allow_none=True)
    por = ma.fields.String()
    momento = ma.fields.DateTime()
    lineas = ma.fields.List(ma.fields.Nested(LineaTrasladada), attribute="salidas")


class FiltroTraslados(PlainPageQuery):
    """What the list can be narrowed to."""

    centro_id = fields.Id(metadata={"description": "Where they left or arrived."})
    bodega_id = fields.Id(metadata={"description": "Where they left or arrived."})
    producto_id = fields.Id()
