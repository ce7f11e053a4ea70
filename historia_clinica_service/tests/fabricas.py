"""Rows that tests start from, written as the service itself would have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from historia_clinica.extensiones import db
from historia_clinica.modelos import CentroRef, CitaRef, DoctorRef, PacienteRef, TratamientoRef


def conocer_paciente(app: Flask, paciente_id: int = 1, **campos: Any) -> None:
    """A patient is known, as events tell."""
    nombres = {"nombres": "María José", "apellidos": f"Núñez Peña {paciente_id}"}
    _conocer(app, PacienteRef(id=paciente_id, secuencia=1, **{**nombres, **campos}))


def conocer_doctor(app: Flask, doctor_id: int = 7, **campos: Any) -> None:
    """A doctor is known; his user has the number 100 more."""
    datos = {
        "nombres": "Ana Lucía",
        "apellidos": f"Muñoz {doctor_id}",
        "especialidades": ["Odontología general"],
        "usuario_id": 100 + doctor_id,
    }
    _conocer(app, DoctorRef(id=doctor_id, secuencia=1, **{**datos, **campos}))


def conocer_centro(app: Flask, centro_id: int = 1, **campos: Any) -> None:
    """A centre on the mainland is known."""
    datos = {"nombre": f"Centro {centro_id}", "zona_horaria": "America/Guayaquil"}
    _conocer(app, CentroRef(id=centro_id, secuencia=1, **{**datos, **campos}))


def conocer_cita(
    app: Flask,
    cita_id: int = 1,
    *,
    paciente_id: int = 1,
    doctor_id: int = 7,
    estado: str = "programada",
    **campos: Any,
) -> None:
    """An appointment is known, of an hour ago unless `campos` says otherwise."""
    datos = {"centro_id": 1, "fecha_hora": datetime.now(UTC) - timedelta(hours=1)} | campos
    _conocer(
        app, CitaRef(id=cita_id, paciente_id=paciente_id, doctor_id=doctor_id, estado=estado, secuencia=1, **datos)
    )


def conocer_tratamiento(app: Flask, tratamiento_id: int, **campos: Any) -> None:
    """A treatment is known."""
    datos = {"codigo": f"T-{tratamiento_id}", "nombre": f"Tratamiento {tratamiento_id}"} | campos
    _conocer(app, TratamientoRef(id=tratamiento_id, secuencia=1, **datos))


def _conocer(app: Flask, fila: Any) -> None:
    with app.app_context():
        db.session.merge(fila)
        db.session.commit()
