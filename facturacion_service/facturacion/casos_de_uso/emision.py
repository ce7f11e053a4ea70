"""Issuing an invoice and annulling it: number, ledger, fees, news, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Conflict, Invalid
from comun.money import ZERO
from comun.preconditions import check_version
from facturacion.casos_de_uso import honorarios
from facturacion.casos_de_uso.aplicaciones import bloquear_factura
from facturacion.casos_de_uso.cobros import bloquear_de_factura
from facturacion.casos_de_uso.comprador import exigir_comprador, exigir_que_no_sea_final
from facturacion.casos_de_uso.cuotas import lo_que_debe, quitar_cuotas
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.libro import Anotacion, asentar, revertir
from facturacion.casos_de_uso.numeracion import punto_para, tomar_numero
from facturacion.eventos.emitidos import anunciar_factura
from facturacion.eventos.emitidos_pagos import anunciar_pagada
from facturacion.modelos import Cuenta, EstadoFactura, Factura, TipoDocumento


def emitir(factura_id: int, datos: Mapping[str, Any], quien: Caller) -> Factura:
    """Issue a draft, today on the centre's calendar; nothing of 0 is owed.

    Raises Conflict (not a draft, no lines, buyer not identified, no emission point, instalments that don't add up)
    and Invalid.
    """
    factura = bloquear_factura(factura_id, quien)
    check_version(factura)
    _exigir_emitible(factura)
    punto = punto_para(factura.centro_id, datos.get("punto_emision_id"), quien)
    momento = now()
    dia = dia_en(factura.centro_id, momento)
    vence_el = datos.get("vence_el") or max([dia, *(cuota.vence_el for cuota in factura.cuotas)])
    if vence_el < dia:
        raise Invalid({"vence_el": ["No puede ser antes de la emisión."]})
    de_medicos = honorarios.devengar(factura, dia)
    factura.secuencial, factura.numero = tomar_numero(punto, TipoDocumento.FACTURA)
    factura.punto_emision_id = punto.id
    factura.fecha_emision, factura.vence_el = dia, vence_el
    factura.emitida_en, factura.emitida_por = momento, quien.actor
    factura.estado = EstadoFactura.EMITIDA
    factura.saldo_aseguradora = factura.cubierto
    factura.anotar_saldo()
    anunciar_factura(factura, "emitida")
    if factura.estado == EstadoFactura.PAGADA:
        anunciar_pagada(factura)
    asentar([*asientos_de(factura, dia), *de_medicos], quien.actor)
    return factura


def anular(factura_id: int, motivo: str, quien: Caller) -> Factura:
    """Take an issued invoice back, on this day.

    Conflict when it is not issued, made out to nobody in particular, credited, or paid: that is given back first.
    """
    cobro = bloquear_de_factura(factura_id)
    factura = bloquear_factura(factura_id, quien)
    check_version(factura)
    factura.exigir_viva()
    exigir_que_no_sea_final(factura)
    if factura.acreditado > 0:
        raise Conflict("factura_acreditada", "La factura tiene notas de crédito: acredite lo que falta.")
    if factura.pagado > factura.reembolsado:
        raise Conflict("factura_con_pagos", "La factura tiene pagos: devuélvalos antes de anularla.")
    dia = dia_en(factura.centro_id)
    honorarios.anular(factura, dia)
    factura.estado = EstadoFactura.ANULADA
    factura.saldo = factura.saldo_aseguradora = ZERO
    factura.motivo_anulacion, factura.anulada_en = motivo, now()
    quitar_cuotas(factura)
    if cobro is not None:
        cobro.quedar_sin_factura()
    anunciar_factura(factura, "anulada")
    revertir(f"factura/{factura.id}", dia, quien.actor)
    return factura


def asientos_de(factura: Factura, dia: date) -> Iterator[Anotacion]:
    """What stands in the ledger of an issued invoice: each line and its tax, by doctor, treatment and insurer."""
    for detalle in factura.detalles:
        de_quien: dict[str, Any] = {
            "doctor_id": detalle.doctor_id or 0,
            "tratamiento_id": detalle.tratamiento_id or 0,
            "aseguradora_id": factura.aseguradora_id or 0,
        }
        lugar = dia, factura.centro_id, f"factura/{factura.id}"
        yield Anotacion(Cuenta.FACTURADO, detalle.base, *lugar, **de_quien)
        yield Anotacion(Cuenta.IVA, detalle.iva, *lugar, **de_quien)


def _exigir_emitible(factura: Factura) -> None:
    factura.exigir_borrador()
    if not factura.detalles:
        raise Conflict("factura_sin_lineas", "La factura no tiene líneas.")
    exigir_comprador(factura)
    if factura.cuotas and sum(cuota.monto for cuota in factura.cuotas) != lo_que_debe(factura):
        raise Conflict("plan_no_cuadra", "Las cuotas no suman lo que el paciente debe: rehaga el plan o quítelo.")
