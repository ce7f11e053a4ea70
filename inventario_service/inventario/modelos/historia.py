"""What held since when: prices of treatments, costs of products, rates of IVA."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime, now
from comun.models import Audited
from inventario.extensiones import db, restricciones
from inventario.modelos.producto import CANTIDAD


class TarifaIva(Audited, db.Model):
    """The rate of IVA of a product or a treatment from a day on, in percent.

    It belongs to the item: health services carry 0 %, goods and aesthetic work the general rate.
    """

    __tablename__ = "tarifa_iva"
    __table_args__ = (
        CheckConstraint("tarifa >= 0 AND tarifa <= 100", name="tarifa"),
        CheckConstraint("(producto_id IS NULL) <> (tratamiento_id IS NULL)", name="de_uno"),
        UniqueConstraint("producto_id", "desde"),
        UniqueConstraint("tratamiento_id", "desde"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producto_id: Mapped[int | None] = mapped_column(ForeignKey("producto.id"))
    tratamiento_id: Mapped[int | None] = mapped_column(ForeignKey("tratamiento.id"))
    tarifa: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    desde: Mapped[date]


class CostoProducto(db.Model):
    """What one unit of a product cost on average from a moment on. Never changed."""

    __tablename__ = "costo_producto"
    __table_args__ = (Index("ix_costo_producto_producto_id", "producto_id", "desde", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"))
    costo: Mapped[Decimal] = mapped_column(CANTIDAD)
    desde: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class PrecioTratamiento(db.Model):
    """The price of a treatment from a moment on. Never changed."""

    __tablename__ = "precio_tratamiento"
    __table_args__ = (Index("ix_precio_tratamiento_tratamiento_id", "tratamiento_id", "desde"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tratamiento_id: Mapped[int] = mapped_column(ForeignKey("tratamiento.id"))
    precio: Mapped[Decimal] = mapped_column(CANTIDAD)
    por: Mapped[str] = mapped_column(String(80))
    desde: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


restricciones.add("uq_tarifa_iva_producto_id_desde", "tarifa_duplicada", "Ya hay una tarifa desde ese día.")
restricciones.add("uq_tarifa_iva_tratamiento_id_desde", "tarifa_duplicada", "Ya hay una tarifa desde ese día.")
