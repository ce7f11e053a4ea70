"""Tills as they are opened, counted, closed and shown."""

from decimal import Decimal
from typing import Any

import marshmallow as ma

from comun import fields
from comun.money import ZERO
from comun.schema import PageQuery, ResourceSchema, Schema
from facturacion.dominio.efectivo import DENOMINACIONES, suma
from facturacion.dominio.medios import Medio
from facturacion.esquemas.comunes import EntreDias
from facturacion.modelos import EstadoCaja, Origen


class CajaNueva(Schema):
    """A till of the caller's; `monto_inicial`: the cash that is in it at the start."""

    centro_id = fields.Id(metadata={"description": "May be absent when there is only one."})
    monto_inicial = fields.Amount(load_default=ZERO)


class _Denominacion(fields.Amount):
    """A note or a coin."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        valor = super()._deserialize(value, attr, data, **kwargs)
        if valor not in DENOMINACIONES:
            raise ma.ValidationError(f"No hay billete ni moneda de {valor}.")
        return valor


class Conteo(Schema):
    """What is in the till: cash as an amount or by notes and coins (`{"20": 3, "0.25": 4}`), the rest by its means.

    Only what is counted is compared.
    """

    contado = ma.fields.Dict(keys=fields.Choice(Medio), values=fields.Amount())
    denominaciones = ma.fields.Dict(keys=_Denominacion(), values=fields.Count(0, 100_000))

    @ma.post_load
    def _en_efectivo(self, data: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
        contado, denominaciones = data.get("contado", {}), data.get("denominaciones")
        if denominaciones is not None and Medio.EFECTIVO in contado:
            raise ma.ValidationError("Dé el efectivo como monto o por denominaciones, no ambos.", "denominaciones")
        if denominaciones is not None:
            contado = {Medio.EFECTIVO: suma(denominaciones), **contado}
            denominaciones = {str(valor.normalize() + 0): n for valor, n in denominaciones.items() if n}
        if Medio.EFECTIVO not in contado:
            raise ma.ValidationError("Diga cuánto efectivo hay.", "contado")
        return {"contado": contado, "denominaciones": denominaciones}


class CierreDeCaja(Schema):
    """Why there is a difference, when there is one."""

    explicacion = fields.Text(500)


class EstadoDeCaja(Schema):
    """A till that was counted takes in and gives out again, and will be counted anew."""

    estado = fields.Choice([EstadoCaja.ABIERTA], required=True)
    motivo = fields.Text(300, required=True)


class FiltroCajas(EntreDias, PageQuery):
    """What tills can be narrowed to; days are those of their opening. `propias`: only the caller's."""

    centro_id = fields.Id()
    estado = fields.Choice(EstadoCaja)
    propias = fields.Flag()


def _por_medio(attribute: str, description: str) -> Any:
    return ma.fields.Dict(
        keys=ma.fields.String(),
        values=fields.Amount(signed=True),
        attribute=attribute,
        allow_none=True,
        metadata={"description": description},
    )


class CajaSalida(ResourceSchema):
    """A till. What should be in it is told when it has been counted; before, only to who supervises."""

    centro_id = ma.fields.Integer()
    cajero = ma.fields.String()
    cajero_nombre = ma.fields.String()
    estado = ma.fields.String(metadata={"enum": [str(uno) for uno in EstadoCaja]})
    monto_inicial = fields.Amount()
    abierta_en = ma.fields.DateTime()
    contada_en = ma.fields.DateTime(allow_none=True)
    cerrada_en = ma.fields.DateTime(allow_none=True)
    cerrada_por = ma.fields.String(allow_none=True)
    contado = _por_medio("contado_por_medio", "What was counted, by means of payment.")
    denominaciones = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), allow_none=True)
    esperado = _por_medio("esperado_por_medio", "What should be there, by means of payment.")
    diferencias = _por_medio("diferencias", "Counted less expected, of what was counted.")
    diferencia = fields.Amount(signed=True, allow_none=True)
    explicacion = ma.fields.String(allow_none=True)
    motivo_reapertura = ma.fields.String(allow_none=True)


class CuadreDeMedio(Schema):
    """One means of payment: what came in and went out, what should be there, and what was counted of it."""

    medio_pago = ma.fields.String(metadata={"enum": [str(uno) for uno in Medio]})
    ingresos = fields.Amount()
    egresos = fields.Amount()
    transacciones = ma.fields.Integer()
    esperado = fields.Amount(signed=True)
    contado = fields.Amount(allow_none=True)
    diferencia = fields.Amount(signed=True, allow_none=True)


class DeUnOrigen(Schema):
    """What came in and went out for one kind of reason."""

    origen = ma.fields.String(metadata={"enum": [str(uno) for uno in Origen]})
    ingresos = fields.Amount()
    egresos = fields.Amount()
    transacciones = ma.fields.Integer()


class ReporteDeCaja(Schema):
    """A till in figures; `esperado` of cash is with what was in it at the start."""

    caja = ma.fields.Nested(CajaSalida)
    ingresos = fields.Amount()
    egresos = fields.Amount()
    transacciones = ma.fields.Integer()
    por_medio_pago = ma.fields.List(ma.fields.Nested(CuadreDeMedio))
    por_origen = ma.fields.List(ma.fields.Nested(DeUnOrigen))
