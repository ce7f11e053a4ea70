"""The way to a record by one of the patient's appointments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.errors import NotFound
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder
from historia_clinica.casos_de_uso.preguntas import conocer_cita
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef

AUSENTE = "No existe esa cita, o no le corresponde verla."


def acceder_en_cita(cita_id: int, accion: Accion, que: str) -> tuple[CitaRef, Acceso]:
    """Let the caller into the record of an appointment's patient. NotFound when there is no such appointment."""
    cita = db.session.get(CitaRef, cita_id) or conocer_cita(cita_id)
    if cita is None:
        raise NotFound(AUSENTE)
    return cita, acceder(cita.paciente_id, accion, que, ausente=AUSENTE)


def conocer_citas(datos: Mapping[str, Any]) -> None:
    """Ask for appointments that something to be written names (`cita_id`, also in its lists) and no news told of yet.

    Unavailable when citas_service is down. Before `acceder`: it ends the current transaction, which must not have
    written, and commits.
    """
    filas = [datos, *(fila for valor in datos.values() if isinstance(valor, list) for fila in valor)]
    nombradas = {int(fila["cita_id"]) for fila in filas if isinstance(fila, Mapping) and fila.get("cita_id")}
    for cita_id in sorted(nombradas):
        if db.session.get(CitaRef, cita_id) is None:
            conocer_cita(cita_id)


def cita_del_expediente(cita_id: int, acceso: Acceso) -> CitaRef | None:
    """An appointment that something is written at; None when it is none of this patient's."""
    cita = db.session.get(CitaRef, cita_id)
    return cita if cita is not None and cita.paciente_id in acceso.pacientes else None
