"""Who looked at what, emergency access, and copies of what others own."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import create_mechanism_tables, forbid_changes

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanism_tables()
    _copias()
    _bitacora()
    _emergencias()


def _copias() -> None:
    op.create_table(
        "paciente_ref",
        *_persona(),
        sa.Column("estado_paciente", sa.String(10), nullable=False),
        sa.Column("anonimizado", sa.Boolean, nullable=False),
        sa.Column("fusionado_en_id", sa.Integer),
    )
    op.create_index("ix_paciente_ref_fusionado_en_id", "paciente_ref", ["fusionado_en_id"])
    op.create_table(
        "doctor_ref",
        *_persona(),
        sa.Column("especialidades", sa.JSON, nullable=False),
        sa.Column("usuario_id", sa.Integer),
        sa.Column("activo", sa.Boolean, nullable=False),
    )
    op.create_table(
        "centro_ref",
        *_referencia(),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
    )
    op.create_table(
        "cita_ref",
        *_referencia(),
        sa.Column("paciente_id", sa.Integer, nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("centro_id", sa.Integer, nullable=False),
        sa.Column("fecha_hora", UtcDateTime, nullable=False),
        sa.Column("estado", sa.String(12), nullable=False),
        sa.Column("motivo_consulta", sa.String(500)),
    )
    op.create_index("ix_cita_ref_paciente_id", "cita_ref", ["paciente_id"])
    op.create_index("ix_cita_ref_doctor_id_paciente_id", "cita_ref", ["doctor_id", "paciente_id"])
    op.create_table(
        "tratamiento_ref",
        *_referencia(),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
    )


def _referencia() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    ]


def _persona() -> list[sa.Column]:
    return [
        *_referencia(),
        sa.Column("nombres", sa.String(100), nullable=False),
        sa.Column("apellidos", sa.String(100), nullable=False),
    ]


def _bitacora() -> None:
    op.create_table(
        "bitacora",
        sa.Column("numero", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("rol", sa.String(40), nullable=False),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("paciente_id", sa.Integer, nullable=False),
        sa.Column("accion", sa.String(12), nullable=False),
        sa.Column("que", sa.String(40), nullable=False),
        sa.Column("recurso_id", sa.Integer),
        sa.Column("resultado", sa.String(10), nullable=False),
        sa.Column("relacion", sa.String(12), nullable=False),
        sa.Column("motivo", sa.String(300)),
        sa.Column("huella", sa.String(64)),
        sa.Column("direccion_ip", sa.String(45)),
        sa.Column("traza", sa.String(64), nullable=False),
        sa.Column("sello", sa.String(64), nullable=False),
        sa.CheckConstraint("resultado IN ('permitido', 'denegado')", name="resultado"),
    )
    op.create_index("ix_bitacora_paciente_id_numero", "bitacora", ["paciente_id", "numero"])
    op.create_index("ix_bitacora_actor_numero", "bitacora", ["actor", "numero"])
    op.create_index("ix_bitacora_resultado_numero", "bitacora", ["resultado", "numero"])
    forbid_changes("bitacora")
    op.create_table(
        "bitacora_cabeza",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("numero", sa.BigInteger, nullable=False),
        sa.Column("sello", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="una"),
    )


def _emergencias() -> None:
    op.create_table(
        "emergencia",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("motivo", sa.String(300), nullable=False),
        sa.Column("desde", UtcDateTime, nullable=False),
        sa.Column("hasta", UtcDateTime, nullable=False),
        sa.Column("revisada_en", UtcDateTime),
        sa.Column("revisada_por", sa.String(80)),
        sa.Column("justificada", sa.Boolean),
        sa.Column("comentario", sa.String(500)),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("hasta > desde", name="intervalo"),
        sa.CheckConstraint("(revisada_en IS NULL) = (justificada IS NULL)", name="revision"),
    )
    op.create_index("ix_emergencia_actualizado_en", "emergencia", ["actualizado_en"])
    op.create_index("ix_emergencia_doctor_id_paciente_id", "emergencia", ["doctor_id", "paciente_id", "hasta"])
    op.create_index("ix_emergencia_paciente_id", "emergencia", ["paciente_id"])
    op.create_index("ix_emergencia_revisada_en", "emergencia", ["revisada_en", "id"])
