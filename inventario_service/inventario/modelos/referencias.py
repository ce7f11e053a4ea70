"""Copies of what other services own: centres, doctors, appointments and the treatments booked for them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime
from inventario.extensiones import db

# States of an appointment whose treatments lie ahead.
POR_ATENDER = ("programada", "confirmada", "en_sala", "en_curso")


class CentroRef(db.Model):
    """A centre under the id that admin_service gave it, as of its event number `secuencia`."""

    __tablename__ = "centro_ref"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nombre: Mapped[str] = mapped_column(String(120))
    zona_horaria: Mapped[str] = mapped_column(String(60))
    activo: Mapped[bool] = mapped_column(default=True)
    secuencia: Mapped[int] = mapped_column(default=0)


class DoctorRef(db.Model):
    """A doctor's name, for reports."""

    __tablename__ = "doctor_ref"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    nombres: Mapped[str] = mapped_column(String(100))
    apellidos: Mapped[str] = mapped_column(String(100))
    secuencia: Mapped[int] = mapped_column(default=0)


class CitaRef(db.Model):
    """An appointment under the id that citas_service gave it, as of its event number `secuencia`."""

    __tablename__ = "cita_ref"
    __table_args__ = (Index("ix_cita_ref_estado_fecha_hora", "estado", "fecha_hora"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    centro_id: Mapped[int]
    doctor_id: Mapped[int]
    fecha_hora: Mapped[datetime] = mapped_column(UtcDateTime)
    estado: Mapped[str] = mapped_column(String(12))
    secuencia: Mapped[int]


class CitaTratamientoRef(db.Model):
    """How often a treatment is to be done at an appointment."""

    __tablename__ = "cita_tratamiento_ref"

    cita_id: Mapped[int] = mapped_column(ForeignKey("cita_ref.id", ondelete="CASCADE"), primary_key=True)
    tratamiento_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    cantidad: Mapped[Decimal] = mapped_column(Numeric(14, 6))
