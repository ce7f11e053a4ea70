"""News that this service listens to: what becomes of appointments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from admin.extensiones import consumidor, db
from admin.modelos import CitaRef, Paciente
from comun.db import upsert_newer
from comun.events import Event

SUCESOS = (
    "programada",
    "confirmada",
    "reprogramada",
    "cancelada",
    "en_sala",
    "en_curso",
    "completada",
    "reabierta",
    "no_asistio",
)


# In one statement with the copy itself: this is written for every change of every appointment. The lock shuts out a
# merge that runs right now: it would not see this appointment, nor this the merge.
PACIENTE_VIGENTE = func.coalesce(
    select(Paciente.fusionado_en_id)
    .where(Paciente.id == bindparam("paciente"))
    .with_for_update(read=True, key_share=True)
    .scalar_subquery(),
    bindparam("paciente"),
).label("paciente_id")


@consumidor.on_many(*(f"cita.{suceso}.v1" for suceso in SUCESOS))
def anotar_citas(eventos: Sequence[Event]) -> None:
    """Keep each appointment's state, unless a later one is known; of a merged patient under the survivor."""
    upsert_newer(db.session, CitaRef.__table__, [_copia(evento) for evento in eventos], computed=PACIENTE_VIGENTE)


def _copia(evento: Event) -> dict[str, Any]:
    datos = evento.data
    return {
        "cita_id": datos["id"],
        "paciente": datos["paciente_id"],
        "doctor_id": datos["doctor_id"],
        "centro_id": datos["centro_id"],
        "sala_id": datos.get("sala_id"),
        "fecha_hora": datetime.fromisoformat(datos["fecha_hora"]),
        "estado": datos["estado"],
        "secuencia": evento.sequence,
    }
