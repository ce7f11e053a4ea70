"""The plan by which a patient pays what he owes of an invoice."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid, NotFound
from comun.preconditions import check_version
from facturacion.casos_de_uso.aplicaciones import bloquear_factura
from facturacion.casos_de_uso.dias import dia_en
from facturacion.dominio.cuotas import Intervalo, montos, vencimientos
from facturacion.extensiones import db
from facturacion.modelos import Cuota, EstadoFactura, Factura

SIN_PLAN = "La factura no tiene un plan de cuotas."


def poner_plan(factura_id: int, datos: Mapping[str, Any], quien: Caller) -> Factura:
    """These instalments, or so many equal ones, instead of those of before; the last one is when all is due.

    Raises Conflict when nothing is owed by the patient; Invalid when they don't add up to it or are out of order.
    """
    factura = bloquear_factura(factura_id, quien)
    check_version(factura)
    if factura.estado not in (EstadoFactura.BORRADOR, EstadoFactura.EMITIDA):
        raise Conflict("transicion_ilegal", f"La factura está {factura.estado}: nada hay que pagar a plazos.")
    debe = lo_que_debe(factura)
    if debe == 0:
        raise Conflict("nada_que_pagar", "El paciente no debe nada de la factura.")
    plan = _plan(datos, debe)
    if plan[0]["vence_el"] < (factura.fecha_emision or dia_en(factura.centro_id)):
        raise Invalid({"cuotas" if "cuotas" in datos else "primera": ["No puede vencer antes de la emisión."]})
    quitar_cuotas(factura)
    factura.cuotas = [Cuota(numero=numero, pagado=Decimal(0), **una) for numero, una in enumerate(plan, 1)]
    if factura.estado == EstadoFactura.EMITIDA:
        factura.vence_el = plan[-1]["vence_el"]
    factura.touch()
    return factura


def quitar_plan(factura_id: int, quien: Caller) -> None:
    """All is due at once again, on the day of the last instalment. NotFound without a plan."""
    factura = bloquear_factura(factura_id, quien)
    check_version(factura)
    if not factura.cuotas:
        raise NotFound(SIN_PLAN)
    quitar_cuotas(factura)
    factura.touch()


def quitar_cuotas(factura: Factura) -> None:
    """No instalments: of what nobody owes, or before others come."""
    factura.cuotas = []
    db.session.flush()


def lo_que_debe(factura: Factura) -> Decimal:
    """What the patient himself owes, or will when the draft is issued."""
    if factura.estado == EstadoFactura.BORRADOR:
        return factura.total - factura.cubierto
    return factura.saldo_paciente


def _plan(datos: Mapping[str, Any], debe: Decimal) -> list[dict[str, Any]]:
    if "cuotas" in datos:
        cuotas: list[dict[str, Any]] = datos["cuotas"]
        dias = [una["vence_el"] for una in cuotas]
        if dias != sorted(set(dias)):
            raise Invalid({"cuotas": ["Cada una vence después de la anterior."]})
        if (suma := sum((una["monto"] for una in cuotas), Decimal(0))) != debe:
            raise Invalid({"cuotas": [f"Suman {suma}, y el paciente debe {debe}."]})
        return cuotas
    numero = datos["numero"]
    partes = montos(debe, numero)
    if partes[0] == 0:
        raise Invalid({"numero": ["Son demasiadas cuotas para lo que se debe."]})
    dias = vencimientos(datos["primera"], numero, Intervalo(datos["intervalo"]))
    return [{"vence_el": dia, "monto": monto} for dia, monto in zip(dias, partes, strict=True)]
