"""Periodontal charts: what was measured around each tooth at one time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime
from historia_clinica.dominio import periodonto
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.odontograma import ES_PIEZA


class Periodontograma(DelExpediente, db.Model):
    """A chart: a draft until it is closed, then for good."""

    __tablename__ = "periodontograma"
    __table_args__ = (Index("ix_periodontograma_paciente_id", "paciente_id", "ocurrido_en", "id"),)
    AUSENTE = "No existe ese periodontograma, o no le corresponde verlo."

    ocurrido_en: Mapped[datetime] = mapped_column(UtcDateTime)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita_ref.id"))
    observaciones: Mapped[str | None] = mapped_column(String(2000))
    por: Mapped[str] = mapped_column(String(80))
    cerrado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cerrado_por: Mapped[str | None] = mapped_column(String(80))

    piezas: Mapped[list[PiezaPeriodontal]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="PiezaPeriodontal.pieza"
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With all that was measured."""
        return (selectinload(cls.piezas).selectinload(PiezaPeriodontal.sitios),)

    @property
    def estado(self) -> str:
        """`borrador` or `cerrado`."""
        return "borrador" if self.cerrado_en is None else "cerrado"

    def sitios(self) -> list[periodonto.Sitio]:
        """All that was measured, as the rules of the chart know it."""
        return [sitio.medida() for pieza in self.piezas for sitio in pieza.sitios]

    @property
    def resumen(self) -> periodonto.Resumen:
        """The chart in figures."""
        return periodonto.resumir(self.sitios())


class PiezaPeriodontal(db.Model):
    """A tooth of a chart."""

    __tablename__ = "pieza_periodontal"
    __table_args__ = (
        CheckConstraint(ES_PIEZA, name="pieza"),
        CheckConstraint(f"movilidad BETWEEN 0 AND {periodonto.GRADO_MAXIMO}", name="movilidad"),
        CheckConstraint(f"furca BETWEEN 0 AND {periodonto.GRADO_MAXIMO}", name="furca"),
    )

    periodontograma_id: Mapped[int] = mapped_column(ForeignKey("periodontograma.id"), primary_key=True)
    pieza: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    movilidad: Mapped[int | None] = mapped_column(SmallInteger)
    furca: Mapped[int | None] = mapped_column(SmallInteger)

    sitios: Mapped[list[SitioPeriodontal]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")


class SitioPeriodontal(db.Model):
    """One of the six sites of a tooth; what was not measured is null."""

    __tablename__ = "sitio_periodontal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["periodontograma_id", "pieza"], ["pieza_periodontal.periodontograma_id", "pieza_periodontal.pieza"]
        ),
        CheckConstraint(f"sitio IN {periodonto.SITIOS}", name="sitio"),
        CheckConstraint(f"sondaje BETWEEN 0 AND {periodonto.SONDAJE_MAXIMO}", name="sondaje"),
        CheckConstraint(f"margen BETWEEN {periodonto.MARGEN_MINIMO} AND {periodonto.MARGEN_MAXIMO}", name="margen"),
    )

    periodontograma_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pieza: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    sitio: Mapped[str] = mapped_column(String(2), primary_key=True)
    sondaje: Mapped[int | None] = mapped_column(SmallInteger)
    margen: Mapped[int | None] = mapped_column(SmallInteger)
    sangrado: Mapped[bool | None]
    supuracion: Mapped[bool | None]
    placa: Mapped[bool | None]

    @property
    def nic(self) -> int | None:
        """Clinical attachment level in mm."""
        return self.medida().nic

    def medida(self) -> periodonto.Sitio:
        """The site as the rules of the chart know it."""
        return periodonto.Sitio(
            self.pieza, self.sitio, self.sondaje, self.margen, self.sangrado, self.supuracion, self.placa
        )


restricciones.add("periodontograma_inmutable", "periodontograma_cerrado", "Ese periodontograma está cerrado.")
restricciones.add("pieza_periodontal_inmutable", "periodontograma_cerrado", "Ese periodontograma está cerrado.")
restricciones.add("sitio_periodontal_inmutable", "periodontograma_cerrado", "Ese periodontograma está cerrado.")
