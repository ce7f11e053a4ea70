"""Mechanism tables, what was used for which appointment, and how that came about."""

import sqlalchemy as sa
from alembic import op

from comun.migrations import create_mechanism_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanism_tables()
    op.create_table(
        "uso",
        sa.Column("cita_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("vigente", sa.Boolean, nullable=False),
    )
    op.create_table(
        "movimiento",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cita_id", sa.Integer, nullable=False),
        sa.Column("cantidad", sa.Integer, nullable=False),
    )
