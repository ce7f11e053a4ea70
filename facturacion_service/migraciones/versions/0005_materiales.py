"""What was told of materials that appointments used; why a settlement was taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "consumo_ref",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revertido", sa.Boolean, nullable=False),
    )
    op.add_column("liquidacion", sa.Column("motivo", sa.String(300)))
