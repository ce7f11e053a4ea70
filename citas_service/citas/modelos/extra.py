"""What is charged on an appointment beside its treatments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from citas.extensiones import db
from citas.modelos.cita import Cita
from comun.auth.caller import Caller
from comun.models import Resource


class Extra(Resource, db.Model):
    """One line: what, how much of it, at what unit price (without tax)."""

    AUSENTE = "No existe esa línea, o no le corresponde verla."
    __tablename__ = "cita_extra"
    __table_args__ = (
        CheckConstraint("cantidad > 0", name="cantidad"),
        CheckConstraint("precio_unitario >= 0", name="precio_unitario"),
    )

    cita_id: Mapped[int] = mapped_column(ForeignKey("cita.id"), index=True)
    descripcion: Mapped[str] = mapped_column(String(300))
    cantidad: Mapped[Decimal] = mapped_column(Numeric(14, 6), default=Decimal(1))
    precio_unitario: Mapped[Decimal] = mapped_column(Numeric(14, 6))

    cita: Mapped[Cita] = relationship(lazy="raise_on_sql")

    @property
    def subtotal(self) -> Decimal:
        """Quantity times unit price, to the cent (half up)."""
        return (self.cantidad * self.precio_unitario).quantize(Decimal("0.01"), "ROUND_HALF_UP")

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """The lines of appointments that the caller sees."""
        return cls.cita.has(Cita.vivos() & Cita.visibles_para(quien))

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """The appointment that it belongs to."""
        return [joinedload(cls.cita)]
