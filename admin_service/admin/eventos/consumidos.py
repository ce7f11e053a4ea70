"""News that this service listens to: what becomes of appointments."""

from __future__ import annotations

from datetime import datetime

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


@consumidor.on(*(f"cita.{suceso}.v1" for suceso in SUCESOS))
def anotar_cita(evento: Event) -> None:
    """Keep the appointment's state, unless a later one is known; of a merged patient under the survivor."""
    datos = evento.data
    vigente = db.session.scalar(db.select(Paciente.fusionado_en_id).where(Paciente.id == datos["paciente_id"]))
    upsert_newer(
        db.session,
        CitaRef.__table__,
        {
            "cita_id": datos["id"],
            "paciente_id": vigente or datos["paciente_id"],
            "doctor_id": datos["doctor_id"],
            "centro_id": datos["centro_id"],
            "sala_id": datos.get("sala_id"),
            "fecha_hora": datetime.fromisoformat(datos["fecha_hora"]),
            "estado": datos["estado"],
            "secuencia": evento.sequence,
        },
    )
