"""Plans of instalments as they come in and go out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from facturacion.dominio.cuotas import Intervalo
from facturacion.esquemas.comunes import Monto
from facturacion.esquemas.facturas import CuotaSalida

CUOTAS_MAXIMAS = 120


class CuotaNueva(Schema):
    """One instalment."""

    vence_el = fields.Day(required=True)
    monto = Monto(required=True)


class PlanNuevo(Schema):
    """Either all instalments, or how many equal ones and when the first is due."""

    cuotas = ma.fields.List(ma.fields.Nested(CuotaNueva), validate=ma.validate.Length(min=1, max=CUOTAS_MAXIMAS))
    numero = fields.Count(1, CUOTAS_MAXIMAS)
    primera = fields.Day()
    intervalo = fields.Choice(Intervalo, metadata={"description": "Monthly when absent."})

    @ma.post_load
    def _de_una_manera(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        iguales = {"numero", "primera", "intervalo"}
        if "cuotas" in data:
            if sobran := sorted(iguales & set(data)):
                raise ma.ValidationError(dict.fromkeys(sobran, ["Sobra: ya dio las cuotas."]))
            return data
        if faltan := sorted({"numero", "primera"} - set(data)):
            raise ma.ValidationError(dict.fromkeys(faltan, ["Es obligatorio si no da las cuotas."]))
        return {"intervalo": Intervalo.MENSUAL, **data}


class PlanSalida(Schema):
    """The instalments of an invoice, and what the patient still owes of it."""

    factura_id = ma.fields.Integer(attribute="id")
    saldo_paciente = fields.Amount()
    cuotas = ma.fields.List(ma.fields.Nested(CuotaSalida))
