"""Legal holds: a record that must be kept although its time is over."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente


class Retencion(DelExpediente, db.Model):
    """A legal hold was ordered or lifted, by whom and why. The latest one holds; none of them changes."""

    __tablename__ = "retencion"
    __table_args__ = (
        CheckConstraint("motivo <> ''", name="motivo"),
        Index("ix_retencion_paciente_id_id", "paciente_id", "id"),
    )

    retencion_legal: Mapped[bool]
    motivo: Mapped[str] = mapped_column(String(500))
    por: Mapped[str] = mapped_column(String(80))
    nombre: Mapped[str] = mapped_column(String(120))


restricciones.add("retencion_inmutable", "retencion_inmutable", "Lo que se ordenó no cambia; ordene otra vez.")
