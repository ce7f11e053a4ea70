"""Products, lots and the ledger; treatments, recipes and what they used; copies of what others own."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import create_mechanism_tables, create_task_table, where
from comun.tables import BigId
from inventario.modelos.movimiento import guardar_el_libro

revision = "0001"
down_revision = None

CANTIDAD = sa.Numeric(18, 6)


def upgrade() -> None:
    create_mechanism_tables()
    create_task_table()
    _copias()
    _catalogos()
    _recetas()
    _existencias()
    _consumos()
    _libro()
    guardar_el_libro(op.get_bind())


def _copias() -> None:
    op.create_table(
        "centro_ref",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_table(
        "doctor_ref",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("nombres", sa.String(100), nullable=False),
        sa.Column("apellidos", sa.String(100), nullable=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_table(
        "cita_ref",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("centro_id", sa.Integer, nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("fecha_hora", UtcDateTime, nullable=False),
        sa.Column("estado", sa.String(12), nullable=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_index("ix_cita_ref_estado_fecha_hora", "cita_ref", ["estado", "fecha_hora"])
    op.create_table(
        "cita_tratamiento_ref",
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita_ref.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tratamiento_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("cantidad", sa.Numeric(14, 6), nullable=False),
    )
    op.create_index("ix_cita_tratamiento_ref_tratamiento_id", "cita_tratamiento_ref", ["tratamiento_id"])


def _catalogos() -> None:
    op.create_table(
        "categoria",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ambito", sa.String(12), nullable=False),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("nombre_plegado", sa.String(240), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("ambito IN ('producto', 'tratamiento')", name="ambito"),
    )
    op.create_index("ix_categoria_actualizado_en", "categoria", ["actualizado_en"])
    op.create_index(
        "uq_categoria_ambito_nombre_plegado",
        "categoria",
        ["ambito", "nombre_plegado"],
        unique=True,
        **where("eliminado_en IS NULL"),
    )
    op.create_table(
        "proveedor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("busqueda", sa.String(300), nullable=False),
        sa.Column("ruc", sa.String(20)),
        sa.Column("contacto", sa.String(120)),
        sa.Column("telefono", sa.String(20)),
        sa.Column("email", sa.String(255)),
        sa.Column("direccion", sa.String(300)),
        sa.Column("plazo_entrega_dias", sa.Integer, nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("plazo_entrega_dias >= 0", name="plazo_entrega_dias"),
    )
    op.create_index("ix_proveedor_actualizado_en", "proveedor", ["actualizado_en"])
    op.create_index("uq_proveedor_ruc", "proveedor", ["ruc"], unique=True, **where("eliminado_en IS NULL"))
    op.create_table(
        "producto",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("busqueda", sa.String(500), nullable=False),
        sa.Column("descripcion", sa.String(1000)),
        sa.Column("categoria_id", sa.Integer, sa.ForeignKey("categoria.id")),
        sa.Column("unidad", sa.String(20), nullable=False),
        sa.Column("stock_minimo", CANTIDAD, nullable=False),
        sa.Column("costo_unitario", CANTIDAD, nullable=False),
        sa.Column("precio_venta", CANTIDAD, nullable=False),
        sa.Column("proveedor_id", sa.Integer, sa.ForeignKey("proveedor.id")),
        sa.Column("controla_lotes", sa.Boolean, nullable=False),
        sa.Column("permite_negativo", sa.Boolean, nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("costo_unitario >= 0", name="costo_unitario"),
        sa.CheckConstraint("precio_venta >= 0", name="precio_venta"),
        sa.CheckConstraint("stock_minimo >= 0", name="stock_minimo"),
    )
    op.create_index("ix_producto_actualizado_en", "producto", ["actualizado_en"])
    op.create_index("ix_producto_nombre", "producto", ["nombre", "id"])
    op.create_index("ix_producto_categoria_id", "producto", ["categoria_id"])
    op.create_index("ix_producto_proveedor_id", "producto", ["proveedor_id"])
    op.create_index("uq_producto_codigo", "producto", ["codigo"], unique=True, **where("eliminado_en IS NULL"))
    op.create_table(
        "presentacion",
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), primary_key=True),
        sa.Column("nombre", sa.String(20), primary_key=True),
        sa.Column("factor", CANTIDAD, nullable=False),
        sa.CheckConstraint("factor > 0", name="factor"),
    )
    op.create_table(
        "minimo_centro",
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), primary_key=True),
        sa.Column("minimo", CANTIDAD, nullable=False),
        sa.Column("maximo", CANTIDAD),
        sa.CheckConstraint("maximo >= minimo", name="maximo"),
        sa.CheckConstraint("minimo >= 0", name="minimo"),
    )
    op.create_table(
        "tratamiento",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("busqueda", sa.String(500), nullable=False),
        sa.Column("descripcion", sa.String(1000)),
        sa.Column("categoria_id", sa.Integer, sa.ForeignKey("categoria.id")),
        sa.Column("especialidad", sa.String(120)),
        sa.Column("precio", CANTIDAD, nullable=False),
        sa.Column("duracion_minutos", sa.Integer, nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("duracion_minutos BETWEEN 5 AND 720", name="duracion_minutos"),
        sa.CheckConstraint("precio >= 0", name="precio"),
    )
    op.create_index("ix_tratamiento_actualizado_en", "tratamiento", ["actualizado_en"])
    op.create_index("ix_tratamiento_categoria_id", "tratamiento", ["categoria_id"])
    op.create_index("uq_tratamiento_codigo", "tratamiento", ["codigo"], unique=True, **where("eliminado_en IS NULL"))


def _recetas() -> None:
    op.create_table(
        "receta",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tratamiento_id", sa.Integer, sa.ForeignKey("tratamiento.id"), nullable=False),
        sa.Column("numero", sa.Integer, nullable=False),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("vigente_desde", UtcDateTime, nullable=False),
        sa.Column("vigente_hasta", UtcDateTime),
        sa.UniqueConstraint("tratamiento_id", "numero"),
    )
    op.create_index(
        "uq_receta_tratamiento_id", "receta", ["tratamiento_id"], unique=True, **where("vigente_hasta IS NULL")
    )
    op.create_table(
        "ingrediente",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("receta_id", sa.Integer, sa.ForeignKey("receta.id"), nullable=False),
        sa.Column("orden", sa.Integer, nullable=False),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id")),
        sa.Column("incluye_id", sa.Integer, sa.ForeignKey("tratamiento.id")),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("opcional", sa.Boolean, nullable=False),
        sa.Column("alternativa", sa.String(40)),
        sa.CheckConstraint("(producto_id IS NULL) <> (incluye_id IS NULL)", name="de_uno"),
        sa.CheckConstraint("cantidad > 0", name="cantidad"),
        sa.UniqueConstraint("receta_id", "incluye_id"),
        sa.UniqueConstraint("receta_id", "producto_id"),
    )
    op.create_index("ix_ingrediente_incluye_id", "ingrediente", ["incluye_id"])
    op.create_index("ix_ingrediente_producto_id", "ingrediente", ["producto_id"])


def _existencias() -> None:
    op.create_table(
        "bodega",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("nombre", sa.String(80), nullable=False),
        sa.Column("principal", sa.Boolean, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    )
    op.create_index("ix_bodega_actualizado_en", "bodega", ["actualizado_en"])
    op.create_index(
        "uq_bodega_centro_id_nombre", "bodega", ["centro_id", "nombre"], unique=True, **where("eliminado_en IS NULL")
    )
    op.create_index(
        "uq_bodega_centro_id", "bodega", ["centro_id"], unique=True, **where("principal AND eliminado_en IS NULL")
    )
    op.create_table(
        "lote",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), nullable=False),
        sa.Column("codigo", sa.String(60), nullable=False),
        sa.Column("caducidad", sa.Date),
        sa.Column("costo", CANTIDAD, nullable=False),
        sa.Column("proveedor_id", sa.Integer, sa.ForeignKey("proveedor.id")),
        sa.Column("bloqueado", sa.Boolean, nullable=False),
        sa.Column("motivo_bloqueo", sa.String(300)),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("costo >= 0", name="costo"),
        sa.UniqueConstraint("producto_id", "codigo"),
    )
    op.create_index("ix_lote_actualizado_en", "lote", ["actualizado_en"])
    op.create_index("ix_lote_caducidad", "lote", ["caducidad"])
    op.create_table(
        "stock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("permite_negativo", sa.Boolean, nullable=False),
        sa.Column("bajo_desde", UtcDateTime),
        sa.CheckConstraint("cantidad >= 0 OR permite_negativo", name="no_negativo"),
        sa.UniqueConstraint("producto_id", "centro_id"),
    )
    op.create_index("ix_stock_centro_id", "stock", ["centro_id"])
    op.create_index("ix_stock_bajo", "stock", ["producto_id"], **where("bajo_desde IS NOT NULL"))
    op.create_table(
        "existencia",
        sa.Column("lote_id", sa.Integer, sa.ForeignKey("lote.id"), primary_key=True),
        sa.Column("bodega_id", sa.Integer, sa.ForeignKey("bodega.id"), primary_key=True),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("permite_negativo", sa.Boolean, nullable=False),
        sa.Column("avisada_en", UtcDateTime),
        sa.CheckConstraint("cantidad >= 0 OR permite_negativo", name="no_negativo"),
    )
    op.create_index("ix_existencia_bodega_id", "existencia", ["bodega_id"])
    op.create_index("ix_existencia_con_saldo", "existencia", ["lote_id"], **where("cantidad > 0"))
    op.create_index("ix_existencia_producto_id", "existencia", ["producto_id", "centro_id"])


def _consumos() -> None:
    op.create_table(
        "consumo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cita_id", sa.Integer, nullable=False),
        sa.Column("ronda", sa.Integer, nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("completada_en", UtcDateTime, nullable=False),
        sa.Column("registrado_en", UtcDateTime, nullable=False),
        sa.Column("revertido_en", UtcDateTime),
        sa.UniqueConstraint("cita_id", "ronda"),
    )
    op.create_index("ix_consumo_centro_id", "consumo", ["centro_id"])
    op.create_index("ix_consumo_completada_en", "consumo", ["completada_en", "id"])
    op.create_index("uq_consumo_cita_id", "consumo", ["cita_id"], unique=True, **where("revertido_en IS NULL"))
    op.create_table(
        "consumo_linea",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("consumo_id", sa.Integer, sa.ForeignKey("consumo.id"), nullable=False),
        sa.Column("tratamiento_id", sa.Integer, sa.ForeignKey("tratamiento.id"), nullable=False),
        sa.Column("receta_id", sa.Integer, sa.ForeignKey("receta.id"), nullable=False),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("faltante", CANTIDAD, nullable=False),
        sa.Column("resuelto_en", UtcDateTime),
        sa.Column("resuelto_por", sa.String(80)),
        sa.Column("resolucion", sa.String(12)),
        sa.Column("motivo_resolucion", sa.String(300)),
        sa.CheckConstraint("cantidad > 0", name="cantidad"),
        sa.CheckConstraint("faltante >= 0 AND faltante <= cantidad", name="faltante"),
        sa.CheckConstraint("resolucion IN ('consumido', 'descartado', 'revertido')", name="resolucion"),
        sa.CheckConstraint("(resuelto_en IS NULL) = (resolucion IS NULL)", name="resuelto"),
        sa.UniqueConstraint("consumo_id", "tratamiento_id", "receta_id", "producto_id"),
    )
    op.create_index(
        "ix_consumo_linea_pendiente", "consumo_linea", ["id"], **where("faltante > 0 AND resuelto_en IS NULL")
    )
    op.create_index("ix_consumo_linea_producto_id", "consumo_linea", ["producto_id"])


def _libro() -> None:
    op.create_table(
        "traslado",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("origen_id", sa.Integer, sa.ForeignKey("bodega.id"), nullable=False),
        sa.Column("destino_id", sa.Integer, sa.ForeignKey("bodega.id"), nullable=False),
        sa.Column("motivo", sa.String(300)),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.CheckConstraint("origen_id <> destino_id", name="dos_bodegas"),
    )
    op.create_table(
        "movimiento",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("tipo", sa.String(10), nullable=False),
        sa.Column("producto_id", sa.Integer, sa.ForeignKey("producto.id"), nullable=False),
        sa.Column("lote_id", sa.Integer, sa.ForeignKey("lote.id"), nullable=False),
        sa.Column("bodega_id", sa.Integer, sa.ForeignKey("bodega.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("costo_unitario", CANTIDAD, nullable=False),
        sa.Column("saldo", CANTIDAD, nullable=False),
        sa.Column("saldo_lote", CANTIDAD, nullable=False),
        sa.Column("motivo", sa.String(300)),
        sa.Column("referencia", sa.String(60)),
        sa.Column("corrige_id", BigId, sa.ForeignKey("movimiento.id")),
        sa.Column("traslado_id", sa.Integer, sa.ForeignKey("traslado.id")),
        sa.Column("consumo_linea_id", sa.Integer, sa.ForeignKey("consumo_linea.id")),
        sa.Column("tratamiento_id", sa.Integer),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("dia", sa.Date, nullable=False),
        sa.CheckConstraint(
            "cantidad <> 0 AND (corrige_id IS NOT NULL OR tipo IN ('ajuste', 'traslado')"
            " OR (cantidad > 0) = (tipo IN ('entrada', 'devolucion')))",
            name="signo",
        ),
        sa.CheckConstraint(
            "tipo IN ('entrada', 'salida', 'ajuste', 'consumo', 'devolucion', 'traslado')", name="tipo"
        ),
        sa.UniqueConstraint("corrige_id"),
    )
    op.create_index("ix_movimiento_centro_id", "movimiento", ["centro_id", "id"])
    op.create_index("ix_movimiento_cierre", "movimiento", ["producto_id", "centro_id", "dia", "id"])
    op.create_index("ix_movimiento_consumo_linea_id", "movimiento", ["consumo_linea_id"])
    op.create_index("ix_movimiento_dia", "movimiento", ["dia", "tipo"])
    op.create_index("ix_movimiento_lote_id", "movimiento", ["lote_id", "id"])
    op.create_index("ix_movimiento_momento", "movimiento", ["momento", "id"])
    op.create_index("ix_movimiento_producto_centro", "movimiento", ["producto_id", "centro_id", "id"])
    op.create_index("ix_movimiento_producto_id", "movimiento", ["producto_id", "id"])
    op.create_index("ix_movimiento_referencia", "movimiento", ["referencia", "id"])
    op.create_index("ix_movimiento_traslado_id", "movimiento", ["traslado_id"])
