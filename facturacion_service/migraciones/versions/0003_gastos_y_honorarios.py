"""Operating expenses and doctors' fees."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import forbid_changes, where
from comun.money import Money

revision = "0003"
down_revision = "0002"

DINERO = Money()
PORCENTAJE = sa.Numeric(5, 2)
MEDIO = (
    "medio_pago IN ('efectivo', 'compensacion', 'tarjeta_debito', 'dinero_electronico', 'tarjeta_prepago',"
    " 'tarjeta_credito', 'transferencia', 'cheque', 'otro_financiero', 'endoso')"
)


def upgrade() -> None:
    _gastos()
    _honorarios()
    _guardas()


def _gastos() -> None:
    op.create_table(
        "categoria_gasto",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombre", sa.String(80), nullable=False),
        sa.Column("busqueda", sa.String(80), nullable=False),
        sa.Column("activa", sa.Boolean, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    )
    op.create_index("ix_categoria_gasto_actualizado_en", "categoria_gasto", ["actualizado_en"])
    op.create_index(
        "uq_categoria_gasto_busqueda", "categoria_gasto", ["busqueda"], unique=True, **where("eliminado_en IS NULL")
    )
    op.create_table(
        "gasto_recurrente",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("categoria_id", sa.Integer, sa.ForeignKey("categoria_gasto.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("descripcion", sa.String(200), nullable=False),
        sa.Column("proveedor", sa.String(200)),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("frecuencia", sa.String(12), nullable=False),
        sa.Column("desde", sa.Date, nullable=False),
        sa.Column("hasta", sa.Date),
        sa.Column("proximo", sa.Date),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("creado_por", sa.String(80), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint(
            "frecuencia IN ('semanal', 'quincenal', 'mensual', 'bimestral', 'trimestral', 'semestral', 'anual')",
            name="frecuencia",
        ),
        sa.CheckConstraint("hasta IS NULL OR hasta >= desde", name="hasta"),
        sa.CheckConstraint("monto > 0", name="monto"),
    )
    op.create_index("ix_gasto_recurrente_actualizado_en", "gasto_recurrente", ["actualizado_en"])
    op.create_index("ix_gasto_recurrente_categoria_id", "gasto_recurrente", ["categoria_id"])
    op.create_index("ix_gasto_recurrente_centro_id", "gasto_recurrente", ["centro_id"])
    op.create_index("ix_gasto_recurrente_proximo", "gasto_recurrente", ["proximo"])
    op.create_table(
        "gasto",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("categoria_id", sa.Integer, sa.ForeignKey("categoria_gasto.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("descripcion", sa.String(200), nullable=False),
        sa.Column("proveedor", sa.String(200)),
        sa.Column("numero_comprobante", sa.String(49)),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("fecha", sa.Date, nullable=False),
        sa.Column("medio_pago", sa.String(20)),
        sa.Column("pagado_el", sa.Date),
        sa.Column("recurrente_id", sa.Integer, sa.ForeignKey("gasto_recurrente.id")),
        sa.Column("registrado_por", sa.String(80), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint(f"medio_pago IS NULL OR {MEDIO}", name="medio_pago"),
        sa.CheckConstraint("(medio_pago IS NULL) = (pagado_el IS NULL)", name="pagado"),
        sa.CheckConstraint("monto > 0", name="monto"),
        sa.UniqueConstraint("recurrente_id", "fecha"),
    )
    op.create_index("ix_gasto_actualizado_en", "gasto", ["actualizado_en"])
    op.create_index("ix_gasto_categoria_id", "gasto", ["categoria_id", "fecha", "id"])
    op.create_index("ix_gasto_centro_id", "gasto", ["centro_id", "fecha", "id"])
    op.create_index("ix_gasto_fecha", "gasto", ["fecha", "id"])
    op.create_table(
        "adjunto_gasto",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("gasto_id", sa.Integer, sa.ForeignKey("gasto.id"), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("tipo_contenido", sa.String(60), nullable=False),
        sa.Column("tamano", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("clave", sa.String(200), nullable=False),
        sa.Column("subido_por", sa.String(80), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("tamano > 0", name="tamano"),
        sa.UniqueConstraint("clave"),
    )
    op.create_index("ix_adjunto_gasto_actualizado_en", "adjunto_gasto", ["actualizado_en"])
    op.create_index("ix_adjunto_gasto_gasto_id", "adjunto_gasto", ["gasto_id"])


def _honorarios() -> None:
    op.create_table(
        "tarifa_honorario",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("tratamiento_id", sa.Integer),
        sa.Column("doctor_clave", sa.Integer, nullable=False),
        sa.Column("tratamiento_clave", sa.Integer, nullable=False),
        sa.Column("porcentaje", PORCENTAJE, nullable=False),
        sa.Column("desde", sa.Date, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("porcentaje >= 0 AND porcentaje <= 100", name="porcentaje"),
    )
    op.create_index("ix_tarifa_honorario_actualizado_en", "tarifa_honorario", ["actualizado_en"])
    op.create_index("ix_tarifa_honorario_doctor_id", "tarifa_honorario", ["doctor_id"])
    op.create_index("ix_tarifa_honorario_tratamiento_id", "tarifa_honorario", ["tratamiento_id"])
    op.create_index(
        "uq_tarifa_honorario_desde",
        "tarifa_honorario",
        ["doctor_clave", "tratamiento_clave", "desde"],
        unique=True,
        **where("eliminado_en IS NULL"),
    )
    op.create_table(
        "liquidacion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id")),
        sa.Column("desde", sa.Date, nullable=False),
        sa.Column("hasta", sa.Date, nullable=False),
        sa.Column("base", DINERO, nullable=False),
        sa.Column("total", DINERO, nullable=False),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("medio_pago", sa.String(20)),
        sa.Column("pagada_en", UtcDateTime),
        sa.Column("cerrada_por", sa.String(80), nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("(estado = 'pagada') = (medio_pago IS NOT NULL)", name="pagada"),
        sa.CheckConstraint("estado IN ('cerrada', 'pagada', 'anulada')", name="estado"),
        sa.CheckConstraint("hasta >= desde", name="hasta"),
    )
    op.create_index("ix_liquidacion_actualizado_en", "liquidacion", ["actualizado_en"])
    op.create_index("ix_liquidacion_doctor_id", "liquidacion", ["doctor_id", "id"])
    op.create_table(
        "honorario",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("detalle_id", sa.Integer, sa.ForeignKey("factura_detalle.id"), nullable=False),
        sa.Column("tratamiento_id", sa.Integer),
        sa.Column("referencia", sa.String(40), nullable=False),
        sa.Column("dia", sa.Date, nullable=False),
        sa.Column("base", DINERO, nullable=False),
        sa.Column("porcentaje", PORCENTAJE, nullable=False),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("liquidacion_id", sa.Integer, sa.ForeignKey("liquidacion.id")),
        sa.Column("doctor_id", sa.Integer, nullable=False),
    )
    op.create_index("ix_honorario_detalle_id", "honorario", ["detalle_id"])
    op.create_index("ix_honorario_doctor_id", "honorario", ["doctor_id", "dia", "id"])
    op.create_index("ix_honorario_liquidacion_id", "honorario", ["liquidacion_id"])
    op.create_index("ix_honorario_referencia", "honorario", ["referencia"])


def _guardas() -> None:
    """What is on paper stays: the database itself refuses."""
    forbid_changes(
        "honorario", ("doctor_id", "centro_id", "detalle_id", "referencia", "dia", "base", "porcentaje", "monto")
    )
