"""Copies of what other services own: by their events, but for insurers, who have none."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from facturacion.extensiones import db


class _Referencia:
    """A row under the id that its owner gave it, as of its event number `secuencia`."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secuencia: Mapped[int] = mapped_column(default=0)


class _Persona(_Referencia):
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


class CentroRef(_Referencia, db.Model):
    """The centre's name and zone."""

    __tablename__ = "centro_ref"

    nombre: Mapped[str] = mapped_column(String(120))
    zona_horaria: Mapped[str] = mapped_column(String(60))
    activo: Mapped[bool] = mapped_column(default=True)


class TratamientoRef(_Referencia, db.Model):
    """What a treatment is called, for reports."""

    __tablename__ = "tratamiento_ref"

    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(200))
    activo: Mapped[bool] = mapped_column(default=True)


class AseguradoraRef(_Referencia, db.Model):
    """An insurer's name, as it was when last asked for."""

    __tablename__ = "aseguradora_ref"

    nombre: Mapped[str] = mapped_column(String(120))
