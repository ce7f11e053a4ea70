"""Tills, transactions of the cash desk, payments."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import forbid_changes, where
from comun.money import Money

revision = "0002"
down_revision = "0001"

DINERO = Money()
MEDIO = (
    "medio_pago IN ('efectivo', 'compensacion', 'tarjeta_debito', 'dinero_electronico', 'tarjeta_prepago',"
    " 'tarjeta_credito', 'transferencia', 'cheque', 'otro_financiero', 'endoso')"
)


def upgrade() -> None:
    _cajas()
    _pagos()
    _guardas()


def _cajas() -> None:
    op.create_table(
        "caja",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("cajero", sa.String(80), nullable=False),
        sa.Column("cajero_nombre", sa.String(80), nullable=False),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("monto_inicial", DINERO, nullable=False),
        sa.Column("abierta_en", UtcDateTime, nullable=False),
        sa.Column("contada_en", UtcDateTime),
        sa.Column("cerrada_en", UtcDateTime),
        sa.Column("cerrada_por", sa.String(80)),
        sa.Column("contado", sa.JSON),
        sa.Column("esperado", sa.JSON),
        sa.Column("diferencia", DINERO),
        sa.Column("explicacion", sa.String(500)),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("(estado = 'cerrada') = (cerrada_en IS NOT NULL)", name="cerrada"),
        sa.CheckConstraint("estado <> 'cerrada' OR diferencia = 0 OR explicacion IS NOT NULL", name="explicacion"),
        sa.CheckConstraint("estado = 'abierta' OR (contado IS NOT NULL AND diferencia IS NOT NULL)", name="contado"),
        sa.CheckConstraint("estado IN ('abierta', 'contada', 'cerrada')", name="estado"),
        sa.CheckConstraint("monto_inicial >= 0", name="monto_inicial"),
    )
    op.create_index("ix_caja_actualizado_en", "caja", ["actualizado_en"])
    op.create_index("ix_caja_centro_id", "caja", ["centro_id", "id"])
    op.create_index(
        "uq_caja_centro_id_cajero",
        "caja",
        ["centro_id", "cajero"],
        unique=True,
        **where("estado = 'abierta' AND eliminado_en IS NULL"),
    )
    op.create_table(
        "transaccion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tipo_transaccion", sa.String(8), nullable=False),
        sa.Column("origen", sa.String(12), nullable=False),
        sa.Column("referencia", sa.String(40)),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("caja_id", sa.Integer, sa.ForeignKey("caja.id")),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("paciente_id", sa.Integer),
        sa.Column("concepto", sa.String(200), nullable=False),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("medio_pago", sa.String(20), nullable=False),
        sa.Column("fecha_transaccion", UtcDateTime, nullable=False),
        sa.Column("dia", sa.Date, nullable=False),
        sa.Column("comentario", sa.String(500)),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("registrada_por", sa.String(80), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("(origen = 'manual') = (referencia IS NULL)", name="referencia"),
        sa.CheckConstraint("estado IN ('pendiente', 'completado', 'anulado')", name="estado"),
        sa.CheckConstraint(MEDIO, name="medio_pago"),
        sa.CheckConstraint("origen IN ('manual', 'pago', 'reembolso', 'gasto', 'liquidacion')", name="origen"),
        sa.CheckConstraint("tipo_transaccion IN ('ingreso', 'egreso')", name="tipo"),
        sa.CheckConstraint("monto > 0", name="monto"),
    )
    op.create_index("ix_transaccion_actualizado_en", "transaccion", ["actualizado_en"])
    op.create_index("ix_transaccion_caja_id", "transaccion", ["caja_id", "id"])
    op.create_index("ix_transaccion_centro_id", "transaccion", ["centro_id", "dia", "id"])
    op.create_index("ix_transaccion_dia", "transaccion", ["dia", "id"])
    op.create_index("ix_transaccion_doctor_id", "transaccion", ["doctor_id", "fecha_transaccion", "id"])
    op.create_index("ix_transaccion_fecha_transaccion", "transaccion", ["fecha_transaccion", "id"])
    op.create_index("ix_transaccion_paciente_id", "transaccion", ["paciente_id", "id"])
    op.create_index(
        "uq_transaccion_referencia",
        "transaccion",
        ["referencia"],
        unique=True,
        **where("referencia IS NOT NULL AND estado <> 'anulado' AND eliminado_en IS NULL"),
    )


def _pagos() -> None:
    op.create_table(
        "pago",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("pagador", sa.String(11), nullable=False),
        sa.Column("aseguradora_id", sa.Integer),
        sa.Column("medio_pago", sa.String(20), nullable=False),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("aplicado", DINERO, nullable=False),
        sa.Column("devuelto", DINERO, nullable=False),
        sa.Column("disponible", DINERO, nullable=False),
        sa.Column("referencia", sa.String(100)),
        sa.Column("comentario", sa.String(300)),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("dia", sa.Date, nullable=False),
        sa.Column("caja_id", sa.Integer, sa.ForeignKey("caja.id")),
        sa.Column("registrado_por", sa.String(80), nullable=False),
        sa.Column("paciente_id", sa.Integer, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("(pagador = 'aseguradora') = (aseguradora_id IS NOT NULL)", name="aseguradora"),
        sa.CheckConstraint(MEDIO, name="medio_pago"),
        sa.CheckConstraint("pagador IN ('paciente', 'aseguradora')", name="pagador"),
        sa.CheckConstraint("aplicado >= 0 AND devuelto >= 0", name="abonos"),
        sa.CheckConstraint("disponible = monto - aplicado - devuelto", name="cuadra"),
        sa.CheckConstraint("disponible >= 0", name="disponible"),
        sa.CheckConstraint("monto > 0", name="monto"),
    )
    op.create_index("ix_pago_actualizado_en", "pago", ["actualizado_en"])
    op.create_index("ix_pago_caja_id", "pago", ["caja_id"])
    op.create_index("ix_pago_centro_id", "pago", ["centro_id", "id"])
    op.create_index("ix_pago_dia", "pago", ["dia", "id"])
    op.create_index("ix_pago_disponible", "pago", ["paciente_id", "id"], unique=False, **where("disponible > 0"))
    op.create_index("ix_pago_paciente_id", "pago", ["paciente_id", "id"])
    op.create_table(
        "reembolso",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pago_id", sa.Integer, sa.ForeignKey("pago.id"), nullable=False),
        sa.Column("factura_id", sa.Integer, sa.ForeignKey("factura.id")),
        sa.Column("medio_pago", sa.String(20), nullable=False),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("motivo", sa.String(300), nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("dia", sa.Date, nullable=False),
        sa.Column("caja_id", sa.Integer, sa.ForeignKey("caja.id")),
        sa.Column("por", sa.String(80), nullable=False),
        sa.CheckConstraint(MEDIO, name="medio_pago"),
        sa.CheckConstraint("monto > 0", name="monto"),
    )
    op.create_index("ix_reembolso_caja_id", "reembolso", ["caja_id"])
    op.create_index("ix_reembolso_pago_id", "reembolso", ["pago_id", "id"])
    op.create_table(
        "aplicacion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("pago_id", sa.Integer, sa.ForeignKey("pago.id"), nullable=False),
        sa.Column("factura_id", sa.Integer, sa.ForeignKey("factura.id"), nullable=False),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("reembolso_id", sa.Integer, sa.ForeignKey("reembolso.id")),
        sa.Column("nota_credito_id", sa.Integer, sa.ForeignKey("nota_credito.id")),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("por", sa.String(80), nullable=False),
        sa.CheckConstraint("monto <> 0", name="monto"),
    )
    op.create_index("ix_aplicacion_factura_id", "aplicacion", ["factura_id", "id"])
    op.create_index("ix_aplicacion_pago_id", "aplicacion", ["pago_id", "id"])


def _guardas() -> None:
    """What is on paper stays: the database itself refuses."""
    forbid_changes(
        "pago",
        (
            "centro_id",
            "pagador",
            "aseguradora_id",
            "medio_pago",
            "monto",
            "momento",
            "dia",
            "caja_id",
            "eliminado_en",
        ),
    )
    forbid_changes("aplicacion")
    forbid_changes("reembolso")
    forbid_changes("caja", when="OLD.estado = 'cerrada'")
    forbid_changes(
        "transaccion",
        (
            "tipo_transaccion",
            "origen",
            "centro_id",
            "caja_id",
            "doctor_id",
            "concepto",
            "monto",
            "medio_pago",
            "fecha_transaccion",
            "dia",
            "estado",
            "eliminado_en",
        ),
        "EXISTS (SELECT 1 FROM caja WHERE caja.id = OLD.caja_id AND caja.estado <> 'abierta')",
        insert=True,
    )
