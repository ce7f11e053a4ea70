"""The ledger as it comes in, goes out and is asked for."""

from decimal import Decimal
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import DaysQuery, PlainPageQuery, Schema
from inventario.modelos import DE_RECEPCION, Tipo

# What people write; consumption and transfers have operations of their own.
A_MANO = (Tipo.ENTRADA, Tipo.SALIDA, Tipo.AJUSTE, Tipo.DEVOLUCION)


class Cantidad(fields.Amount):
    """A quantity or unit cost: up to six decimals, below a thousand million."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"places": 6, "digits": 15, **kwargs})


class CodigoDeLote(ma.fields.String):
    """The code of a lot, null for what belongs to none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_none": True, **kwargs})

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return super()._serialize(value, attr, obj, **kwargs) or None


def mas_que_nada() -> ma.validate.Range:
    """The check of quantities that must be some."""
    return ma.validate.Range(min=Decimal(0), min_inclusive=False, error="Debe ser mayor que cero.")


class MovimientoNuevo(Schema):
    """What happened to a product.

    `cantidad` is in `unidad` (a package of the product or a metric unit; its own when absent), more than zero; of an
    `ajuste` it has its sign. An exit without `lote` takes first what expires first; an entry with a new one makes it.
    """

    tipo = fields.Choice(A_MANO, required=True)
    cantidad = Cantidad(required=True, signed=True)
    unidad = fields.Text(20, allow_none=True)
    lote = fields.Text(60, allow_none=True, metadata={"description": "Its code."})
    caducidad = fields.Day(allow_none=True, metadata={"description": "Of the lot that comes in."})
    costo_unitario = Cantidad(allow_none=True, metadata={"description": "Of one `unidad` that comes in."})
    bodega_id = fields.Id(allow_none=True, metadata={"description": "The principal one of the centre when absent."})
    centro_id = fields.Id(allow_none=True, metadata={"description": "May be absent when there is only one."})
    motivo = fields.Text(300, allow_none=True, metadata={"description": "Required for an `ajuste`."})
    referencia = fields.Text(60, allow_none=True, metadata={"description": "What it was for: a document, an order."})

    @ma.validates_schema
    def _coherente(self, data: dict[str, Any], **_kwargs: object) -> None:
        tipo, errores = data["tipo"], {}
        if tipo == Tipo.AJUSTE:
            if data["cantidad"] == 0:
                errores["cantidad"] = ["No puede ser cero."]
            if data.get("motivo") is None:
                errores["motivo"] = ["Es obligatorio en un ajuste."]
        elif data["cantidad"] <= 0:
            errores["cantidad"] = ["Debe ser mayor que cero."]
        if tipo != Tipo.ENTRADA:
            for campo in ("caducidad", "costo_unitario"):
                if data.get(campo) is not None:
                    errores[campo] = ["Solo se da en una entrada."]
        if (data.get("referencia") or "").startswith(f"{DE_RECEPCION}/"):
            errores["referencia"] = ["Lo que llega de una orden de compra se recibe en ella."]
        if errores:
            raise ma.ValidationError(errores)


class StockFijado(Schema):
    """How much there is of a product at a centre, or in one warehouse or of one lot there."""

    stock_actual = Cantidad(required=True)
    motivo = fields.Text(300, required=True)
    centro_id = fields.Id(allow_none=True)
    bodega_id = fields.Id(allow_none=True)
    lote = fields.Text(60, allow_none=True, metadata={"description": "Its code."})


class CorreccionNueva(Schema):
    """Why a movement is taken back."""

    motivo = fields.Text(300, required=True)


class ProductoBreve(Schema):
    """A product inside another answer."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    unidad = ma.fields.String()


class MovimientoSalida(Schema):
    """One line of the ledger.

    `saldo`: what the centre then had of the product, `saldo_lote`: what the warehouse had of the lot.
    `corrige_id`: what it takes back; `corregido_por_id`: what took it back.
    """

    id = ma.fields.Integer()
    tipo = ma.fields.String(metadata={"enum": [str(tipo) for tipo in Tipo]})
    producto_id = ma.fields.Integer()
    producto = ma.fields.Nested(ProductoBreve)
    lote_id = ma.fields.Integer()
    lote = CodigoDeLote(attribute="lote.codigo")
    caducidad = ma.fields.Date(attribute="lote.caducidad", allow_none=True)
    centro_id = ma.fields.Integer()
    bodega_id = ma.fields.Integer()
    bodega = ma.fields.String(attribute="bodega.nombre")
    cantidad = Cantidad()
    costo_unitario = Cantidad()
    costo_total = fields.Amount()
    saldo = Cantidad()
    saldo_lote = Cantidad()
    motivo = ma.fields.String(allow_none=True)
    referencia = ma.fields.String(allow_none=True)
    corrige_id = ma.fields.Integer(allow_none=True)
    corregido_por_id = ma.fields.Integer(attribute="correccion.id", dump_default=None, allow_none=True)
    traslado_id = ma.fields.Integer(allow_none=True)
    tratamiento_id = ma.fields.Integer(allow_none=True)
    doctor_id = ma.fields.Integer(allow_none=True)
    por = ma.fields.String()
    momento = ma.fields.DateTime()
    dia = ma.fields.Date(metadata={"description": "On the centre's calendar."})


class MovimientosHechos(Schema):
    """What was written, and what the centre now has of the product."""

    producto_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    stock_actual = Cantidad()
    movimientos = ma.fields.List(ma.fields.Nested(MovimientoSalida))


class _Cuales(DaysQuery):
    """Which movements; days are of each centre's own calendar, both inclusive."""

    ALIASES = {"type": "tipo"}

    tipo = fields.Choice(Tipo)
    centro_id = fields.Id()
    bodega_id = fields.Id()
    lote_id = fields.Id()
    referencia = fields.Text(60)
    desde = fields.Day()
    hasta = fields.Day()


class FiltroKardex(_Cuales, PlainPageQuery):
    """What the movements of a product can be narrowed to."""


class FiltroMovimientos(FiltroKardex):
    """What the ledger can be narrowed to."""

    producto_id = fields.Id()


class FiltroArchivo(_Cuales):
    """What the file can be narrowed to."""

    producto_id = fields.Id()
