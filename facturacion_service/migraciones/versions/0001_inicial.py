"""The ledger, quotes, invoices with their numbers, credit notes; copies of what others own."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import create_mechanism_tables, create_task_table, forbid_changes, where
from comun.money import Money
from comun.tables import BigId

revision = "0001"
down_revision = None

DINERO = Money()
CANTIDAD = sa.Numeric(18, 6)
PORCENTAJE = sa.Numeric(5, 2)
ESTADO_SRI = (
    "estado_sri IN ('sin_enviar', 'firmada', 'recibida', 'devuelta', 'en_procesamiento', 'autorizada',"
    " 'no_autorizada')"
)


def upgrade() -> None:
    create_mechanism_tables()
    create_task_table()
    _copias()
    _libro()
    _numeros()
    _cotizaciones()
    _facturas()
    _notas_credito()
    _guardas()


def _copias() -> None:
    op.create_table(
        "aseguradora_ref",
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_table(
        "centro_ref",
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_table(
        "doctor_ref",
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("nombres", sa.String(100), nullable=False),
        sa.Column("apellidos", sa.String(100), nullable=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_table(
        "paciente_ref",
        sa.Column("estado_paciente", sa.String(10), nullable=False),
        sa.Column("fusionado_en_id", sa.Integer),
        sa.Column("nombres", sa.String(100), nullable=False),
        sa.Column("apellidos", sa.String(100), nullable=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_index("ix_paciente_ref_fusionado_en_id", "paciente_ref", ["fusionado_en_id"])
    op.create_table(
        "tratamiento_ref",
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )


def _libro() -> None:
    op.create_table(
        "asiento",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("cuenta", sa.String(10), nullable=False),
        sa.Column("dia", sa.Date, nullable=False),
        sa.Column("centro_id", sa.Integer, nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("tratamiento_id", sa.Integer, nullable=False),
        sa.Column("aseguradora_id", sa.Integer, nullable=False),
        sa.Column("categoria_id", sa.Integer, nullable=False),
        sa.Column("origen", sa.String(12), nullable=False),
        sa.Column("medio_pago", sa.String(20), nullable=False),
        sa.Column("importe", DINERO, nullable=False),
        sa.Column("veces", sa.Integer, nullable=False),
        sa.Column("referencia", sa.String(40), nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("por", sa.String(80), nullable=False),
        sa.CheckConstraint(
            "cuenta IN ('ingreso', 'egreso', 'facturado', 'iva', 'gasto', 'material', 'honorario')", name="cuenta"
        ),
        sa.CheckConstraint("importe <> 0", name="importe"),
    )
    op.create_index(
        "ix_asiento_cuenta_dia",
        "asiento",
        ["cuenta", "dia", "centro_id", "tratamiento_id", "aseguradora_id", "importe"],
    )
    op.create_index("ix_asiento_referencia", "asiento", ["referencia"])
    op.create_table(
        "total_dia",
        sa.Column("dia", sa.Date, nullable=False),
        sa.Column("cuenta", sa.String(10), nullable=False),
        sa.Column("centro_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("doctor_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("origen", sa.String(12), nullable=False),
        sa.Column("medio_pago", sa.String(20), nullable=False),
        sa.Column("categoria_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("importe", DINERO, nullable=False),
        sa.Column("veces", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("dia", "cuenta", "centro_id", "doctor_id", "origen", "medio_pago", "categoria_id"),
    )


def _numeros() -> None:
    op.create_table(
        "punto_emision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("establecimiento", sa.String(3), nullable=False),
        sa.Column("punto", sa.String(3), nullable=False),
        sa.Column("nombre", sa.String(80), nullable=False),
        sa.Column("principal", sa.Boolean, nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    )
    op.create_index("ix_punto_emision_actualizado_en", "punto_emision", ["actualizado_en"])
    op.create_index("ix_punto_emision_centro_id", "punto_emision", ["centro_id"])
    op.create_index(
        "uq_punto_emision_centro_id",
        "punto_emision",
        ["centro_id"],
        unique=True,
        **where("principal AND eliminado_en IS NULL"),
    )
    op.create_index(
        "uq_punto_emision_establecimiento_punto",
        "punto_emision",
        ["establecimiento", "punto"],
        unique=True,
        **where("eliminado_en IS NULL"),
    )
    op.create_table(
        "secuencia",
        sa.Column("punto_emision_id", sa.Integer, sa.ForeignKey("punto_emision.id"), nullable=False),
        sa.Column("tipo_documento", sa.String(2), nullable=False),
        sa.Column("ultimo", sa.Integer, nullable=False),
        sa.CheckConstraint("ultimo >= 0 AND ultimo <= 999999999", name="ultimo"),
        sa.PrimaryKeyConstraint("punto_emision_id", "tipo_documento"),
    )


def _cotizaciones() -> None:
    op.create_table(
        "cotizacion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("valida_hasta", sa.Date, nullable=False),
        sa.Column("observaciones", sa.String(1000)),
        sa.Column("motivo", sa.String(300)),
        sa.Column("creada_por", sa.String(80), nullable=False),
        sa.Column("bruto", DINERO, nullable=False),
        sa.Column("descuento", DINERO, nullable=False),
        sa.Column("subtotal", DINERO, nullable=False),
        sa.Column("iva", DINERO, nullable=False),
        sa.Column("total", DINERO, nullable=False),
        sa.Column("paciente_id", sa.Integer, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("estado IN ('borrador', 'enviada', 'aceptada', 'rechazada', 'facturada')", name="estado"),
        sa.CheckConstraint("total = subtotal + iva AND subtotal = bruto - descuento", name="total"),
    )
    op.create_index("ix_cotizacion_actualizado_en", "cotizacion", ["actualizado_en"])
    op.create_index("ix_cotizacion_centro_id", "cotizacion", ["centro_id"])
    op.create_index("ix_cotizacion_estado", "cotizacion", ["estado", "id"])
    op.create_index("ix_cotizacion_paciente_id", "cotizacion", ["paciente_id", "id"])
    op.create_table(
        "cotizacion_detalle",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cotizacion_id", sa.Integer, sa.ForeignKey("cotizacion.id"), nullable=False),
        sa.Column("orden", sa.Integer, nullable=False),
        sa.Column("tipo", sa.String(12), nullable=False),
        sa.Column("tratamiento_id", sa.Integer),
        sa.Column("producto_id", sa.Integer),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("descripcion", sa.String(300), nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("precio_unitario", CANTIDAD, nullable=False),
        sa.Column("bruto", DINERO, nullable=False),
        sa.Column("descuento", DINERO, nullable=False),
        sa.Column("base", DINERO, nullable=False),
        sa.Column("tarifa_iva", PORCENTAJE, nullable=False),
        sa.Column("codigo_iva", sa.String(4), nullable=False),
        sa.Column("iva", DINERO, nullable=False),
        sa.CheckConstraint("tipo IN ('tratamiento', 'producto', 'otro')", name="tipo"),
        sa.CheckConstraint("cantidad > 0", name="cantidad"),
        sa.CheckConstraint("descuento >= 0 AND base >= 0 AND iva >= 0 AND base = bruto - descuento", name="importes"),
        sa.CheckConstraint("precio_unitario >= 0", name="precio_unitario"),
    )
    op.create_index("ix_cotizacion_detalle_cotizacion_id", "cotizacion_detalle", ["cotizacion_id", "orden"])


def _facturas() -> None:
    op.create_table(
        "factura",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("cita_id", sa.Integer),
        sa.Column("cotizacion_id", sa.Integer, sa.ForeignKey("cotizacion.id")),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("estado_sri", sa.String(20), nullable=False),
        sa.Column("punto_emision_id", sa.Integer, sa.ForeignKey("punto_emision.id")),
        sa.Column("secuencial", sa.Integer),
        sa.Column("numero", sa.String(17)),
        sa.Column("fecha_emision", sa.Date),
        sa.Column("emitida_en", UtcDateTime),
        sa.Column("emitida_por", sa.String(80)),
        sa.Column("vence_el", sa.Date),
        sa.Column("motivo_anulacion", sa.String(300)),
        sa.Column("anulada_en", UtcDateTime),
        sa.Column("observaciones", sa.String(1000)),
        sa.Column("aseguradora_id", sa.Integer),
        sa.Column("creada_por", sa.String(80), nullable=False),
        sa.Column("bruto", DINERO, nullable=False),
        sa.Column("descuento", DINERO, nullable=False),
        sa.Column("subtotal", DINERO, nullable=False),
        sa.Column("iva", DINERO, nullable=False),
        sa.Column("total", DINERO, nullable=False),
        sa.Column("pagado", DINERO, nullable=False),
        sa.Column("reembolsado", DINERO, nullable=False),
        sa.Column("acreditado", DINERO, nullable=False),
        sa.Column("saldo", DINERO, nullable=False),
        sa.Column("cubierto", DINERO, nullable=False),
        sa.Column("saldo_aseguradora", DINERO, nullable=False),
        sa.Column("paciente_id", sa.Integer, nullable=False),
        sa.Column("comprador_tipo", sa.String(2)),
        sa.Column("comprador_identificacion", sa.String(20)),
        sa.Column("comprador_nombre", sa.String(300)),
        sa.Column("comprador_direccion", sa.String(300)),
        sa.Column("comprador_email", sa.String(200)),
        sa.Column("comprador_telefono", sa.String(20)),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint(
            "(estado = 'anulada' AND saldo = 0) OR saldo = total - pagado + reembolsado - acreditado", name="cuadra"
        ),
        sa.CheckConstraint("(estado = 'borrador') = (numero IS NULL)", name="numero"),
        sa.CheckConstraint("estado IN ('borrador', 'emitida', 'pagada', 'anulada')", name="estado"),
        sa.CheckConstraint(ESTADO_SRI, name="estado_sri"),
        sa.CheckConstraint("cubierto = 0 OR aseguradora_id IS NOT NULL", name="aseguradora"),
        sa.CheckConstraint("cubierto >= 0 AND cubierto <= total", name="cubierto"),
        sa.CheckConstraint("pagado >= 0 AND acreditado >= 0 AND reembolsado >= 0", name="abonos"),
        sa.CheckConstraint("reembolsado <= pagado", name="reembolsado"),
        sa.CheckConstraint("saldo >= 0", name="saldo"),
        sa.CheckConstraint("saldo_aseguradora <= saldo", name="saldo_paciente"),
        sa.CheckConstraint("saldo_aseguradora >= 0 AND saldo_aseguradora <= cubierto", name="saldo_aseguradora"),
        sa.CheckConstraint("total = subtotal + iva AND subtotal = bruto - descuento", name="total"),
        sa.UniqueConstraint("punto_emision_id", "secuencial"),
    )
    op.create_index("ix_factura_actualizado_en", "factura", ["actualizado_en"])
    op.create_index("ix_factura_aseguradora_id", "factura", ["aseguradora_id"])
    op.create_index("ix_factura_centro_id", "factura", ["centro_id", "id"])
    op.create_index("ix_factura_cotizacion_id", "factura", ["cotizacion_id"])
    op.create_index("ix_factura_doctor_id", "factura", ["doctor_id"])
    op.create_index("ix_factura_estado", "factura", ["estado", "id"])
    op.create_index("ix_factura_fecha_emision", "factura", ["fecha_emision", "id"])
    op.create_index("ix_factura_numero", "factura", ["numero"])
    op.create_index("ix_factura_paciente_id", "factura", ["paciente_id", "id"])
    op.create_index(
        "ix_factura_por_cobrar", "factura", ["vence_el", "id"], unique=False, **where("estado = 'emitida'")
    )
    op.create_index(
        "uq_factura_cita_id",
        "factura",
        ["cita_id"],
        unique=True,
        **where("cita_id IS NOT NULL AND estado <> 'anulada' AND eliminado_en IS NULL"),
    )
    op.create_table(
        "factura_detalle",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("factura_id", sa.Integer, sa.ForeignKey("factura.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("cita_linea", sa.String(30)),
        sa.Column("acreditada", CANTIDAD, nullable=False),
        sa.Column("base_acreditada", DINERO, nullable=False),
        sa.Column("iva_acreditado", DINERO, nullable=False),
        sa.Column("orden", sa.Integer, nullable=False),
        sa.Column("tipo", sa.String(12), nullable=False),
        sa.Column("tratamiento_id", sa.Integer),
        sa.Column("producto_id", sa.Integer),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("descripcion", sa.String(300), nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("precio_unitario", CANTIDAD, nullable=False),
        sa.Column("bruto", DINERO, nullable=False),
        sa.Column("descuento", DINERO, nullable=False),
        sa.Column("base", DINERO, nullable=False),
        sa.Column("tarifa_iva", PORCENTAJE, nullable=False),
        sa.Column("codigo_iva", sa.String(4), nullable=False),
        sa.Column("iva", DINERO, nullable=False),
        sa.CheckConstraint("tipo IN ('tratamiento', 'producto', 'otro')", name="tipo"),
        sa.CheckConstraint(
            "acreditada >= 0 AND acreditada <= cantidad AND base_acreditada >= 0 AND base_acreditada <= base"
            " AND iva_acreditado >= 0 AND iva_acreditado <= iva",
            name="acreditada",
        ),
        sa.CheckConstraint("cantidad > 0", name="cantidad"),
        sa.CheckConstraint("descuento >= 0 AND base >= 0 AND iva >= 0 AND base = bruto - descuento", name="importes"),
        sa.CheckConstraint("precio_unitario >= 0", name="precio_unitario"),
    )
    op.create_index("ix_factura_detalle_factura_id", "factura_detalle", ["factura_id", "orden"])
    op.create_table(
        "cuota",
        sa.Column("factura_id", sa.Integer, sa.ForeignKey("factura.id"), nullable=False),
        sa.Column("numero", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("vence_el", sa.Date, nullable=False),
        sa.Column("monto", DINERO, nullable=False),
        sa.Column("pagado", DINERO, nullable=False),
        sa.CheckConstraint("monto > 0 AND pagado >= 0 AND pagado <= monto", name="pagado"),
        sa.PrimaryKeyConstraint("factura_id", "numero"),
    )
    op.create_index("ix_cuota_vence_el", "cuota", ["vence_el", "factura_id"])
    op.create_table(
        "cobro_cita",
        sa.Column("cita_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("ronda", sa.Integer, nullable=False),
        sa.Column("completada", sa.Boolean, nullable=False),
        sa.Column("factura_id", sa.Integer, sa.ForeignKey("factura.id")),
        sa.Column("por_revisar", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("cita_id"),
    )


def _notas_credito() -> None:
    op.create_table(
        "nota_credito",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("factura_id", sa.Integer, sa.ForeignKey("factura.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("punto_emision_id", sa.Integer, sa.ForeignKey("punto_emision.id"), nullable=False),
        sa.Column("secuencial", sa.Integer, nullable=False),
        sa.Column("numero", sa.String(17), nullable=False),
        sa.Column("fecha_emision", sa.Date, nullable=False),
        sa.Column("motivo", sa.String(300), nullable=False),
        sa.Column("estado_sri", sa.String(20), nullable=False),
        sa.Column("subtotal", DINERO, nullable=False),
        sa.Column("iva", DINERO, nullable=False),
        sa.Column("total", DINERO, nullable=False),
        sa.Column("de_aseguradora", DINERO, nullable=False),
        sa.Column("emitida_por", sa.String(80), nullable=False),
        sa.Column("paciente_id", sa.Integer, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint(ESTADO_SRI, name="estado_sri"),
        sa.CheckConstraint("de_aseguradora >= 0 AND de_aseguradora <= total", name="de_aseguradora"),
        sa.CheckConstraint("total = subtotal + iva AND total > 0", name="total"),
        sa.UniqueConstraint("punto_emision_id", "secuencial"),
    )
    op.create_index("ix_nota_credito_actualizado_en", "nota_credito", ["actualizado_en"])
    op.create_index("ix_nota_credito_centro_id", "nota_credito", ["centro_id"])
    op.create_index("ix_nota_credito_factura_id", "nota_credito", ["factura_id", "id"])
    op.create_index("ix_nota_credito_numero", "nota_credito", ["numero"])
    op.create_index("ix_nota_credito_paciente_id", "nota_credito", ["paciente_id", "id"])
    op.create_table(
        "nota_credito_detalle",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nota_id", sa.Integer, sa.ForeignKey("nota_credito.id"), nullable=False),
        sa.Column("detalle_id", sa.Integer, sa.ForeignKey("factura_detalle.id"), nullable=False),
        sa.Column("cantidad", CANTIDAD, nullable=False),
        sa.Column("base", DINERO, nullable=False),
        sa.Column("iva", DINERO, nullable=False),
        sa.CheckConstraint("cantidad >= 0 AND base >= 0 AND iva >= 0", name="importes"),
    )
    op.create_index("ix_nota_credito_detalle_detalle_id", "nota_credito_detalle", ["detalle_id"])
    op.create_index("ix_nota_credito_detalle_nota_id", "nota_credito_detalle", ["nota_id"])


def _guardas() -> None:
    """What is on paper stays: the database itself refuses."""
    forbid_changes("asiento")
    forbid_changes(
        "factura",
        (
            "numero",
            "secuencial",
            "punto_emision_id",
            "fecha_emision",
            "centro_id",
            "comprador_tipo",
            "comprador_identificacion",
            "comprador_nombre",
            "comprador_direccion",
            "bruto",
            "descuento",
            "subtotal",
            "iva",
            "total",
            "eliminado_en",
        ),
        "OLD.estado <> 'borrador'",
    )
    forbid_changes(
        "factura_detalle",
        (
            "factura_id",
            "orden",
            "tipo",
            "tratamiento_id",
            "producto_id",
            "codigo",
            "descripcion",
            "cantidad",
            "precio_unitario",
            "bruto",
            "descuento",
            "base",
            "tarifa_iva",
            "codigo_iva",
            "iva",
            "doctor_id",
        ),
        "EXISTS (SELECT 1 FROM factura WHERE factura.id = OLD.factura_id AND factura.estado <> 'borrador')",
        insert=True,
    )
    forbid_changes(
        "nota_credito",
        (
            "factura_id",
            "numero",
            "secuencial",
            "punto_emision_id",
            "fecha_emision",
            "motivo",
            "subtotal",
            "iva",
            "total",
            "eliminado_en",
        ),
    )
    forbid_changes("nota_credito_detalle")
