"""Mechanism tables, books and notes."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import create_mechanism_tables
from comun.models import unique_alive

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanism_tables()
    op.create_table(
        "libro",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("codigo", sa.String(20), nullable=False),
        sa.Column("titulo", sa.String(120), nullable=False),
        sa.Column("genero", sa.String(10), nullable=False),
        sa.Column("isbn", sa.String(20), unique=True),
        sa.Column("precio", sa.Numeric(12, 2), nullable=False),
        sa.Column("paginas", sa.Integer, nullable=False),
        sa.Column("publicado", sa.Date, nullable=False),
        sa.Column("visto_en", UtcDateTime, nullable=False),
        sa.Column("agotado", sa.Boolean, nullable=False),
        sa.Column("calificacion", sa.Integer),
        sa.Column("clave", sa.String(40)),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("precio >= 0", name="precio"),
        unique_alive("libro", "codigo"),
    )
    op.create_table(
        "nota",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("libro_id", sa.Integer, sa.ForeignKey("libro.id"), nullable=False),
        sa.Column("texto", sa.String(500), nullable=False),
        sa.Column("estrellas", sa.Integer, nullable=False),
    )
