"""Reminders: what is due for an appointment."""

from __future__ import annotations

from datetime import timedelta

from citas.extensiones import db
from citas.modelos import Cita, Recordatorio
from citas.modelos.reglas import agenda_conocida
from comun.db import now


def prever_recordatorios(cita: Cita) -> None:
    """Put down when the patient is to be reminded, as the policy says; moments that went by are left out."""
    politica = agenda_conocida().politica(cita.centro_id, cita.tratamiento_id)
    momento = now()
    pendientes = [
        {"cita_id": cita.id, "antelacion_minutos": minutos, "vence": vence}
        for minutos in sorted(set(politica.recordatorios), reverse=True)
        if (vence := cita.inicio - timedelta(minutes=minutos)) > momento
    ]
    if pendientes:
        db.session.execute(db.insert(Recordatorio), pendientes)
