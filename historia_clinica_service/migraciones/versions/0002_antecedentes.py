"""Medical history, allergies and vital signs, how old patients are, and legal holds."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import forbid_changes, where
from comun.tables import Json

revision = "0002"
down_revision = "0001"

_SIGNOS = {
    "temperatura_c": ("25", "45", sa.Numeric(4, 1)),
    "pulso_lpm": ("20", "300", sa.Integer()),
    "frecuencia_respiratoria_rpm": ("3", "120", sa.Integer()),
    "presion_sistolica_mmhg": ("20", "300", sa.Integer()),
    "presion_diastolica_mmhg": ("10", "200", sa.Integer()),
    "saturacion_o2_pct": ("30", "100", sa.Integer()),
    "peso_kg": ("0.3", "600", sa.Numeric(5, 2)),
    "talla_cm": ("20", "260", sa.Numeric(4, 1)),
    "glucosa_mg_dl": ("10", "2000", sa.Integer()),
    "dolor": ("0", "10", sa.Integer()),
}
_GRUPOS = ("neonato", "lactante", "nino_pequeno", "preescolar", "escolar", "adolescente", "adulto")


def _del_expediente(*columnas: Any) -> list[Any]:
    """The columns that every part of a record has, around its own."""
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        *columnas,
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    ]


def upgrade() -> None:
    _antecedentes()
    _alergias()
    _signos_vitales()
    _datos_personales()
    _retencion()


def _antecedentes() -> None:
    op.create_table(
        "antecedentes",
        *_del_expediente(
            sa.Column("numero", sa.Integer, nullable=False),
            sa.Column("vigente", sa.Boolean, nullable=False),
            sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
            sa.Column("contenido", Json, nullable=False),
            sa.Column("cambios", Json, nullable=False),
        ),
        sa.CheckConstraint("numero > 0", name="numero"),
        sa.UniqueConstraint("paciente_id", "numero"),
    )
    op.create_index("ix_antecedentes_actualizado_en", "antecedentes", ["actualizado_en"])
    op.create_index("ix_antecedentes_paciente_id_id", "antecedentes", ["paciente_id", "id"])
    op.create_index(
        "uq_antecedentes_vigente",
        "antecedentes",
        ["paciente_id"],
        unique=True,
        **where("vigente AND eliminado_en IS NULL"),
    )
    forbid_changes("antecedentes", ["paciente_id", "numero", "doctor_id", "contenido", "cambios", "creado_en"])


def _alergias() -> None:
    op.create_table(
        "alergia",
        *_del_expediente(
            sa.Column("sustancia", sa.String(120), nullable=False),
            sa.Column("sustancia_plegada", sa.String(240), nullable=False),
            sa.Column("tipo", sa.String(12), nullable=False),
            sa.Column("reaccion", sa.String(300)),
            sa.Column("severidad", sa.String(10), nullable=False),
            sa.Column("certeza", sa.String(12), nullable=False),
            sa.Column("estado", sa.String(12), nullable=False),
            sa.Column("motivo_estado", sa.String(300)),
            sa.Column("detectada_en", sa.Date),
            sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        ),
        sa.CheckConstraint("tipo IN ('medicamento', 'alimento', 'latex', 'ambiental', 'otro')", name="tipo"),
        sa.CheckConstraint("severidad IN ('leve', 'moderada', 'grave')", name="severidad"),
        sa.CheckConstraint("certeza IN ('referida', 'sospechada', 'confirmada')", name="certeza"),
        sa.CheckConstraint("estado IN ('activa', 'inactiva', 'descartada')", name="estado"),
        sa.CheckConstraint("estado = 'activa' OR motivo_estado IS NOT NULL", name="motivo_estado"),
    )
    op.create_index("ix_alergia_actualizado_en", "alergia", ["actualizado_en"])
    op.create_index("ix_alergia_paciente_id_id", "alergia", ["paciente_id", "id"])
    op.create_index(
        "uq_alergia_activa",
        "alergia",
        ["paciente_id", "sustancia_plegada"],
        unique=True,
        **where("estado = 'activa' AND eliminado_en IS NULL"),
    )
    forbid_changes("alergia", ["paciente_id", "creado_en"])


def _signos_vitales() -> None:
    op.create_table(
        "signos_vitales",
        *_del_expediente(
            sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita_ref.id")),
            sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
            sa.Column("grupo_edad", sa.String(12)),
            sa.Column("tomado_en", UtcDateTime, nullable=False),
            *(sa.Column(campo, tipo) for campo, (_minimo, _maximo, tipo) in _SIGNOS.items()),
            sa.Column("observaciones", sa.String(500)),
            sa.Column("estado", sa.String(10), nullable=False),
            sa.Column("motivo_anulacion", sa.String(300)),
            sa.Column("anulado_por", sa.String(80)),
        ),
        *(
            sa.CheckConstraint(f"{campo} BETWEEN {minimo} AND {maximo}", name=campo)
            for campo, (minimo, maximo, _tipo) in _SIGNOS.items()
        ),
        sa.CheckConstraint(f"grupo_edad IN {_GRUPOS}", name="grupo_edad"),
        sa.CheckConstraint("presion_diastolica_mmhg < presion_sistolica_mmhg", name="presion"),
        sa.CheckConstraint(
            "presion_diastolica_mmhg IS NULL OR presion_sistolica_mmhg IS NOT NULL", name="presion_completa"
        ),
        sa.CheckConstraint(" OR ".join(f"{campo} IS NOT NULL" for campo in _SIGNOS), name="alguno"),
        sa.CheckConstraint("estado IN ('valido', 'anulado')", name="estado"),
        sa.CheckConstraint("(estado = 'anulado') = (motivo_anulacion IS NOT NULL)", name="anulacion"),
    )
    op.create_index("ix_signos_vitales_actualizado_en", "signos_vitales", ["actualizado_en"])
    op.create_index("ix_signos_vitales_paciente_id_tomado_en", "signos_vitales", ["paciente_id", "tomado_en", "id"])
    # Once annulled, it stays so.
    forbid_changes("signos_vitales", when="OLD.estado = 'anulado'", name="signos_vitales_anulados", delete=False)
    forbid_changes(
        "signos_vitales", ["paciente_id", "cita_id", "doctor_id", "grupo_edad", "tomado_en", "creado_en", *_SIGNOS]
    )


def _datos_personales() -> None:
    op.create_table(
        "datos_personales",
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), primary_key=True, autoincrement=False),
        sa.Column("fecha_nacimiento", sa.Date),
        sa.Column("genero", sa.String(20)),
        sa.Column("obtenido_en", UtcDateTime, nullable=False),
    )
    op.create_index("ix_datos_personales_obtenido_en", "datos_personales", ["obtenido_en"])


def _retencion() -> None:
    op.create_table(
        "retencion",
        *_del_expediente(
            sa.Column("retencion_legal", sa.Boolean, nullable=False),
            sa.Column("motivo", sa.String(500), nullable=False),
            sa.Column("por", sa.String(80), nullable=False),
            sa.Column("nombre", sa.String(120), nullable=False),
        ),
        sa.CheckConstraint("motivo <> ''", name="motivo"),
    )
    op.create_index("ix_retencion_actualizado_en", "retencion", ["actualizado_en"])
    op.create_index("ix_retencion_paciente_id_id", "retencion", ["paciente_id", "id"])
    forbid_changes("retencion")
