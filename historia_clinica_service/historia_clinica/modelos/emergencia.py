"""Emergency access: a doctor opens the record of somebody who is not his patient, and says why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime
from historia_clinica.extensiones import db
from historia_clinica.modelos.comunes import DelExpediente


class Emergencia(DelExpediente, db.Model):
    """Open from `desde` until `hasta`, or until somebody of the administration finds that it was none."""

    __tablename__ = "emergencia"
    __table_args__ = (
        CheckConstraint("hasta > desde", name="intervalo"),
        CheckConstraint("(revisada_en IS NULL) = (justificada IS NULL)", name="revision"),
        Index("ix_emergencia_doctor_id_paciente_id", "doctor_id", "paciente_id", "hasta"),
        Index("ix_emergencia_paciente_id", "paciente_id"),
        Index("ix_emergencia_revisada_en", "revisada_en", "id"),
    )
    AUSENTE = "No existe ese acceso de emergencia."

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    motivo: Mapped[str] = mapped_column(String(300))
    desde: Mapped[datetime] = mapped_column(UtcDateTime)
    hasta: Mapped[datetime] = mapped_column(UtcDateTime)
    revisada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revisada_por: Mapped[str | None] = mapped_column(String(80))
    justificada: Mapped[bool | None]
    comentario: Mapped[str | None] = mapped_column(String(500))
