"""Treatments: what the network does for its patients, and the recipes that say what each uses up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.auth.caller import Caller
from comun.db import UtcDateTime, now
from comun.models import Resource, partial_index, unique_alive
from inventario.dominio.fechas import hoy
from inventario.extensiones import db, restricciones
from inventario.modelos.categoria import Categoria
from inventario.modelos.historia import TarifaIva
from inventario.modelos.producto import CANTIDAD, Producto

DURACION_MINIMA, DURACION_MAXIMA = 5, 720


class Tratamiento(Resource, db.Model):
    """A treatment, or any service that is charged. `precio` is without tax."""

    __tablename__ = "tratamiento"
    __table_args__ = (
        CheckConstraint("precio >= 0", name="precio"),
        CheckConstraint(f"duracion_minutos BETWEEN {DURACION_MINIMA} AND {DURACION_MAXIMA}", name="duracion_minutos"),
        unique_alive("tratamiento", "codigo"),
    )
    AUSENTE = "No existe ese tratamiento."
    audit_ignored: ClassVar[frozenset[str]] = frozenset({"busqueda"})

    codigo: Mapped[str] = mapped_column(String(40))
    nombre: Mapped[str] = mapped_column(String(200))
    # Folded code and name, for search without regard to case and accents.
    busqueda: Mapped[str] = mapped_column(String(500))
    descripcion: Mapped[str | None] = mapped_column(String(1000))
    categoria_id: Mapped[int | None] = mapped_column(ForeignKey("categoria.id"), index=True)
    especialidad: Mapped[str | None] = mapped_column(String(120))
    precio: Mapped[Decimal] = mapped_column(CANTIDAD)
    duracion_minutos: Mapped[int] = mapped_column(default=30)
    activo: Mapped[bool] = mapped_column(default=True)

    categoria_rel: Mapped[Categoria | None] = relationship(lazy="raise_on_sql")
    tarifas: Mapped[list[TarifaIva]] = relationship(lazy="raise_on_sql", order_by=TarifaIva.desde, viewonly=True)
    receta_vigente: Mapped[Receta | None] = relationship(
        lazy="raise_on_sql",
        primaryjoin="and_(Receta.tratamiento_id == Tratamiento.id, Receta.vigente_hasta.is_(None))",
        viewonly=True,
    )

    @property
    def categoria(self) -> str | None:
        """The name of its category."""
        return self.categoria_rel.nombre if self.categoria_rel else None

    @property
    def tarifa_iva(self) -> Decimal:
        """The rate of IVA that holds today, in percent; 0 before the first one."""
        vigente = self._tarifa_vigente()
        return vigente.tarifa if vigente else Decimal(0)

    @property
    def tarifa_desde(self) -> date | None:
        """Since which day it holds."""
        vigente = self._tarifa_vigente()
        return vigente.desde if vigente else None

    def _tarifa_vigente(self) -> TarifaIva | None:
        dia = hoy()
        return next((tarifa for tarifa in reversed(self.tarifas) if tarifa.desde <= dia), None)

    @property
    def receta(self) -> list[Ingrediente]:
        """What it uses up by its present recipe."""
        return self.receta_vigente.ingredientes if self.receta_vigente else []

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All: whoever may ask at all."""
        return true()

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """Category, rates of IVA and the present recipe: three statements more, however many treatments."""
        ingredientes = selectinload(cls.receta_vigente).selectinload(Receta.ingredientes)
        return (
            joinedload(cls.categoria_rel),
            selectinload(cls.tarifas),
            ingredientes.joinedload(Ingrediente.producto),
            ingredientes.joinedload(Ingrediente.incluye),
        )


class Receta(db.Model):
    """What a treatment uses up, as it was said at one time. Never changed: another version takes its place."""

    __tablename__ = "receta"
    __table_args__ = (
        UniqueConstraint("tratamiento_id", "numero"),
        partial_index("uq_receta_tratamiento_id", "vigente_hasta IS NULL", "tratamiento_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tratamiento_id: Mapped[int] = mapped_column(ForeignKey("tratamiento.id"))
    numero: Mapped[int]
    por: Mapped[str] = mapped_column(String(80))
    vigente_desde: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    vigente_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ingredientes: Mapped[list[Ingrediente]] = relationship(
        lazy="raise_on_sql", order_by="Ingrediente.orden", back_populates="receta"
    )


class Ingrediente(db.Model):
    """One line of a recipe: some of a product, or all that another treatment uses, `cantidad` times.

    `cantidad` is in the product's own unit. Lines with the same `alternativa` stand for each other: the first of
    which there is enough is used. An `opcional` one is used when there is enough of it, and not missed otherwise.
    """

    __tablename__ = "ingrediente"
    __table_args__ = (
        CheckConstraint("cantidad > 0", name="cantidad"),
        CheckConstraint("(producto_id IS NULL) <> (incluye_id IS NULL)", name="de_uno"),
        UniqueConstraint("receta_id", "producto_id"),
        UniqueConstraint("receta_id", "incluye_id"),
        Index("ix_ingrediente_producto_id", "producto_id"),
        Index("ix_ingrediente_incluye_id", "incluye_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receta_id: Mapped[int] = mapped_column(ForeignKey("receta.id"))
    orden: Mapped[int]
    producto_id: Mapped[int | None] = mapped_column(ForeignKey("producto.id"))
    incluye_id: Mapped[int | None] = mapped_column(ForeignKey("tratamiento.id"))
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD)
    opcional: Mapped[bool] = mapped_column(default=False)
    alternativa: Mapped[str | None] = mapped_column(String(40))

    receta: Mapped[Receta] = relationship(lazy="raise_on_sql", back_populates="ingredientes")
    producto: Mapped[Producto | None] = relationship(lazy="raise_on_sql")
    incluye: Mapped[Tratamiento | None] = relationship(lazy="raise_on_sql")

    @property
    def _cosa(self) -> Producto | Tratamiento:
        cosa = self.producto or self.incluye
        if cosa is None:
            raise LookupError(f"ingredient {self.id} is of nothing")
        return cosa

    @property
    def codigo(self) -> str:
        """Of the product, or of the included treatment."""
        return self._cosa.codigo

    @property
    def nombre(self) -> str:
        """Of the product, or of the included treatment."""
        return self._cosa.nombre

    @property
    def unidad(self) -> str | None:
        """What it is counted in; None of an included treatment."""
        return self.producto.unidad if self.producto else None


restricciones.add("uq_tratamiento_codigo", "tratamiento_duplicado", "Ya existe un tratamiento con ese código.")
restricciones.add("uq_receta_tratamiento_id", "cambio_simultaneo", "Otra persona cambió la receta; intente de nuevo.")
restricciones.add(
    "uq_receta_tratamiento_id_numero", "cambio_simultaneo", "Otra persona cambió la receta; intente de nuevo."
)
restricciones.add(
    "uq_ingrediente_receta_id_producto_id", "ingrediente_repetido", "El producto está dos veces en la receta."
)
restricciones.add(
    "uq_ingrediente_receta_id_incluye_id", "ingrediente_repetido", "El tratamiento está dos veces en la receta."
)
