"""Appointments, what they occupy, their history, extras, and copies of who they are for."""

import sqlalchemy as sa
from alembic import op

from citas.modelos import guardas
from comun.db import UtcDateTime
from comun.migrations import create_mechanism_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanism_tables()
    for nombre in ("paciente_ref", "doctor_ref"):
        op.create_table(
            nombre,
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("secuencia", sa.Integer, nullable=False),
            sa.Column("nombres", sa.String(100), nullable=False),
            sa.Column("apellidos", sa.String(100), nullable=False),
            sa.Column("busqueda", sa.String(220), nullable=False),
            *(
                [sa.Column("telefono", sa.String(20)), sa.Column("email", sa.String(255))]
                if nombre == "paciente_ref"
                else []
            ),
        )
    op.create_table(
        "centro_ref",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
    )
    op.create_table(
        "cita",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro_ref.id"), nullable=False),
        sa.Column("sala_id", sa.Integer),
        sa.Column("inicio", UtcDateTime, nullable=False),
        sa.Column("fin", UtcDateTime, nullable=False),
        sa.Column("duracion_minutos", sa.Integer, nullable=False),
        sa.Column("dia", sa.Date, nullable=False),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        sa.Column("motivo_consulta", sa.String(500)),
        sa.Column("busqueda", sa.String(500), nullable=False),
        sa.Column("estado", sa.String(12), nullable=False),
        sa.Column("motivo_cancelacion", sa.String(500)),
        sa.Column("telefono_contacto", sa.String(20)),
        sa.Column("email_contacto", sa.String(255)),
        sa.Column("recordatorio_enviado", sa.Boolean, nullable=False),
        sa.Column("registrado_por", sa.String(80), nullable=False),
        sa.Column("registrado_por_id", sa.Integer),
        sa.Column("reprograma_a_id", sa.Integer, sa.ForeignKey("cita.id"), unique=True),
        sa.Column("reprogramada_en_id", sa.Integer, sa.ForeignKey("cita.id"), unique=True),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint(
            "estado IN ('programada', 'confirmada', 'en_sala', 'en_curso', 'completada', 'cancelada', 'no_asistio')",
            name="estado",
        ),
        sa.CheckConstraint("fin > inicio", name="intervalo"),
    )
    op.create_index("ix_cita_doctor", "cita", ["doctor_id", "inicio"])
    op.create_index("ix_cita_paciente", "cita", ["paciente_id", "inicio"])
    op.create_index("ix_cita_centro", "cita", ["centro_id", "inicio"])
    op.create_index("ix_cita_dia", "cita", ["dia", "inicio"])
    op.create_index("ix_cita_inicio", "cita", ["inicio", "id"])
    op.create_index("ix_cita_actualizado_en", "cita", ["actualizado_en"])
    op.create_index("ix_cita_registrado_por", "cita", ["registrado_por_id", "inicio"])
    op.create_index("ix_cita_creado_en", "cita", ["creado_en", "id"])
    op.create_table(
        "ocupacion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tipo", sa.String(10), nullable=False),
        sa.Column("recurso_id", sa.Integer, nullable=False),
        sa.Column("inicio", UtcDateTime, nullable=False),
        sa.Column("fin", UtcDateTime, nullable=False),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita.id", ondelete="CASCADE"), nullable=False),
        sa.CheckConstraint("fin > inicio", name="intervalo"),
        sa.CheckConstraint("tipo IN ('doctor', 'paciente', 'sala')", name="tipo"),
    )
    op.create_index("ix_ocupacion_cita_id", "ocupacion", ["cita_id"])
    op.create_index("ix_ocupacion_recurso", "ocupacion", ["tipo", "recurso_id", "fin"])
    guardas.crear(op.get_bind(), ("doctor", "paciente", "sala"))
    op.create_table(
        "cambio_estado",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita.id", ondelete="CASCADE"), nullable=False),
        sa.Column("de", sa.String(12)),
        sa.Column("a", sa.String(12), nullable=False),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("motivo", sa.String(500)),
        sa.Column("momento", UtcDateTime, nullable=False),
    )
    op.create_index("ix_cambio_estado_cita_id", "cambio_estado", ["cita_id"])
    op.create_table(
        "cita_extra",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita.id"), nullable=False),
        sa.Column("descripcion", sa.String(300), nullable=False),
        sa.Column("cantidad", sa.Numeric(14, 6), nullable=False),
        sa.Column("precio_unitario", sa.Numeric(14, 6), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
        sa.CheckConstraint("cantidad > 0", name="cantidad"),
        sa.CheckConstraint("precio_unitario >= 0", name="precio_unitario"),
    )
    op.create_index("ix_cita_extra_cita_id", "cita_extra", ["cita_id"])
    op.create_index("ix_cita_extra_actualizado_en", "cita_extra", ["actualizado_en"])
