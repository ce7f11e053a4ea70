"""Copies of what other services own: by their events, but for insurers, who have none."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from comun.models import Copy
from facturacion.extensiones import db


class _Persona(Copy):
    nombres: Mapped[str] = mapped_column(String(100))
    apellidos: Mapped[str] = mapped_column(String(100))


class PacienteRef(_Persona, db.Model):
    """The patient's name, and into whom it was merged: what comes late for the one is the other's."""

    __tablename__ = "paciente_ref"

    estado_paciente: Mapped[str] = mapped_column(String(10), default="activo")
    fusionado_en_id: Mapped[int | None] = mapped_column(index=True)


class DoctorRef(_Persona, db.Model):
    """The doctor's name."""

    __tablename__ = "doctor_ref"

    activo: Mapped[bool] = mapped_column(default=True)


class CentroRef(Copy, db.Model):
    """The centre's name and zone."""

    __tablename__ = "centro_ref"

    nombre: Mapped[str] = mapped_column(String(120))
    zona_horaria: Mapped[str] = mapped_column(String(60))
    activo: Mapped[bool] = mapped_column(default=True)


class TratamientoRef(Copy, db.Model):
    """What a treatment is called, for reports."""

    __tablename__ = "tratamiento_ref"

    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(200))
    activo: Mapped[bool] = mapped_column(default=True)


class AseguradoraRef(Copy, db.Model):
    """An insurer's name, as it was when last asked for."""

    __tablename__ = "aseguradora_ref"

    nombre: Mapped[str] = mapped_column(String(120))
