"""Allergies: noted, corrected, and taken off the alerts with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from comun.db import now
from comun.errors import Invalid
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder, buscar, buscar_escribiendo
from historia_clinica.casos_de_uso.alertas import alertas_de
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.casos_de_uso.personas import breve
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos import Alergia, EstadoAlergia

QUE = "alergias"


def listar(paciente_id: int) -> tuple[Select[Any], dict[str, Any]]:
    """All allergies of a record, for a page; and the alerts."""
    acceso = acceder(paciente_id, Accion.LEER, QUE)
    return acceso.lista(Alergia).options(*Alergia.cargar()), {"alertas": acceso.alertas}


def leer(alergia_id: int) -> Alergia:
    """One allergy, with the alerts of its record."""
    alergia, acceso = buscar(Alergia, alergia_id, Accion.LEER, QUE)
    alergia.alertas = acceso.alertas
    return alergia


def anotar(paciente_id: int, datos: Mapping[str, Any]) -> Alergia:
    """Note an allergy. Conflict when the record has an active one to the same substance."""
    acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
    alergia = Alergia(**datos, estado=EstadoAlergia.ACTIVA, paciente_id=acceso.paciente_id, doctor=acceso.autor)
    _revisar(alergia, acceso)
    db.session.add(alergia)
    return _guardada(alergia, acceso)


def corregir(alergia_id: int, datos: Mapping[str, Any]) -> Alergia:
    """Correct what is said of it."""
    alergia, acceso = buscar_escribiendo(Alergia, alergia_id, QUE)
    check_version(alergia)
    for campo, valor in datos.items():
        setattr(alergia, campo, valor)
    _revisar(alergia, acceso)
    return _guardada(alergia, acceso)


def pasar(alergia_id: int, estado: EstadoAlergia, motivo: str | None) -> Alergia:
    """Say whether it counts. Invalid without a reason when it does not."""
    alergia, acceso = buscar_escribiendo(Alergia, alergia_id, QUE)
    check_version(alergia)
    if estado != EstadoAlergia.ACTIVA and not motivo:
        raise Invalid({"motivo": ["Diga por qué ya no está activa."]})
    alergia.pasar(estado, motivo)
    _revisar(alergia, acceso)
    return _guardada(alergia, acceso)


def borrar(alergia_id: int) -> None:
    """Take back what was noted by mistake; the row stays."""
    alergia, _acceso = buscar_escribiendo(Alergia, alergia_id, QUE)
    check_version(alergia)
    alergia.eliminar()


def _revisar(alergia: Alergia, acceso: Acceso) -> None:
    if alergia.detectada_en is not None and alergia.detectada_en > now().date():
        raise Invalid({"detectada_en": ["No puede estar en el futuro."]})
    if alergia.activa:
        _exigir_unica(alergia, acceso)


def _exigir_unica(alergia: Alergia, acceso: Acceso) -> None:
    # The index knows of one record only; this one may have had others merged into it.
    iguales = acceso.de(Alergia).where(
        Alergia.sustancia_plegada == alergia.sustancia_plegada, Alergia.estado == EstadoAlergia.ACTIVA
    )
    with db.session.no_autoflush:
        if any(otra is not alergia for otra in db.session.scalars(iguales)):
            raise restricciones.conflict("uq_alergia_activa")


def _guardada(alergia: Alergia, acceso: Acceso) -> Alergia:
    db.session.flush()
    alergia.alertas = alertas_de(acceso.pacientes)
    return alergia


@parte(QUE, "Alergias", 20)
def contar_alergias(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """All allergies for the whole record, the latest first, those that no longer are active too."""
    if acceso.solo_firmado:
        return []
    campos = (
        *("id", "sustancia", "tipo", "reaccion", "severidad", "certeza", "estado", "motivo_estado", "detectada_en"),
        "creado_en",
    )
    consulta = acceso.de(Alergia).options(*Alergia.cargar()).order_by(Alergia.id.desc()).limit(limite)
    return [
        {**{campo: getattr(alergia, campo) for campo in campos}, "registrado_por": breve(alergia.doctor)}
        for alergia in db.session.scalars(consulta)
    ]
