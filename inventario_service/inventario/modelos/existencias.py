"""Where stock is: warehouses, lots, and how much of each is left. Changed by movements only."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime
from comun.models import Resource, partial_index, unique_alive
from inventario.extensiones import db, restricciones
from inventario.modelos.producto import CANTIDAD, Producto

# The lot of products whose lots are not told apart, and of what was never counted to one.
SIN_LOTE = ""


class DeUnCentro:
    """For tables with `centro_id`: the own centres' rows, and all for whoever acts in the whole network."""

    centro_id: Mapped[int]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Doctors see all stock; a secretary that of her centres."""
        match quien.alcance:
            case Scope.RED | Scope.MEDICO:
                return true()
            case Scope.CENTROS:
                return cls.centro_id.in_(quien.centros)
        return false()


class Bodega(DeUnCentro, Resource, db.Model):
    """A warehouse of a centre. Each has one that is `principal`, made when first needed."""

    __tablename__ = "bodega"
    __table_args__ = (
        unique_alive("bodega", "centro_id", "nombre"),
        partial_index("uq_bodega_centro_id", "principal AND eliminado_en IS NULL", "centro_id", unique=True),
    )
    AUSENTE = "No existe esa bodega, o no es de su centro."

    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    nombre: Mapped[str] = mapped_column(String(80))
    principal: Mapped[bool] = mapped_column(default=False)


class Lote(Resource, db.Model):
    """What came of a product under one code. `costo` is what one unit cost on average; None expires never.

    A `bloqueado` one (recalled, in doubt) is not used.
    """

    __tablename__ = "lote"
    __table_args__ = (
        UniqueConstraint("producto_id", "codigo"),
        CheckConstraint("costo >= 0", name="costo"),
        Index("ix_lote_caducidad", "caducidad"),
    )
    AUSENTE = "No existe ese lote."

    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"))
    codigo: Mapped[str] = mapped_column(String(60))
    caducidad: Mapped[date | None]
    costo: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    proveedor_id: Mapped[int | None] = mapped_column(ForeignKey("proveedor.id"))
    bloqueado: Mapped[bool] = mapped_column(default=False)
    motivo_bloqueo: Mapped[str | None] = mapped_column(String(300))

    producto: Mapped[Producto] = relationship(lazy="raise_on_sql")
    # Of all warehouses, or of those that a query asks for; see casos_de_uso/lotes.py.
    cantidad: Mapped[Decimal | None] = query_expression()

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All: whoever may ask at all."""
        return true()

    def caducado(self, hoy: date) -> bool:
        """Whether it has expired: it may still be used on the day that it expires."""
        return self.caducidad is not None and self.caducidad < hoy


class Stock(DeUnCentro, db.Model):
    """How much of a product a centre has. Whoever moves stock locks this row first, several in order of their ids.

    `bajo_desde`: since when there is no more than the least that the centre should have.
    """

    __tablename__ = "stock"
    __table_args__ = (
        UniqueConstraint("producto_id", "centro_id"),
        CheckConstraint("cantidad >= 0 OR permite_negativo", name="no_negativo"),
        Index("ix_stock_centro_id", "centro_id"),
        partial_index("ix_stock_bajo", "bajo_desde IS NOT NULL", "producto_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    permite_negativo: Mapped[bool] = mapped_column(default=False)
    bajo_desde: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Existencia(DeUnCentro, db.Model):
    """How much of a lot is in a warehouse. `avisada_en`: when it was announced that it expires soon."""

    __tablename__ = "existencia"
    __table_args__ = (
        CheckConstraint("cantidad >= 0 OR permite_negativo", name="no_negativo"),
        Index("ix_existencia_producto_id", "producto_id", "centro_id"),
        Index("ix_existencia_bodega_id", "bodega_id"),
        # Of lots that were used up long ago rows of nothing stay, more with the years.
        partial_index("ix_existencia_con_saldo", "cantidad > 0", "lote_id"),
    )

    lote_id: Mapped[int] = mapped_column(ForeignKey("lote.id"), primary_key=True)
    bodega_id: Mapped[int] = mapped_column(ForeignKey("bodega.id"), primary_key=True)
    producto_id: Mapped[int] = mapped_column(ForeignKey("producto.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    permite_negativo: Mapped[bool] = mapped_column(default=False)
    avisada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)


# In the SQL text, because SQLite uses a partial index only when it sees the value.
CON_SALDO = Existencia.cantidad > literal_column("0", CANTIDAD)


def del_lote(columna: Any, modelo: Any) -> ColumnElement[Any]:
    """A column of the lot of a row of `modelo`, looked up row by row.

    In a join PostgreSQL would rather read all lots that there ever were than a few hundred by their keys.
    """
    suyo = select(columna).where(Lote.id == modelo.lote_id).correlate_except(Lote)
    return suyo.scalar_subquery()


_NO_ALCANZA = "No hay existencias suficientes."
restricciones.add("ck_stock_no_negativo", "stock_insuficiente", _NO_ALCANZA)
restricciones.add("ck_existencia_no_negativo", "stock_insuficiente", _NO_ALCANZA)
restricciones.add(
    "uq_bodega_centro_id_nombre", "bodega_duplicada", "Ya existe una bodega con ese nombre en el centro."
)
restricciones.add("uq_bodega_centro_id", "bodega_principal", "El centro ya tiene una bodega principal.")
restricciones.add("uq_lote_producto_id_codigo", "lote_duplicado", "El producto ya tiene un lote con ese código.")
