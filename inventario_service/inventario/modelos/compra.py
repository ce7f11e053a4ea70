"""Purchase orders and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime, now
from comun.errors import Conflict
from comun.models import Resource
from inventario.dominio.unidades import SEXTO
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


# Nothing more will come of the others.
EN_CURSO = (EstadoOrden.BORRADOR, EstadoOrden.ENVIADA, EstadoOrden.PARCIAL)
_POR_RECIBIR = (EstadoOrden.ENVIADA, EstadoOrden.PARCIAL)
CENTAVO = Decimal("0.01")
# How movements name the delivery that they are of (`recepcion/7`).
DE_RECEPCION = "recepcion"


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

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """Supplier and warehouse in the same statement, the lines with their products in another."""
        return (
            joinedload(cls.proveedor),
            joinedload(cls.bodega),
            selectinload(cls.lineas).joinedload(OrdenLinea.producto),
        )

    @property
    def total(self) -> Decimal:
        """What it comes to without tax, to the cent."""
        return sum((linea.cantidad * linea.costo for linea in self.lineas), Decimal(0)).quantize(CENTAVO)

    def exigir_borrador(self) -> None:
        """Conflict `orden_cerrada` once it was sent or given up: what it says is agreed with the supplier."""
        if self.estado != EstadoOrden.BORRADOR:
            raise Conflict("orden_cerrada", f"La orden está {self.estado}: ya no cambia lo que pide.")

    def exigir_por_recibir(self) -> None:
        """Conflict `transicion_ilegal` when nothing can come of it: not sent yet, or over."""
        if self.estado not in _POR_RECIBIR:
            raise Conflict("transicion_ilegal", f"La orden está {self.estado}: no se recibe nada de ella.")

    def enviar(self, esperada_el: date) -> None:
        """It goes to the supplier; `esperada_el` counts where no day was said. Conflict when it is no draft."""
        if self.estado != EstadoOrden.BORRADOR:
            raise Conflict("transicion_ilegal", f"La orden está {self.estado}: solo se envía un borrador.")
        self.estado = EstadoOrden.ENVIADA
        self.enviada_en = now()
        self.esperada_el = self.esperada_el or esperada_el

    def anular(self, motivo: str) -> None:
        """Nothing more comes of it; what came already stays. Conflict when all of it came, or it was given up."""
        if self.estado not in EN_CURSO:
            raise Conflict("transicion_ilegal", f"La orden está {self.estado}: ya no se anula.")
        self.estado = EstadoOrden.ANULADA
        self.motivo_anulacion = motivo

    def anotar_recibido(self) -> None:
        """After a delivery, or what took one back: all of it came, a part, or nothing."""
        if all(linea.pendiente == 0 for linea in self.lineas):
            self.estado = EstadoOrden.RECIBIDA
        else:
            algo = any(linea.recibida for linea in self.lineas)
            self.estado = EstadoOrden.PARCIAL if algo else EstadoOrden.ENVIADA
        self.touch()

    def devolver(self, producto_id: int, cantidad: Decimal) -> None:
        """So much, in the product's own unit, did not come after all. One that was given up stays so."""
        linea = next(linea for linea in self.lineas if linea.producto_id == producto_id)
        linea.recibida -= (cantidad / linea.factor).quantize(SEXTO)
        if self.estado != EstadoOrden.ANULADA:
            self.anotar_recibido()


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

    @property
    def pendiente(self) -> Decimal:
        """What has not come yet."""
        return self.cantidad - self.recibida

    @property
    def subtotal(self) -> Decimal:
        """To the cent."""
        return (self.cantidad * self.costo).quantize(CENTAVO)


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
