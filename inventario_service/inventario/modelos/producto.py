"""Products, the packages they come in, and how much of them each centre should have."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Numeric, String, true
from sqlalchemy.orm import Mapped, joinedload, mapped_column, query_expression, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.auth.caller import Caller
from comun.models import Resource, unique_alive
from inventario.extensiones import db, restricciones
from inventario.modelos.categoria import Categoria

if TYPE_CHECKING:
    from inventario.modelos.existencias import Stock

# Quantities, unit costs and unit prices: six decimals.
CANTIDAD = Numeric(18, 6)


class Producto(Resource, db.Model):
    """Something that is kept in stock, counted in `unidad`.

    `costo_unitario` is what one unit of the stock cost on average; `stock_minimo` is for the whole network, a
    centre's own is in `MinimoCentro`. `controla_lotes`: each entry names its lot; else all is one lot.
    """

    __tablename__ = "producto"
    __table_args__ = (
        CheckConstraint("stock_minimo >= 0", name="stock_minimo"),
        CheckConstraint("costo_unitario >= 0", name="costo_unitario"),
        CheckConstraint("precio_venta >= 0", name="precio_venta"),
        unique_alive("producto", "codigo"),
        Index("ix_producto_nombre", "nombre", "id"),
    )
    AUSENTE = "No existe ese producto."
    audit_ignored: ClassVar[frozenset[str]] = frozenset({"busqueda"})

    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(200))
    # Folded code and name, for search without regard to case and accents.
    busqueda: Mapped[str] = mapped_column(String(500))
    descripcion: Mapped[str | None] = mapped_column(String(1000))
    categoria_id: Mapped[int | None] = mapped_column(ForeignKey("categoria.id"), index=True)
    unidad: Mapped[str] = mapped_column(String(20))
    stock_minimo: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    costo_unitario: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    precio_venta: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    proveedor_id: Mapped[int | None] = mapped_column(ForeignKey("proveedor.id"), index=True)
    controla_lotes: Mapped[bool] = mapped_column(default=False)
    permite_negativo: Mapped[bool] = mapped_column(default=False)
    activo: Mapped[bool] = mapped_column(default=True)

    categoria_rel: Mapped[Categoria | None] = relationship(lazy="raise_on_sql")
    presentaciones: Mapped[list[Presentacion]] = relationship(
        lazy="raise_on_sql", order_by="Presentacion.nombre", cascade="all, delete-orphan"
    )
    # Where it is low, and what centres should have of it.
    stocks_bajos: Mapped[list[Stock]] = relationship(
        lazy="raise_on_sql",
        viewonly=True,
        primaryjoin="and_(Producto.id == Stock.producto_id, Stock.bajo_desde.is_not(None))",
        order_by="Stock.centro_id",
    )
    minimos: Mapped[list[MinimoCentro]] = relationship(
        lazy="raise_on_sql", viewonly=True, order_by="MinimoCentro.centro_id"
    )
    # Figures of other tables, for the queries that ask for them; see casos_de_uso/productos.py.
    stock_actual: Mapped[Decimal | None] = query_expression()
    tarifa_iva: Mapped[Decimal | None] = query_expression()

    @property
    def centros_bajos(self) -> list[dict[str, Any]]:
        """The centres where it is low, as far as they were asked for, and how much each should have."""
        propios = {uno.centro_id: uno for uno in self.minimos}
        return [
            {
                "centro_id": stock.centro_id,
                "stock_actual": stock.cantidad,
                "stock_minimo": uno.minimo if (uno := propios.get(stock.centro_id)) else self.stock_minimo,
                "stock_maximo": uno.maximo if uno else None,
                "bajo_desde": stock.bajo_desde,
            }
            for stock in self.stocks_bajos
        ]

    @property
    def categoria(self) -> str | None:
        """The name of its category."""
        return self.categoria_rel.nombre if self.categoria_rel else None

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All: whoever may ask at all."""
        return true()

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """Its category and its packages."""
        return [joinedload(cls.categoria_rel), selectinload(cls.presentaciones)]


class Presentacion(db.Model):
    """A package of a product: one `nombre` (caja) holds `factor` of the product's own unit."""

    __tablename__ = "presentacion"
    __table_args__ = (CheckConstraint("factor > 0", name="factor"),)

    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"), primary_key=True)
    # Folded: units are read without regard to case and accents.
    nombre: Mapped[str] = mapped_column(String(20), primary_key=True)
    factor: Mapped[Decimal] = mapped_column(CANTIDAD)


class MinimoCentro(db.Model):
    """How much of a product a centre should have: below `minimo` it is low, `maximo` is what to buy up to."""

    __tablename__ = "minimo_centro"
    __table_args__ = (
        CheckConstraint("minimo >= 0", name="minimo"),
        CheckConstraint("maximo >= minimo", name="maximo"),
    )

    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"), primary_key=True)
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), primary_key=True)
    minimo: Mapped[Decimal] = mapped_column(CANTIDAD)
    maximo: Mapped[Decimal | None] = mapped_column(CANTIDAD)


restricciones.add("uq_producto_codigo", "producto_duplicado", "Ya existe un producto con ese código.")
