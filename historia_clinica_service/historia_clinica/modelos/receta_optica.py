"""Spectacle prescriptions: numbered, signed as they are issued, never changed; a wrong one is annulled."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.db import UtcDateTime
from historia_clinica.dominio.ojos import Ojo
from historia_clinica.dominio.refraccion import Uso
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.lente import ConLente, en_pasos, reglas_de_lente
from historia_clinica.modelos.referencias import DoctorRef

MILIMETROS = Numeric(4, 1)


class TipoDeLente(StrEnum):
    """How a lens is made."""

    MONOFOCAL = "monofocal"
    BIFOCAL = "bifocal"
    PROGRESIVO = "progresivo"
    OCUPACIONAL = "ocupacional"


class Base(StrEnum):
    """Where the base of a prism points."""

    NASAL = "nasal"
    TEMPORAL = "temporal"
    SUPERIOR = "superior"
    INFERIOR = "inferior"


class RecetaOptica(DelExpediente, db.Model):
    """A prescription of spectacles out of a signed exam. It has exactly two RecetaOpticaOjo."""

    __tablename__ = "receta_optica"
    __table_args__ = (
        Index("ix_receta_optica_paciente_id", "paciente_id", "emitida_en", "id"),
        CheckConstraint(f"uso IN {tuple(str(uso) for uso in Uso)}", name="uso"),
        CheckConstraint(f"tipo_lente IN {tuple(str(tipo) for tipo in TipoDeLente)}", name="tipo_lente"),
        CheckConstraint("(uso = 'multifocal') = (tipo_lente <> 'monofocal')", name="tipo_para_uso"),
        CheckConstraint("dp_lejos_mm BETWEEN 40 AND 80", name="dp_lejos_mm"),
        CheckConstraint("dp_cerca_mm BETWEEN 40 AND 80", name="dp_cerca_mm"),
        CheckConstraint("(anulada_en IS NULL) = (motivo_anulacion IS NULL)", name="anulada"),
        CheckConstraint("eliminado_en IS NULL", name="no_se_elimina"),
    )
    AUSENTE = "No existe esa receta, o no le corresponde verla."

    examen_id: Mapped[int] = mapped_column(ForeignKey("examen_oftalmologico.id"), index=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"), index=True)
    uso: Mapped[str] = mapped_column(String(12))
    tipo_lente: Mapped[str] = mapped_column(String(12))
    material: Mapped[str | None] = mapped_column(String(40))
    tratamientos: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Between the pupils, looking far and near.
    dp_lejos_mm: Mapped[Decimal | None] = mapped_column(MILIMETROS)
    dp_cerca_mm: Mapped[Decimal | None] = mapped_column(MILIMETROS)
    indicaciones: Mapped[str | None] = mapped_column(Text)
    vence_el: Mapped[date] = mapped_column(Date)
    emitida_en: Mapped[datetime] = mapped_column(UtcDateTime)
    firmante: Mapped[str] = mapped_column(String(220))
    firmada_por: Mapped[str] = mapped_column(String(80))
    huella: Mapped[str] = mapped_column(String(64))
    forma: Mapped[int] = mapped_column(SmallInteger)
    anulada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    anulada_por: Mapped[str | None] = mapped_column(String(80))
    motivo_anulacion: Mapped[str | None] = mapped_column(String(300))

    doctor: Mapped[DoctorRef] = relationship(lazy="selectin")
    ojos: Mapped[list[RecetaOpticaOjo]] = relationship(lazy="selectin", order_by="RecetaOpticaOjo.ojo")

    @property
    def codigo(self) -> str:
        """The number as it is printed."""
        return f"RO-{self.id:06d}"

    @property
    def estado(self) -> str:
        """`emitida`, or `anulada`."""
        return "anulada" if self.anulada_en else "emitida"

    @property
    def od(self) -> RecetaOpticaOjo:
        """The right lens."""
        return next(ojo for ojo in self.ojos if ojo.ojo == Ojo.OD)

    @property
    def oi(self) -> RecetaOpticaOjo:
        """The left lens."""
        return next(ojo for ojo in self.ojos if ojo.ojo == Ojo.OI)

    @property
    def firma(self) -> dict[str, Any]:
        """Who signed what, and when."""
        return {"momento": self.emitida_en, "firmante": self.firmante, "huella": self.huella, "forma": self.forma}


class RecetaOpticaOjo(ConLente, db.Model):
    """The lens of one eye; without a sphere that eye gets none."""

    __tablename__ = "receta_optica_ojo"
    __table_args__ = (
        UniqueConstraint("receta_id", "ojo"),
        CheckConstraint("ojo IN ('od', 'oi')", name="ojo"),
        *reglas_de_lente(),
        CheckConstraint(en_pasos("prisma", "0.25", "20", 4), name="prisma"),
        CheckConstraint("(prisma IS NULL) = (base IS NULL)", name="prisma_con_base"),
        CheckConstraint(f"base IN {tuple(str(base) for base in Base)}", name="base"),
        CheckConstraint("dnp_mm BETWEEN 20 AND 40", name="dnp_mm"),
        CheckConstraint("altura_mm BETWEEN 5 AND 40", name="altura_mm"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receta_id: Mapped[int] = mapped_column(ForeignKey("receta_optica.id"))
    ojo: Mapped[str] = mapped_column(String(2))
    # In prism dioptres.
    prisma: Mapped[Decimal | None] = mapped_column(Numeric(4, 2))
    base: Mapped[str | None] = mapped_column(String(10))
    # From the nose to this pupil; from the lower rim to the segment.
    dnp_mm: Mapped[Decimal | None] = mapped_column(MILIMETROS)
    altura_mm: Mapped[Decimal | None] = mapped_column(MILIMETROS)


restricciones.add("receta_optica_inmutable", "receta_emitida", "Una receta emitida no cambia: anúlela y emita otra.")
restricciones.add(
    "receta_optica_ojo_inmutable", "receta_emitida", "Una receta emitida no cambia: anúlela y emita otra."
)
