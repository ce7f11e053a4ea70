"""Why a transaction was annulled and a till opened again, and which notes and coins were counted."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("transaccion", sa.Column("motivo_anulacion", sa.String(300)))
    op.add_column("caja", sa.Column("denominaciones", sa.JSON))
    op.add_column("caja", sa.Column("motivo_reapertura", sa.String(300)))
