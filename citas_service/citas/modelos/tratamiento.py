"""The treatments of an appointment, as inventario_service told them when they were booked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from citas.extensiones import db, restricciones
from citas.modelos.cita import Cita
from comun.auth.caller import Caller
from comun.models import Resource, unique_alive

# What stays as it was agreed on, whatever becomes of the treatment, also when the appointment is moved.
CONVENIDO = (
    "tratamiento_id",
    "codigo",
    "nombre",
    "cantidad",
    "precio_unitario",
    "tarifa_iva",
    "duracion_minutos",
)


class CitaTratamiento(Resource, db.Model):
    """One line: a treatment, how often it is done, at what unit price (without tax) and rate of tax (percent)."""

    AUSENTE = "No existe esa línea, o no le corresponde verla."
    __tablename__ = "cita_tratamiento"
    __table_args__ = (
        CheckConstraint("cantidad > 0", name="cantidad"),
        CheckConstraint("precio_unitario >= 0", name="precio_unitario"),
        CheckConstraint("tarifa_iva >= 0", name="tarifa_iva"),
        CheckConstraint("duracion_minutos > 0", name="duracion_minutos"),
        unique_alive("cita_tratamiento", "cita_id", "tratamiento_id"),
    )

    cita_id: Mapped[int] = mapped_column(ForeignKey("cita.id"), index=True)
    # Its id in inventario_service.
    tratamiento_id: Mapped[int] = mapped_column(index=True)
    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(200))
    cantidad: Mapped[Decimal] = mapped_column(Numeric(14, 6), default=Decimal(1))
    precio_unitario: Mapped[Decimal] = mapped_column(Numeric(18, 6))
    tarifa_iva: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    duracion_minutos: Mapped[int]

    cita: Mapped[Cita] = relationship(lazy="raise_on_sql", back_populates="tratamientos")

    @property
    def subtotal(self) -> Decimal:
        """Quantity times unit price, to the cent (half up)."""
        return (self.cantidad * self.precio_unitario).quantize(Decimal("0.01"), "ROUND_HALF_UP")

    def convenido(self) -> dict[str, Any]:
        """What a line like it is made of."""
        return {campo: getattr(self, campo) for campo in CONVENIDO}

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """The lines of appointments that the caller sees."""
        return cls.cita.has(Cita.vivos() & Cita.visibles_para(quien))

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """The appointment that it belongs to."""
        return [joinedload(cls.cita)]


restricciones.add(
    "uq_cita_tratamiento_cita_id_tratamiento_id",
    "tratamiento_repetido",
    "La cita ya tiene ese tratamiento; cambie su cantidad.",
)
