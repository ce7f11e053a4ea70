"""Reminders of appointments: when each is due, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy import String as Texto
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db
from comun.db import UtcDateTime
from comun.models import Audited, partial_index


class EstadoRecordatorio(StrEnum):
    """`tarde`: it was noticed too late to be of use, and not sent; `anulado`: the appointment does not stand."""

    PENDIENTE = "pendiente"
    ENVIADO = "enviado"
    TARDE = "tarde"
    ANULADO = "anulado"


class Recordatorio(Audited, db.Model):
    """One reminder. `antelacion_minutos`: how long before the start; 0 for one that somebody sent by hand."""

    __tablename__ = "recordatorio"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoRecordatorio)}", name="estado"),
        UniqueConstraint("cita_id", "antelacion_minutos", "vence"),
        partial_index("ix_recordatorio_pendiente", "estado = 'pendiente'", "vence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cita_id: Mapped[int] = mapped_column(ForeignKey("cita.id", ondelete="CASCADE"))
    antelacion_minutos: Mapped[int]
    # When it is due.
    vence: Mapped[datetime] = mapped_column(UtcDateTime)
    estado: Mapped[str] = mapped_column(Texto(10), default=EstadoRecordatorio.PENDIENTE)
    resuelto_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    por: Mapped[str | None] = mapped_column(Texto(80))
