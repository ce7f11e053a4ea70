"""Rows that tests start from, written as the service itself would have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask

from historia_clinica.extensiones import db
from historia_clinica.modelos import CentroRef, CitaRef, DoctorRef, PacienteRef, TratamientoRef


def conocer_paciente(app: Flask, paciente_id: int = 1, **campos: Any) -> None:
    """A patient is known, as events tell."""
    _conocer(app, _paciente(paciente_id, **campos))


def _paciente(paciente_id: int, **campos: Any) -> PacienteRef:
    nombres = {"nombres": "María José", "apellidos": f"Núñez Peña {paciente_id}"}
    return PacienteRef(id=paciente_id, secuencia=1, **{**nombres, **campos})


def conocer_doctor(app: Flask, doctor_id: int = 7, **campos: Any) -> None:
    """A doctor is known; his user has the number 100 more."""
    _conocer(app, _doctor(doctor_id, **campos))


def _doctor(doctor_id: int, **campos: Any) -> DoctorRef:
    datos = {
        "nombres": "Ana Lucía",
        "apellidos": f"Muñoz {doctor_id}",
        "especialidades": ["Odontología general"],
        "usuario_id": 100 + doctor_id,
    }
    return DoctorRef(id=doctor_id, secuencia=1, **{**datos, **campos})


def conocer_centro(app: Flask, centro_id: int = 1, **campos: Any) -> None:
    """A centre on the mainland is known."""
    _conocer(app, _centro(centro_id, **campos))


def _centro(centro_id: int, **campos: Any) -> CentroRef:
    datos = {"nombre": f"Centro {centro_id}", "zona_horaria": "America/Guayaquil"}
    return CentroRef(id=centro_id, secuencia=1, **{**datos, **campos})


def conocer_cita(app: Flask, cita_id: int = 1, **campos: Any) -> None:
    """An appointment of patient 1 with doctor 7 is known, of an hour ago, unless `campos` says otherwise."""
    _conocer(app, _cita(cita_id, **campos))


def _cita(cita_id: int, **campos: Any) -> CitaRef:
    datos = {"paciente_id": 1, "doctor_id": 7, "centro_id": 1, "estado": "programada", "secuencia": 1}
    return CitaRef(id=cita_id, **{**datos, "fecha_hora": datetime.now(UTC) - timedelta(hours=1), **campos})


def conocer_consulta(app: Flask) -> None:
    """Patient 1 is with doctor 7 at centre 1, appointment 1, and doctor 8 is there too; nobody was known before."""
    with app.app_context():
        db.session.add_all([_paciente(1), _doctor(7), _doctor(8), _centro(1), _cita(1, estado="en_curso")])
        db.session.commit()


def conocer_tratamiento(app: Flask, tratamiento_id: int, **campos: Any) -> None:
    """A treatment is known."""
    datos = {"codigo": f"T-{tratamiento_id}", "nombre": f"Tratamiento {tratamiento_id}"} | campos
    _conocer(app, TratamientoRef(id=tratamiento_id, secuencia=1, **datos))


def _conocer(app: Flask, fila: Any) -> None:
    with app.app_context():
        db.session.merge(fila)
        db.session.commit()
