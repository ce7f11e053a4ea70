"""What is charged of appointments: what it was made of, and what a person has to look at."""

import sqlalchemy as sa
from alembic import op

from comun.migrations import where
from comun.tables import Json

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # Nothing has been written to it so far.
    op.drop_table("cobro_cita")
    op.create_table(
        "cobro_cita",
        sa.Column("cita_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("ronda", sa.Integer, nullable=False),
        sa.Column("completada", sa.Boolean, nullable=False),
        sa.Column("factura_id", sa.Integer, sa.ForeignKey("factura.id")),
        sa.Column("cobrado", Json),
        sa.Column("convenido", Json),
        sa.Column("por_revisar", sa.String(14)),
        sa.Column("nota", sa.String(300)),
        sa.Column("centro_id", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "por_revisar IN ('reabierta', 'cambiada', 'no_facturable', 'sin_factura')", name="por_revisar"
        ),
    )
    op.create_index("ix_cobro_cita_factura_id", "cobro_cita", ["factura_id"])
    op.create_index(
        "ix_cobro_cita_por_revisar",
        "cobro_cita",
        ["cita_id"],
        unique=False,
        **where("por_revisar IS NOT NULL"),
    )
