"""Products, the packages they come in, and how much of them each centre should have."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.auth.caller import Caller
from comun.models import Resource, unique_alive
from inventario.extensiones import db, restricciones
from inventario.modelos.categoria import Categoria

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
    )
    AUSENTE = "No existe ese producto."

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

    @property
    def categoria(self) -> str | None:
        """The name of its category."""
        return self.categoria_rel.nombre if self.categoria_rel else None

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All: whoever may ask at all."""
        return true()


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
