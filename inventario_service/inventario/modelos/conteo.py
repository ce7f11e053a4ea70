"""Physical counts: what was found on the shelves, against what the ledger says."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.db import UtcDateTime, now
from comun.models import Resource, partial_index
from inventario.extensiones import db, restricciones
from inventario.modelos.existencias import Bodega, DeUnCentro, Lote
from inventario.modelos.producto import CANTIDAD


class EstadoConteo(StrEnum):
    """The life of a count."""

    ABIERTO = "abierto"
    CERRADO = "cerrado"
    ANULADO = "anulado"


class Conteo(DeUnCentro, Resource, db.Model):
    """A count of a warehouse, one at a time."""

    __tablename__ = "conteo"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoConteo)}", name="estado"),
        partial_index("uq_conteo_bodega_id", "estado = 'abierto' AND eliminado_en IS NULL", "bodega_id", unique=True),
    )
    AUSENTE = "No existe ese conteo, o no es de su centro."

    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    bodega_id: Mapped[int] = mapped_column(ForeignKey("bodega.id"))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoConteo.ABIERTO)
    motivo: Mapped[str | None] = mapped_column(String(300))
    abierto_por: Mapped[str] = mapped_column(String(80))
    cerrado_por: Mapped[str | None] = mapped_column(String(80))
    cerrado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    bodega: Mapped[Bodega] = relationship(lazy="raise_on_sql")
    lineas: Mapped[list[ConteoLinea]] = relationship(lazy="raise_on_sql", back_populates="conteo")


class ConteoLinea(db.Model):
    """What was found of a lot, and what the ledger said at that moment: the difference is what closing adjusts.

    So that what moves between counting and closing is neither lost nor counted twice.
    """

    __tablename__ = "conteo_linea"
    __table_args__ = (CheckConstraint("contado >= 0", name="contado"),)

    conteo_id: Mapped[int] = mapped_column(ForeignKey("conteo.id"), primary_key=True)
    lote_id: Mapped[int] = mapped_column(ForeignKey("lote.id"), primary_key=True)
    esperado: Mapped[Decimal] = mapped_column(CANTIDAD)
    contado: Mapped[Decimal] = mapped_column(CANTIDAD)
    # Of one unit of the lot, then.
    costo: Mapped[Decimal] = mapped_column(CANTIDAD)
    por: Mapped[str] = mapped_column(String(80))
    contado_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    conteo: Mapped[Conteo] = relationship(lazy="raise_on_sql", back_populates="lineas")
    lote: Mapped[Lote] = relationship(lazy="raise_on_sql")

    @property
    def diferencia(self) -> Decimal:
        """More (+) or less (−) was found than the ledger said."""
        return self.contado - self.esperado


restricciones.add("uq_conteo_bodega_id", "conteo_abierto", "Esa bodega ya tiene un conteo abierto.")
