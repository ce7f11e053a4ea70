"""The last row of a long record stands at the end of an index, and the head of the trace stays."""

from alembic import op

from comun.migrations import forbid_changes

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    forbid_changes("bitacora_cabeza", ["id"])
    op.create_index("ix_nota_paciente_id_creado_en", "nota", ["paciente_id", "creado_en"])
    op.create_index("ix_signos_vitales_paciente_id_creado_en", "signos_vitales", ["paciente_id", "creado_en"])
    op.create_index("ix_cita_ref_paciente_id_fecha_hora", "cita_ref", ["paciente_id", "fecha_hora"])
    op.drop_index("ix_cita_ref_paciente_id", "cita_ref")
