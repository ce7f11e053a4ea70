"""Copies of what other services own, kept by their events: patients, doctors, centres, appointments, treatments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime
from comun.models import Copy
from historia_clinica.extensiones import db

# States of an appointment that make no doctor the patient's.
SIN_RELACION = ("cancelada",)


class _Persona(Copy):
    nombres: Mapped[str] = mapped_column(String(100))
    apellidos: Mapped[str] = mapped_column(String(100))

    @property
    def nombre_completo(self) -> str:
        return f"{self.nombres} {self.apellidos}".strip()


class PacienteRef(_Persona, db.Model):
    """The patient's name, and into whom it was merged: whoever reads the one's record reads the other's with it."""

    __tablename__ = "paciente_ref"

    estado_paciente: Mapped[str] = mapped_column(String(10), default="activo")
    anonimizado: Mapped[bool] = mapped_column(default=False)
    fusionado_en_id: Mapped[int | None] = mapped_column(index=True)


class DoctorRef(_Persona, db.Model):
    """The doctor's name and specialties (names)."""

    __tablename__ = "doctor_ref"

    especialidades: Mapped[list[str]] = mapped_column(JSON, default=list)
    usuario_id: Mapped[int | None]
    activo: Mapped[bool] = mapped_column(default=True)


class CentroRef(Copy, db.Model):
    """The centre's name and zone."""

    __tablename__ = "centro_ref"

    nombre: Mapped[str] = mapped_column(String(120))
    zona_horaria: Mapped[str] = mapped_column(String(60))
    activo: Mapped[bool] = mapped_column(default=True)


class CitaRef(Copy, db.Model):
    """An appointment: whose, with whom, when and in which state."""

    __tablename__ = "cita_ref"
    __table_args__ = (
        Index("ix_cita_ref_doctor_id_paciente_id", "doctor_id", "paciente_id"),
        Index("ix_cita_ref_paciente_id_fecha_hora", "paciente_id", "fecha_hora"),
    )

    paciente_id: Mapped[int]
    doctor_id: Mapped[int]
    centro_id: Mapped[int]
    fecha_hora: Mapped[datetime] = mapped_column(UtcDateTime)
    estado: Mapped[str] = mapped_column(String(12))
    motivo_consulta: Mapped[str | None] = mapped_column(String(500))


class TratamientoRef(Copy, db.Model):
    """What a treatment is called."""

    __tablename__ = "tratamiento_ref"

    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(200))
    activo: Mapped[bool] = mapped_column(default=True)
