"""The log of events, webhooks, their deliveries and attempts."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import create_mechanism_tables, where
from comun.tables import BigId, Json

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanism_tables()
    _eventos()
    _webhooks()
    _entregas()


def _eventos() -> None:
    op.create_table(
        "evento",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("origen", sa.String(80), nullable=False),
        sa.Column("evento_id", sa.String(64), nullable=False),
        sa.Column("tipo", sa.String(80), nullable=False),
        sa.Column("sujeto", sa.String(80), nullable=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("datos", Json, nullable=False),
        sa.Column("traceparent", sa.String(55)),
        sa.Column("paciente_id", sa.Integer),
        sa.Column("recibido_en", UtcDateTime, nullable=False),
        sa.UniqueConstraint("origen", "evento_id"),
    )
    for columnas in (["tipo", "id"], ["sujeto", "id"], ["momento"], ["paciente_id"], ["recibido_en"]):
        op.create_index("ix_evento_" + "_".join(columnas), "evento", columnas)


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("tipos", Json, nullable=False),
        sa.Column("descripcion", sa.String(500)),
        sa.Column("contacto", sa.String(254)),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("motivo_pausa", sa.String(10)),
        sa.Column("pausado_en", UtcDateTime),
        sa.Column("secreto", sa.Text, nullable=False),
        sa.Column("secreto_anterior", sa.Text),
        sa.Column("secreto_anterior_hasta", UtcDateTime),
        sa.Column("fallos_seguidos", sa.Integer, nullable=False),
        sa.Column("falla_desde", UtcDateTime),
        sa.Column("avisado_en", UtcDateTime),
        sa.Column("ultimo_exito_en", UtcDateTime),
        sa.Column("ultimo_error", sa.Text),
        sa.Column("proximo_intento", UtcDateTime),
        sa.Column("arrendado_hasta", UtcDateTime),
        sa.Column("arrendado_por", sa.String(64)),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("estado IN ('activo', 'pausado')", name="estado"),
        sa.CheckConstraint("motivo_pausa IN ('manual', 'fallos', 'retirado')", name="motivo_pausa"),
        sa.CheckConstraint("(estado = 'pausado') = (motivo_pausa IS NOT NULL)", name="pausa"),
    )
    op.create_index("ix_webhook_actualizado_en", "webhook", ["actualizado_en"])


def _entregas() -> None:
    op.create_table(
        "entrega_webhook",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("evento_id", BigId, sa.ForeignKey("evento.id", ondelete="CASCADE"), nullable=False),
        sa.Column("webhook_id", sa.Integer, sa.ForeignKey("webhook.id"), nullable=False),
        sa.Column("sujeto", sa.String(80), nullable=False),
        sa.Column("estado", sa.String(10), nullable=False, server_default="pendiente"),
        sa.Column("intentos", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("pendiente_desde", UtcDateTime, nullable=False),
        sa.Column("proximo_intento", UtcDateTime, nullable=False),
        sa.Column("arrendada_hasta", UtcDateTime),
        sa.Column("arrendada_por", sa.String(64)),
        sa.Column("ultimo_error", sa.Text),
        sa.Column("entregada_en", UtcDateTime),
        sa.UniqueConstraint("webhook_id", "evento_id"),
        sa.CheckConstraint("estado IN ('pendiente', 'entregada', 'fallida', 'descartada')", name="estado"),
    )
    op.create_index("ix_entrega_webhook_evento_id", "entrega_webhook", ["evento_id"])
    op.create_index("ix_entrega_webhook_lista", "entrega_webhook", ["webhook_id", "id"])
    for nombre, columnas in (
        ("ix_entrega_webhook_turno", ["webhook_id", "sujeto", "evento_id"]),
        ("ix_entrega_webhook_pendiente", ["webhook_id", "evento_id"]),
    ):
        op.create_index(nombre, "entrega_webhook", columnas, **where("estado = 'pendiente'"))
    op.create_table(
        "intento_webhook",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("entrega_id", BigId, sa.ForeignKey("entrega_webhook.id", ondelete="CASCADE"), nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("estado_http", sa.SmallInteger),
        sa.Column("ms", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("respuesta", sa.Text),
    )
    op.create_index("ix_intento_webhook_entrega_id", "intento_webhook", ["entrega_id"])
