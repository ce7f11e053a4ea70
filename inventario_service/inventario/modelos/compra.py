"""Purchase orders and what came of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.db import UtcDateTime, now
from comun.models import Resource
from inventario.extensiones import db, restricciones
from inventario.modelos.existencias import Bodega, DeUnCentro
from inventario.modelos.producto import CANTIDAD, Producto
from inventario.modelos.proveedor import Proveedor


class EstadoOrden(StrEnum):
    """The life of an order: `parcial` once something came of it, `recibida` once all did."""

    BORRADOR = "borrador"
    ENVIADA = "enviada"
    PARCIAL = "parcial"
    RECIBIDA = "recibida"
    ANULADA = "anulada"


class OrdenCompra(DeUnCentro, Resource, db.Model):
    """What is ordered of a supplier for a warehouse. Its number is its id."""

    __tablename__ = "orden_compra"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoOrden)}", name="estado"),
        Index("ix_orden_compra_estado", "estado", "id"),
    )
    AUSENTE = "No existe esa orden de compra, o no es de su centro."

    proveedor_id: Mapped[int] = mapped_column(ForeignKey("proveedor.id"), index=True)
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    bodega_id: Mapped[int] = mapped_column(ForeignKey("bodega.id"))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoOrden.BORRADOR)
    esperada_el: Mapped[date | None]
    enviada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notas: Mapped[str | None] = mapped_column(String(1000))
    motivo_anulacion: Mapped[str | None] = mapped_column(String(300))
    creada_por: Mapped[str] = mapped_column(String(80))

    proveedor: Mapped[Proveedor] = relationship(lazy="raise_on_sql")
    bodega: Mapped[Bodega] = relationship(lazy="raise_on_sql")
    lineas: Mapped[list[OrdenLinea]] = relationship(
        lazy="raise_on_sql", back_populates="orden", order_by="OrdenLinea.id", cascade="all, delete-orphan"
    )


class OrdenLinea(db.Model):
    """So many of a package (or of the unit) of a product, at so much each. `recibida` counts in the same.

    More than was ordered can't be received.
    """

    __tablename__ = "orden_linea"
    __table_args__ = (
        CheckConstraint("cantidad > 0", name="cantidad"),
        CheckConstraint("costo >= 0", name="costo"),
        CheckConstraint("recibida >= 0 AND recibida <= cantidad", name="recibida"),
        UniqueConstraint("orden_id", "producto_id"),
        Index("ix_orden_linea_producto_id", "producto_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    orden_id: Mapped[int] = mapped_column(ForeignKey("orden_compra.id"))
    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"))
    unidad: Mapped[str] = mapped_column(String(20))
    # Of the product's own unit in one of `unidad`, as it was when ordered.
    factor: Mapped[Decimal] = mapped_column(CANTIDAD)
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD)
    costo: Mapped[Decimal] = mapped_column(CANTIDAD)
    recibida: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))

    orden: Mapped[OrdenCompra] = relationship(lazy="raise_on_sql", back_populates="lineas")
    producto: Mapped[Producto] = relationship(lazy="raise_on_sql")


class Recepcion(db.Model):
    """One delivery of an order; its movements refer to it (`recepcion/7`). `documento`: the supplier's paper."""

    __tablename__ = "recepcion"

    id: Mapped[int] = mapped_column(primary_key=True)
    orden_id: Mapped[int] = mapped_column(ForeignKey("orden_compra.id"), index=True)
    documento: Mapped[str | None] = mapped_column(String(60))
    por: Mapped[str] = mapped_column(String(80))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


restricciones.add("uq_orden_linea_orden_id_producto_id", "linea_repetida", "El producto está dos veces en la orden.")
restricciones.add("ck_orden_linea_recibida", "recibido_de_mas", "Se recibiría más de lo pedido.")
