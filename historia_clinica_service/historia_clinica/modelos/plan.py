"""Treatment plans: what is to be done, on which teeth, in which sessions, at what price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime
from comun.models import Audited
from historia_clinica.dominio.planes import Avance, EstadoItem, EstadoPlan, Prioridad, avance
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.odontograma import ES_PIEZA, SON_SUPERFICIES

PRECIO = Numeric(12, 2)


class PlanTratamiento(DelExpediente, db.Model):
    """A plan for a patient. Once presented its items stay; only how far they are changes."""

    __tablename__ = "plan_tratamiento"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(estado) for estado in EstadoPlan)}", name="estado"),
        Index("ix_plan_tratamiento_paciente_id", "paciente_id", "creado_en", "id"),
    )
    AUSENTE = "No existe ese plan de tratamiento, o no le corresponde verlo."

    nombre: Mapped[str] = mapped_column(String(160))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoPlan.BORRADOR)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    notas: Mapped[str | None] = mapped_column(String(2000))
    por: Mapped[str] = mapped_column(String(80))
    presentado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    aceptado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who said yes: the patient, or who speaks for him.
    aceptado_por: Mapped[str | None] = mapped_column(String(160))
    terminado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    motivo: Mapped[str | None] = mapped_column(String(500))

    items: Mapped[list[PlanItem]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="PlanItem.orden", back_populates="plan"
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its items."""
        return (selectinload(cls.items),)

    @property
    def avance(self) -> Avance:
        """How far it has come, and what it comes to."""
        return avance((item.estado, item.precio) for item in self.items)


class PlanItem(Audited, db.Model):
    """One treatment of a plan, with its price as it was when it was planned."""

    __tablename__ = "plan_item"
    __table_args__ = (
        CheckConstraint(ES_PIEZA, name="pieza"),
        CheckConstraint(SON_SUPERFICIES, name="superficies"),
        CheckConstraint("pieza IS NOT NULL OR superficies = ''", name="superficies_de_pieza"),
        CheckConstraint("sesion BETWEEN 1 AND 99", name="sesion"),
        CheckConstraint("precio >= 0", name="precio"),
        CheckConstraint(f"prioridad IN {tuple(str(prioridad) for prioridad in Prioridad)}", name="prioridad"),
        CheckConstraint(f"estado IN {tuple(str(estado) for estado in EstadoItem)}", name="estado"),
        CheckConstraint("(estado = 'realizado') = (realizado_en IS NOT NULL)", name="realizado"),
        Index("ix_plan_item_plan_id", "plan_id", "orden"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan_tratamiento.id"))
    orden: Mapped[int] = mapped_column(SmallInteger)
    tratamiento_id: Mapped[int]
    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(200))
    precio: Mapped[Decimal] = mapped_column(PRECIO)
    pieza: Mapped[int | None] = mapped_column(SmallInteger)
    superficies: Mapped[str] = mapped_column(String(5), default="")
    sesion: Mapped[int] = mapped_column(SmallInteger, default=1)
    prioridad: Mapped[str] = mapped_column(String(5), default=Prioridad.MEDIA)
    detalle: Mapped[str | None] = mapped_column(String(500))
    # What of the odontogram it treats, and what was noted there when it was done.
    hallazgo_id: Mapped[int | None] = mapped_column(ForeignKey("hallazgo.id"), index=True)
    resultado_id: Mapped[int | None] = mapped_column(ForeignKey("hallazgo.id"), index=True)
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita_ref.id"), index=True)
    estado: Mapped[str] = mapped_column(String(10), default=EstadoItem.PENDIENTE)
    realizado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    realizado_por_id: Mapped[int | None] = mapped_column(ForeignKey("doctor_ref.id"))
    motivo: Mapped[str | None] = mapped_column(String(500))

    plan: Mapped[PlanTratamiento] = relationship(lazy="raise_on_sql", back_populates="items")

    def reabrir(self) -> None:
        """It was not done after all: it is to do again, and so is its plan when that was finished."""
        self.estado = EstadoItem.PROGRAMADO if self.cita_id else EstadoItem.PENDIENTE
        self.realizado_en = self.realizado_por_id = self.resultado_id = None
        if self.plan.estado == EstadoPlan.TERMINADO:
            self.plan.estado, self.plan.terminado_en = EstadoPlan.EN_CURSO, None
        self.plan.touch()


restricciones.add("plan_item_inmutable", "plan_aceptado", "Un plan aceptado no cambia; haga otro con lo nuevo.")
