"""Allergies and intolerances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, validates
from sqlalchemy.sql.base import ExecutableOption

from comun.fields import fold
from comun.models import partial_index
from historia_clinica.dominio.preguntas import Severidad
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import ConAlertas, DelExpediente
from historia_clinica.modelos.referencias import DoctorRef


class TipoAlergia(StrEnum):
    """What kind of thing it is."""

    MEDICAMENTO = "medicamento"
    ALIMENTO = "alimento"
    LATEX = "latex"
    AMBIENTAL = "ambiental"
    OTRO = "otro"


class EstadoAlergia(StrEnum):
    """Whether it counts: `inactiva` was outgrown or treated, `descartada` never was one."""

    ACTIVA = "activa"
    INACTIVA = "inactiva"
    DESCARTADA = "descartada"


class Certeza(StrEnum):
    """How sure it is."""

    REFERIDA = "referida"
    SOSPECHADA = "sospechada"
    CONFIRMADA = "confirmada"


def _uno_de(columna: str, valores: type[StrEnum]) -> CheckConstraint:
    return CheckConstraint(f"{columna} IN {tuple(str(valor) for valor in valores)}", name=columna)


class Alergia(ConAlertas, DelExpediente, db.Model):
    """What a patient does not tolerate; an active one is among the alerts of every look at the record."""

    __tablename__ = "alergia"
    __table_args__ = (
        _uno_de("tipo", TipoAlergia),
        _uno_de("severidad", Severidad),
        _uno_de("estado", EstadoAlergia),
        _uno_de("certeza", Certeza),
        CheckConstraint("estado = 'activa' OR motivo_estado IS NOT NULL", name="motivo_estado"),
        Index("ix_alergia_paciente_id_id", "paciente_id", "id"),
        partial_index(
            "uq_alergia_activa",
            "estado = 'activa' AND eliminado_en IS NULL",
            *("paciente_id", "sustancia_plegada"),
            unique=True,
        ),
    )
    AUSENTE = "No existe esa alergia."

    sustancia: Mapped[str] = mapped_column(String(120))
    # For comparing: without accents and case.
    sustancia_plegada: Mapped[str] = mapped_column(String(240))
    tipo: Mapped[str] = mapped_column(String(12))
    reaccion: Mapped[str | None] = mapped_column(String(300))
    severidad: Mapped[str] = mapped_column(String(10))
    certeza: Mapped[str] = mapped_column(String(12), default=Certeza.REFERIDA)
    estado: Mapped[str] = mapped_column(String(12), default=EstadoAlergia.ACTIVA)
    motivo_estado: Mapped[str | None] = mapped_column(String(300))
    detectada_en: Mapped[date | None]
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))

    doctor: Mapped[DoctorRef] = relationship(lazy="raise_on_sql")

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """It is always shown who wrote it."""
        return (joinedload(cls.doctor, innerjoin=True),)

    @validates("sustancia")
    def _plegar(self, _clave: str, sustancia: str) -> str:
        self.sustancia_plegada = fold(sustancia)
        return sustancia

    @property
    def activa(self) -> bool:
        """Whether it is among the alerts."""
        return self.estado == EstadoAlergia.ACTIVA

    def pasar(self, estado: EstadoAlergia, motivo: str | None) -> None:
        """Say that it counts, or with a reason that it does not; what counts again forgets why it did not."""
        self.estado = estado
        self.motivo_estado = None if self.activa else motivo


restricciones.add("uq_alergia_activa", "alergia_repetida", "Ya consta una alergia activa a esa sustancia.")
