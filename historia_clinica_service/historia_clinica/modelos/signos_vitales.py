"""Vital signs as they were measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime
from comun.errors import Conflict
from historia_clinica.dominio.signos import SIGNOS, GrupoEdad, fuera_de_rango, imc
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import ConAlertas, DelExpediente
from historia_clinica.modelos.referencias import DoctorRef


class EstadoSignos(StrEnum):
    """What was measured holds until it is annulled."""

    VALIDO = "valido"
    ANULADO = "anulado"


class SignosVitales(ConAlertas, DelExpediente, db.Model):
    """Signs taken together. What was measured never changes: a mistake is annulled, with its reason."""

    __tablename__ = "signos_vitales"
    __table_args__ = (
        *(
            CheckConstraint(f"{signo.campo} BETWEEN {signo.minimo} AND {signo.maximo}", name=signo.campo)
            for signo in SIGNOS.values()
        ),
        CheckConstraint(f"grupo_edad IN {tuple(str(grupo) for grupo in GrupoEdad)}", name="grupo_edad"),
        CheckConstraint("presion_diastolica_mmhg < presion_sistolica_mmhg", name="presion"),
        CheckConstraint(
            "presion_diastolica_mmhg IS NULL OR presion_sistolica_mmhg IS NOT NULL", name="presion_completa"
        ),
        CheckConstraint(" OR ".join(f"{campo} IS NOT NULL" for campo in SIGNOS), name="alguno"),
        CheckConstraint("estado IN ('valido', 'anulado')", name="estado"),
        CheckConstraint("(estado = 'anulado') = (motivo_anulacion IS NOT NULL)", name="anulacion"),
        Index("ix_signos_vitales_paciente_id_tomado_en", "paciente_id", "tomado_en", "id"),
        Index("ix_signos_vitales_paciente_id_creado_en", "paciente_id", "creado_en"),
    )
    AUSENTE = "No existen esos signos vitales."

    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita_ref.id"))
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    # Of the patient when they were taken; None where the birth was not known then.
    grupo_edad: Mapped[str | None] = mapped_column(String(12))
    tomado_en: Mapped[datetime] = mapped_column(UtcDateTime)
    temperatura_c: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    pulso_lpm: Mapped[int | None]
    frecuencia_respiratoria_rpm: Mapped[int | None]
    presion_sistolica_mmhg: Mapped[int | None]
    presion_diastolica_mmhg: Mapped[int | None]
    saturacion_o2_pct: Mapped[int | None]
    peso_kg: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    talla_cm: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    glucosa_mg_dl: Mapped[int | None]
    dolor: Mapped[int | None]
    observaciones: Mapped[str | None] = mapped_column(String(500))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoSignos.VALIDO)
    motivo_anulacion: Mapped[str | None] = mapped_column(String(300))
    anulado_por: Mapped[str | None] = mapped_column(String(80))

    doctor: Mapped[DoctorRef] = relationship(lazy="raise_on_sql")

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """It is always shown who wrote it."""
        return (joinedload(cls.doctor, innerjoin=True),)

    @property
    def imc(self) -> Decimal | None:
        """The body mass index in kg/m²."""
        return imc(self.peso_kg, self.talla_cm)

    @property
    def fuera_de_rango(self) -> list[dict[str, Any]]:
        """What is unusual at the age at which they were taken."""
        medidas = {campo: getattr(self, campo) for campo in (*SIGNOS, "imc")}
        return fuera_de_rango(medidas, GrupoEdad(self.grupo_edad) if self.grupo_edad else None)

    def anular(self, motivo: str, por: str) -> None:
        """Take it back. Conflict when it was already."""
        if self.estado == EstadoSignos.ANULADO:
            raise Conflict("signos_anulados", "Esos signos vitales ya están anulados.")
        self.estado, self.motivo_anulacion, self.anulado_por = EstadoSignos.ANULADO, motivo, por


restricciones.add("signos_vitales_inmutable", "signos_inmutables", "Lo que se midió no cambia; anúlelo.")
