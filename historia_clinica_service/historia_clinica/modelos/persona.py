"""What of a person a record needs to be judged by: how old, and of which sex."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime
from historia_clinica.extensiones import db


class DatosPersonales(db.Model):
    """A patient's birth and sex, as admin_service told them at `obtenido_en`; null where it doesn't know."""

    __tablename__ = "datos_personales"
    __table_args__ = (Index("ix_datos_personales_obtenido_en", "obtenido_en"),)

    paciente_id: Mapped[int] = mapped_column(ForeignKey("paciente_ref.id"), primary_key=True, autoincrement=False)
    fecha_nacimiento: Mapped[date | None]
    genero: Mapped[str | None] = mapped_column(String(20))
    obtenido_en: Mapped[datetime] = mapped_column(UtcDateTime)
