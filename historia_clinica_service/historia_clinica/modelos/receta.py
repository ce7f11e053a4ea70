"""Prescriptions, which are signed with the note that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime
from comun.errors import Conflict
from comun.tables import Json
from historia_clinica.dominio.medicamentos import CANTIDAD_MAXIMA
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.referencias import DoctorRef


class Receta(DelExpediente, db.Model):
    """What is prescribed in a note. It gets its number, without gaps, when the note is signed; nothing changes then.

    `alergias_confirmadas`: drugs that match a known allergy, prescribed all the same for the reason in
    `motivo_alergia`.
    """

    __tablename__ = "receta"
    __table_args__ = (
        CheckConstraint("(numero IS NULL) = (emitida_en IS NULL)", name="emision"),
        CheckConstraint("numero > 0", name="numero"),
        Index("ix_receta_paciente_id", "paciente_id", "id"),
        Index("ix_receta_nota_id", "nota_id"),
        UniqueConstraint("numero"),
    )
    AUSENTE = "No existe esa receta, o no le corresponde verla."

    nota_id: Mapped[int] = mapped_column(ForeignKey("nota.id"))
    doctor_id: Mapped[int]
    centro_id: Mapped[int]
    numero: Mapped[int | None]
    emitida_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    advertencias: Mapped[str | None] = mapped_column(Text)
    alergias_confirmadas: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    motivo_alergia: Mapped[str | None] = mapped_column(String(500))

    items: Mapped[list[RecetaItem]] = relationship(
        lazy="raise_on_sql", order_by="RecetaItem.orden", cascade="all, delete-orphan"
    )
    doctor: Mapped[DoctorRef | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin="foreign(Receta.doctor_id) == DoctorRef.id"
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its lines and its doctor's name."""
        return (selectinload(cls.items), joinedload(cls.doctor))

    @classmethod
    def firmados(cls) -> ColumnElement[bool]:
        """Those whose note is signed."""
        return cls.emitida_en.is_not(None)

    @property
    def estado(self) -> str:
        """`borrador` until its note is signed, `emitida` then."""
        return "borrador" if self.emitida_en is None else "emitida"

    def exigir_borrador(self) -> None:
        """Conflict `receta_emitida` when it is issued."""
        if self.emitida_en is not None:
            raise Conflict("receta_emitida", "La receta está emitida: ya no cambia.")


class RecetaItem(db.Model):
    """One drug of a prescription, by its generic name, and how it is taken."""

    __tablename__ = "receta_item"
    __table_args__ = (
        CheckConstraint(f"cantidad BETWEEN 1 AND {CANTIDAD_MAXIMA}", name="cantidad"),
        UniqueConstraint("receta_id", "orden"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receta_id: Mapped[int] = mapped_column(ForeignKey("receta.id"))
    orden: Mapped[int]
    medicamento: Mapped[str] = mapped_column(String(200))
    concentracion: Mapped[str | None] = mapped_column(String(60))
    forma: Mapped[str] = mapped_column(String(60))
    via: Mapped[str] = mapped_column(String(20))
    dosis: Mapped[str] = mapped_column(String(100))
    frecuencia: Mapped[str] = mapped_column(String(100))
    duracion: Mapped[str] = mapped_column(String(100))
    cantidad: Mapped[int]
    cantidad_letras: Mapped[str] = mapped_column(String(100))
    indicaciones: Mapped[str | None] = mapped_column(String(1000))


class Numeracion(db.Model):
    """The last number given in a series, `receta`. Its row is locked while a number is given: there are no gaps."""

    __tablename__ = "numeracion"

    serie: Mapped[str] = mapped_column(String(30), primary_key=True)
    ultimo: Mapped[int]


for _guardada in ("receta", "receta_item"):
    restricciones.add(f"{_guardada}_inmutable", "receta_emitida", "La receta está emitida: ya no cambia.")
