"""Appointments of which a person has to look at what was charged."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from comun import audit
from comun.auth.caller import Caller
from comun.errors import Conflict, NotFound
from facturacion.casos_de_uso.cobros import (
    CentroDesconocido,
    Completada,
    Comprador,
    PacienteCambiado,
    bloquear,
    exigir_vigente,
    factura_viva,
    preguntar_comprador,
    redactar,
)
from facturacion.dominio.calculo import LineaInvalida
from facturacion.extensiones import db
from facturacion.modelos import CobroCita

_AUSENTE = "No existe esa cita por revisar, o no le corresponde verla."


class Resolucion(StrEnum):
    """`conservar`: what was charged stays as it is. `facturar`: a new draft of the appointment as it is now."""

    CONSERVAR = "conservar"
    FACTURAR = "facturar"


def por_revisar(filtro: dict[str, Any], quien: Caller) -> Select[Any]:
    """Those of the caller's centres."""
    iguales = [getattr(CobroCita, campo) == valor for campo, valor in filtro.items()]
    return _visibles(quien).where(CobroCita.por_revisar.is_not(None), *iguales)


def revisar(cita_id: int, resolucion: Resolucion, motivo: str, quien: Caller) -> CobroCita:
    """Settle one: it is looked at no more, until the appointment is taken up again.

    NotFound when there is nothing to look at; for a new draft Conflict `cita_no_completada`, `cita_ya_facturada` (its
    invoice has to be annulled first), `cita_cambiada` (so has the patient), `no_facturable`.
    """
    cobro = db.session.scalar(_visibles(quien).where(CobroCita.id == cita_id, CobroCita.por_revisar.is_not(None)))
    if cobro is None:
        raise NotFound(_AUSENTE)
    borrador = _para_borrador(cobro) if resolucion is Resolucion.FACTURAR else None
    if borrador is not None:
        _exigir_vigente(borrador[1])
    cobro = bloquear(cita_id, cobro.centro_id)
    if cobro.por_revisar is None:
        raise NotFound(_AUSENTE)
    audit.record(
        "cobro_cita", cita_id, {"resolucion": str(resolucion), "porque": cobro.por_revisar, "motivo": motivo}
    )
    if borrador is not None:
        _facturar(cobro, *borrador)
    cobro.pedir_revision(None)
    db.session.flush()
    return db.session.scalars(
        _visibles(quien).where(CobroCita.id == cita_id).execution_options(populate_existing=True)
    ).one()


def _visibles(quien: Caller) -> Select[Any]:
    suyas = db.select(CobroCita).where(CobroCita.visibles_para(quien))
    return suyas.options(joinedload(CobroCita.factura))


def _para_borrador(cobro: CobroCita) -> tuple[Completada, Comprador]:
    """What there is to charge, and of whom. Asks admin_service, before the first write."""
    if not cobro.completada or cobro.convenido is None:
        raise Conflict("cita_no_completada", "La cita no está completada: no hay qué facturar.")
    completada = Completada(**cobro.convenido)
    try:
        return completada, preguntar_comprador(completada)
    except CentroDesconocido as error:  # it was known when the appointment was charged
        raise AssertionError from error


def _exigir_vigente(comprador: Comprador) -> None:
    try:
        exigir_vigente(comprador)
    except PacienteCambiado:
        raise Conflict("cita_cambiada", "El paciente cambió mientras tanto: véala de nuevo.") from None


def _facturar(cobro: CobroCita, completada: Completada, comprador: Comprador) -> None:
    if cobro.ronda != completada.ronda:
        raise Conflict("cita_cambiada", "La cita cambió mientras tanto: véala de nuevo.")
    if factura_viva(cobro.id) is not None:
        raise Conflict("cita_ya_facturada", "La cita ya tiene su factura: anúlela antes, o acredítela entera.")
    try:
        redactar(cobro, completada, comprador)
    except LineaInvalida as error:
        raise Conflict("no_facturable", f"No se puede facturar {error}") from None
