"""Appointments carry treatments; how long treatments take is known here."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import where

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "tratamiento_ref",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
        sa.Column("duracion_minutos", sa.Integer, nullable=False),
    )
    op.create_table(
        "cita_tratamiento",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita.id"), nullable=False),
        sa.Column("tratamiento_id", sa.Integer, nullable=False),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("cantidad", sa.Numeric(14, 6), nullable=False),
        sa.Column("precio_unitario", sa.Numeric(18, 6), nullable=False),
        sa.Column("tarifa_iva", sa.Numeric(5, 2), nullable=False),
        sa.Column("duracion_minutos", sa.Integer, nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("cantidad > 0", name="cantidad"),
        sa.CheckConstraint("precio_unitario >= 0", name="precio_unitario"),
        sa.CheckConstraint("tarifa_iva >= 0", name="tarifa_iva"),
        sa.CheckConstraint("duracion_minutos > 0", name="duracion_minutos"),
    )
    for columna in ("cita_id", "tratamiento_id", "actualizado_en"):
        op.create_index(f"ix_cita_tratamiento_{columna}", "cita_tratamiento", [columna])
    op.create_index(
        "uq_cita_tratamiento_cita_id_tratamiento_id",
        "cita_tratamiento",
        ["cita_id", "tratamiento_id"],
        unique=True,
        **where("eliminado_en IS NULL"),
    )
