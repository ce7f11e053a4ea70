"""What held since when; physical counts; purchase orders and what came of them."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import where

revision = "0002"
down_revision = "0001"

CANTIDAD = sa.Numeric(18, 6)


def upgrade() -> None:
    _historia()
    _conteos()
    _compras()


def _historia() -> None:
    op.create_table(
        "tarifa_iva",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id")),
        sa.Column("tratamiento_id", sa.Integer, sa.ForeignKey("tratamiento.id")),
        sa.Column("tarifa", sa.Numeric(5, 2), nullable=False),
        sa.Column("desde", sa.Date, nullable=False),
        sa.CheckConstraint("(producto_id IS NULL) <> (tratamiento_id IS NULL)", name="de_uno"),
        sa.CheckConstraint("tarifa >= 0 AND tarifa <= 100", name="tarifa"),
        sa.UniqueConstraint("producto_id", "desde"),
        sa.UniqueConstraint("tratamiento_id", "desde"),
    )
    op.create_table(
        "costo_producto",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), nullable=False),
        sa.Column("costo", CANTIDAD, nullable=False),
        sa.Column("desde", UtcDateTime, nullable=False),
    )
    op.create_index("ix_costo_producto_producto_id", "costo_producto", ["producto_id", "desde", "id"])
    op.create_table(
        "precio_tratamiento",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tratamiento_id", sa.Integer, sa.ForeignKey("tratamiento.id"), nullable=False),
        sa.Column("precio", CANTIDAD, nullable=False),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("desde", UtcDateTime, nullable=False),
    )
    op.create_index("ix_precio_tratamiento_tratamiento_id", "precio_tratamiento", ["tratamiento_id", "desde"])


def _conteos() -> None:
    op.create_table(
        "conteo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("bodega_id", sa.Integer, sa.ForeignKey("bodega.id"), nullable=False),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("motivo", sa.String(300)),
        sa.Column("abierto_por", sa.String(80), nullable=False),
        sa.Column("cerrado_por", sa.String(80)),
        sa.Column("cerrado_en", UtcDateTime),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("estado IN ('abierto', 'cerrado', 'anulado')", name="estado"),
    )
    op.create_index("ix_conteo_actualizado_en", "conteo", ["actualizado_en"])
    op.create_index("ix_conteo_centro_id", "conteo", ["centro_id"])
    op.create_index(
        "uq_conteo_bodega_id",
        "conteo",
        ["bodega_id"],
        unique=True,
        **where("estado = 'abierto' AND eliminado_en IS NULL"),
    )
    op.create_table(
        "conteo_linea",
        sa.Column("conteo_id", sa.Integer, sa.ForeignKey("conteo.id"), primary_key=True),
        sa.Column("lote_id", sa.Integer, sa.ForeignKey("lote.id"), primary_key=True),
        sa.Column("esperado", CANTIDAD, nullable=False),
        sa.Column("contado", CANTIDAD, nullable=False),
        sa.Column("costo", CANTIDAD, nullable=False),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("contado_en", UtcDateTime, nullable=False),
        sa.CheckConstraint("contado >= 0", name="contado"),
    )


def _compras() -> None:
    op.create_table(
        "orden_compra",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("proveedor_id", sa.Integer, sa.ForeignKey("proveedor.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("bodega_id", sa.Integer, sa.ForeignKey("bodega.id"), nullable=False),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("esperada_el", sa.Date),
        sa.Column("enviada_en", UtcDateTime),
        sa.Column("notas", sa.String(1000)),
        sa.Column("motivo_anulacion", sa.String(300)),
        sa.Column("creada_por", sa.String(80), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("estado IN ('borrador', 'enviada', 'parcial', 'recibida', 'anulada')", name="estado"),
    )
    op.create_index("ix_orden_compra_actualizado_en", "orden_compra", ["actualizado_en"])
    op.create_index("ix_orden_compra_centro_id", "orden_compra", ["centro_id"])
    op.create_index("ix_orden_compra_estado", "orden_compra", ["estado", "id"])
    op.create_index("ix_orden_compra_proveedor_id", "orden_compra", ["proveedor_id"])
    op.create_table(
        "orden_linea",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("orden_id", sa.Integer, sa.ForeignKey("orden_compra.id"), nullable=False),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), nullable=False),
        sa.Column("unidad", sa.String(20), nullable=False),
        sa.Column("factor", CANTIDAD, nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("costo", CANTIDAD, nullable=False),
        sa.Column("recibida", CANTIDAD, nullable=False),
        sa.CheckConstraint("cantidad > 0", name="cantidad"),
        sa.CheckConstraint("costo >= 0", name="costo"),
        sa.CheckConstraint("recibida >= 0 AND recibida <= cantidad", name="recibida"),
        sa.UniqueConstraint("orden_id", "producto_id"),
    )
    op.create_index("ix_orden_linea_producto_id", "orden_linea", ["producto_id"])
    op.create_table(
        "recepcion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("orden_id", sa.Integer, sa.ForeignKey("orden_compra.id"), nullable=False),
        sa.Column("documento", sa.String(60)),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
    )
    op.create_index("ix_recepcion_orden_id", "recepcion", ["orden_id"])
