"""What completed appointments used up, and what of it was missing from stock."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.db import UtcDateTime, now
from comun.models import partial_index
from inventario.extensiones import db
from inventario.modelos.existencias import DeUnCentro
from inventario.modelos.producto import CANTIDAD, Producto
from inventario.modelos.tratamiento import Tratamiento


class Resolucion(StrEnum):
    """What became of a shortage: taken from stock later, not to be taken, or its appointment was reopened."""

    CONSUMIDO = "consumido"
    DESCARTADO = "descartado"
    REVERTIDO = "revertido"


class Consumo(DeUnCentro, db.Model):
    """What one appointment used when it was completed; `ronda` is the number of the event that told so.

    Each completion counts once. Reopened, it is taken back (`revertido_en`). Of an appointment at most one is not.
    """

    __tablename__ = "consumo"
    __table_args__ = (
        UniqueConstraint("cita_id", "ronda"),
        Index("ix_consumo_completada_en", "completada_en", "id"),
        partial_index("uq_consumo_cita_id", "revertido_en IS NULL", "cita_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cita_id: Mapped[int]
    ronda: Mapped[int]
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    doctor_id: Mapped[int]
    # When the appointment was completed: the recipes of that moment count.
    completada_en: Mapped[datetime] = mapped_column(UtcDateTime)
    registrado_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    revertido_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    lineas: Mapped[list[ConsumoLinea]] = relationship(lazy="raise_on_sql", back_populates="consumo")


class ConsumoLinea(db.Model):
    """So much of a product for a treatment, by a version of its recipe. `faltante`: what was not in stock.

    A shortage stays until a person says what became of it (`resuelto_en`), or the appointment is reopened.
    """

    __tablename__ = "consumo_linea"
    __table_args__ = (
        CheckConstraint("cantidad > 0", name="cantidad"),
        CheckConstraint("faltante >= 0 AND faltante <= cantidad", name="faltante"),
        CheckConstraint(f"resolucion IN {tuple(str(r) for r in Resolucion)}", name="resolucion"),
        CheckConstraint("(resuelto_en IS NULL) = (resolucion IS NULL)", name="resuelto"),
        UniqueConstraint("consumo_id", "tratamiento_id", "receta_id", "producto_id"),
        Index("ix_consumo_linea_producto_id", "producto_id"),
        partial_index("ix_consumo_linea_pendiente", "faltante > 0 AND resuelto_en IS NULL", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    consumo_id: Mapped[int] = mapped_column(ForeignKey("consumo.id"))
    tratamiento_id: Mapped[int] = mapped_column(ForeignKey("tratamiento.id"))
    receta_id: Mapped[int] = mapped_column(ForeignKey("receta.id"))
    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"))
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD)
    faltante: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    resuelto_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resuelto_por: Mapped[str | None] = mapped_column(String(80))
    resolucion: Mapped[str | None] = mapped_column(String(12))
    motivo_resolucion: Mapped[str | None] = mapped_column(String(300))

    consumo: Mapped[Consumo] = relationship(lazy="raise_on_sql", back_populates="lineas")
    producto: Mapped[Producto] = relationship(lazy="raise_on_sql")
    tratamiento: Mapped[Tratamiento] = relationship(lazy="raise_on_sql")

    @property
    def pendiente(self) -> bool:
        """Whether something was missing of which nobody said yet what became of it."""
        return self.faltante > 0 and self.resuelto_en is None

    def resolver(self, resolucion: Resolucion, motivo: str, por: str) -> None:
        """Say what became of what was missing."""
        self.resuelto_en, self.resuelto_por = now(), por
        self.resolucion, self.motivo_resolucion = resolucion, motivo
