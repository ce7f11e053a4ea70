"""What is charged on an appointment beside its treatments."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from citas.extensiones import db
from citas.modelos.cita import Cita
from comun.auth.caller import Caller
from comun.errors import NotFound
from comun.models import Resource


class Extra(Resource, db.Model):
    """One line: what, how much of it, at what unit price (without tax)."""

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
    def obtener(cls, linea_id: int, quien: Caller) -> Extra:
        """The living line with that id on an appointment that the caller may see."""
        linea = db.session.scalar(
            db.select(cls)
            .join(cls.cita)
            .where(cls.id == linea_id, cls.vivos(), Cita.vivos(), Cita.visibles_para(quien))
            .options(db.contains_eager(cls.cita))
        )
        if linea is None:
            raise NotFound("No existe esa línea, o no le corresponde verla.")
        return linea
