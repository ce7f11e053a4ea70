"""Copies of merged patients stay and say into whom."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("paciente_ref", sa.Column("fusionado_en_id", sa.Integer))
    op.create_index("ix_paciente_ref_fusionado_en_id", "paciente_ref", ["fusionado_en_id"])
