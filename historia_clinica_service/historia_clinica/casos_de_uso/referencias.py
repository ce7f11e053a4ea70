"""Keeping the copies of what other services own, in the current transaction. What is newer stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from comun.db import insert_if_absent, upsert_newer
from historia_clinica.extensiones import db
from historia_clinica.modelos import CentroRef, CitaRef, DoctorRef, PacienteRef, TratamientoRef

Ficha = Mapping[str, Any]

CAMPOS: dict[Any, tuple[str, ...]] = {
    PacienteRef: ("nombres", "apellidos", "estado_paciente", "anonimizado"),
    DoctorRef: ("nombres", "apellidos", "especialidades", "usuario_id", "activo"),
    CentroRef: ("nombre", "zona_horaria", "activo"),
    CitaRef: ("paciente_id", "doctor_id", "centro_id", "fecha_hora", "estado", "motivo_consulta"),
    TratamientoRef: ("codigo", "nombre", "activo"),
}
_AUSENTES = {"anonimizado": False, "especialidades": [], "usuario_id": None}


def recordar(modelo: Any, *fichas: Ficha) -> None:
    """Keep what is told of one or several, each with its `secuencia`."""
    if fichas:
        upsert_newer(db.session, modelo.__table__, [copia(modelo, ficha) for ficha in fichas])


def recordar_paciente(ficha: Ficha) -> None:
    """`recordar`: who was made anonymous stays so, whatever else is told of him and whenever that is told."""
    suyo = PacienteRef.id == ficha["id"]
    de_antes = db.session.scalar(select(PacienteRef.anonimizado).where(suyo).with_for_update(key_share=True))
    anonimo = bool(ficha.get("anonimizado") or de_antes)
    recordar(PacienteRef, {**ficha, "anonimizado": anonimo})
    if anonimo:  # also when something newer is known already
        db.session.execute(update(PacienteRef).where(suyo).values(anonimizado=True))


def copia(modelo: Any, ficha: Ficha) -> dict[str, Any]:
    """What is kept of what is told."""
    valores = {campo: ficha.get(campo, _AUSENTES.get(campo)) for campo in CAMPOS[modelo]}
    if isinstance(momento := valores.get("fecha_hora"), str):
        valores["fecha_hora"] = datetime.fromisoformat(momento)
    return {"id": ficha["id"], "secuencia": ficha["secuencia"], **valores}


def fusionar(absorbido: int, sobreviviente: int) -> None:
    """From now on the absorbed patient's record is read with the survivor's. May be done again."""
    tabla = PacienteRef.__table__
    sobreviviente = (
        db.session.scalar(
            select(tabla.c.fusionado_en_id).where(tabla.c.id == sobreviviente, tabla.c.fusionado_en_id.is_not(None))
        )
        or sobreviviente
    )
    # News of the two come in any order: there may be no copy yet.
    nadie = {"nombres": "", "apellidos": "", "estado_paciente": "inactivo", "anonimizado": False, "secuencia": 0}
    insert_if_absent(db.session, tabla, {"id": absorbido, **nadie})
    db.session.execute(
        update(tabla)
        .where(or_(tabla.c.id == absorbido, tabla.c.fusionado_en_id == absorbido), tabla.c.id != sobreviviente)
        .values(fusionado_en_id=sobreviviente)
    )


def activa(fichas: Sequence[Ficha]) -> list[dict[str, Any]]:
    """What is gone is not active any more."""
    return [{**ficha, "activo": ficha["activo"] and not ficha.get("eliminado", False)} for ficha in fichas]
