"""Odontogram, periodontal charts, treatment plans."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import forbid_changes, where

revision = "0004"
down_revision = "0003"

ES_PIEZA = (
    "pieza BETWEEN 11 AND 18 OR pieza BETWEEN 21 AND 28 OR pieza BETWEEN 31 AND 38 OR pieza BETWEEN 41 AND 48"
    " OR pieza BETWEEN 51 AND 55 OR pieza BETWEEN 61 AND 65 OR pieza BETWEEN 71 AND 75 OR pieza BETWEEN 81 AND 85"
)
SON_SUPERFICIES = (
    "superficies IN ('', 'M', 'D', 'O', 'V', 'L', 'MD', 'MO', 'MV', 'ML', 'DO', 'DV', 'DL', 'OV', 'OL', 'VL', 'MDO',"
    " 'MDV', 'MDL', 'MOV', 'MOL', 'MVL', 'DOV', 'DOL', 'DVL', 'OVL', 'MDOV', 'MDOL', 'MDVL', 'MOVL', 'DOVL', 'MDOVL')"
)
INMUTABLES = (
    *("id", "paciente_id", "pieza", "superficies", "codigo", "estado", "variante", "grado", "detalle"),
    *("ocurrido_en", "doctor_id", "cita_id", "origen_id", "por", "creado_en"),
)
ANULACION = ("anulado_en", "anulado_por", "motivo_anulacion")
DEL_PERIODONTOGRAMA = (
    *("id", "paciente_id", "ocurrido_en", "doctor_id", "cita_id", "observaciones", "por"),
    *("cerrado_en", "cerrado_por"),
)
CERRADO = "EXISTS (SELECT 1 FROM periodontograma p WHERE p.id = OLD.periodontograma_id AND p.cerrado_en IS NOT NULL)"
ACORDADO = ("plan_id", "orden", "tratamiento_id", "codigo", "nombre", "precio", "pieza", "superficies")
ACEPTADO = "EXISTS (SELECT 1 FROM plan_tratamiento p WHERE p.id = OLD.plan_id AND p.aceptado_en IS NOT NULL)"


def upgrade() -> None:
    _odontograma()
    _periodontogramas()
    _planes()


def _de_recurso() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    )


def _odontograma() -> None:
    op.create_table(
        "hallazgo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("pieza", sa.SmallInteger, nullable=False),
        sa.Column("superficies", sa.String(5), nullable=False),
        sa.Column("codigo", sa.String(30), nullable=False),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("variante", sa.String(30)),
        sa.Column("grado", sa.SmallInteger),
        sa.Column("detalle", sa.String(500)),
        sa.Column("ocurrido_en", UtcDateTime, nullable=False),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita_ref.id")),
        sa.Column("origen_id", sa.Integer, sa.ForeignKey("hallazgo.id")),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("anulado_en", UtcDateTime),
        sa.Column("anulado_por", sa.String(80)),
        sa.Column("motivo_anulacion", sa.String(500)),
        *_de_recurso(),
        sa.CheckConstraint(ES_PIEZA, name="pieza"),
        sa.CheckConstraint(SON_SUPERFICIES, name="superficies"),
        sa.CheckConstraint("estado IN ('por_hacer', 'realizado', 'observado', 'resuelto')", name="estado"),
        sa.CheckConstraint("grado BETWEEN 1 AND 15", name="grado"),
        sa.CheckConstraint("(anulado_en IS NULL) = (motivo_anulacion IS NULL)", name="anulado"),
    )
    op.create_index("ix_hallazgo_actualizado_en", "hallazgo", ["actualizado_en"])
    op.create_index("ix_hallazgo_paciente_id", "hallazgo", ["paciente_id", "ocurrido_en", "id"])
    op.create_index(
        "uq_hallazgo_origen_id",
        "hallazgo",
        ["origen_id"],
        unique=True,
        **where("anulado_en IS NULL"),
    )
    forbid_changes("hallazgo", INMUTABLES)
    forbid_changes("hallazgo", ANULACION, when="OLD.anulado_en IS NOT NULL", delete=False, name="hallazgo_anulado")


def _periodontogramas() -> None:
    op.create_table(
        "periodontograma",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("ocurrido_en", UtcDateTime, nullable=False),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita_ref.id")),
        sa.Column("observaciones", sa.String(2000)),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("cerrado_en", UtcDateTime),
        sa.Column("cerrado_por", sa.String(80)),
        *_de_recurso(),
    )
    op.create_index("ix_periodontograma_actualizado_en", "periodontograma", ["actualizado_en"])
    op.create_index("ix_periodontograma_paciente_id", "periodontograma", ["paciente_id", "ocurrido_en", "id"])
    op.create_table(
        "pieza_periodontal",
        sa.Column("periodontograma_id", sa.Integer, sa.ForeignKey("periodontograma.id"), primary_key=True),
        sa.Column("pieza", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("movilidad", sa.SmallInteger),
        sa.Column("furca", sa.SmallInteger),
        sa.CheckConstraint(ES_PIEZA, name="pieza"),
        sa.CheckConstraint("movilidad BETWEEN 0 AND 3", name="movilidad"),
        sa.CheckConstraint("furca BETWEEN 0 AND 3", name="furca"),
    )
    op.create_table(
        "sitio_periodontal",
        sa.Column("periodontograma_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("pieza", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("sitio", sa.String(2), primary_key=True),
        sa.Column("sondaje", sa.SmallInteger),
        sa.Column("margen", sa.SmallInteger),
        sa.Column("sangrado", sa.Boolean),
        sa.Column("supuracion", sa.Boolean),
        sa.Column("placa", sa.Boolean),
        sa.ForeignKeyConstraint(
            ["periodontograma_id", "pieza"], ["pieza_periodontal.periodontograma_id", "pieza_periodontal.pieza"]
        ),
        sa.CheckConstraint("sitio IN ('mv', 'v', 'dv', 'ml', 'l', 'dl')", name="sitio"),
        sa.CheckConstraint("sondaje BETWEEN 0 AND 15", name="sondaje"),
        sa.CheckConstraint("margen BETWEEN -10 AND 15", name="margen"),
    )
    forbid_changes("periodontograma", DEL_PERIODONTOGRAMA, when="OLD.cerrado_en IS NOT NULL")
    forbid_changes("pieza_periodontal", when=CERRADO, insert=True)
    forbid_changes("sitio_periodontal", when=CERRADO, insert=True)


def _planes() -> None:
    op.create_table(
        "plan_tratamiento",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("nombre", sa.String(160), nullable=False),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("notas", sa.String(2000)),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("presentado_en", UtcDateTime),
        sa.Column("aceptado_en", UtcDateTime),
        sa.Column("aceptado_por", sa.String(160)),
        sa.Column("terminado_en", UtcDateTime),
        sa.Column("motivo", sa.String(500)),
        *_de_recurso(),
        sa.CheckConstraint(
            "estado IN ('borrador', 'presentado', 'aceptado', 'rechazado', 'en_curso', 'terminado', 'cancelado')",
            name="estado",
        ),
    )
    op.create_index("ix_plan_tratamiento_actualizado_en", "plan_tratamiento", ["actualizado_en"])
    op.create_index("ix_plan_tratamiento_paciente_id", "plan_tratamiento", ["paciente_id", "creado_en", "id"])
    op.create_table(
        "plan_item",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("plan_id", sa.Integer, sa.ForeignKey("plan_tratamiento.id"), nullable=False),
        sa.Column("orden", sa.SmallInteger, nullable=False),
        sa.Column("tratamiento_id", sa.Integer, nullable=False),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("nombre", sa.String(200), nullable=False),
        sa.Column("precio", sa.Numeric(12, 2), nullable=False),
        sa.Column("pieza", sa.SmallInteger),
        sa.Column("superficies", sa.String(5), nullable=False),
        sa.Column("sesion", sa.SmallInteger, nullable=False),
        sa.Column("prioridad", sa.String(5), nullable=False),
        sa.Column("detalle", sa.String(500)),
        sa.Column("hallazgo_id", sa.Integer, sa.ForeignKey("hallazgo.id")),
        sa.Column("resultado_id", sa.Integer, sa.ForeignKey("hallazgo.id")),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita_ref.id")),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("realizado_en", UtcDateTime),
        sa.Column("realizado_por_id", sa.Integer, sa.ForeignKey("doctor_ref.id")),
        sa.Column("motivo", sa.String(500)),
        sa.CheckConstraint(ES_PIEZA, name="pieza"),
        sa.CheckConstraint(SON_SUPERFICIES, name="superficies"),
        sa.CheckConstraint("pieza IS NOT NULL OR superficies = ''", name="superficies_de_pieza"),
        sa.CheckConstraint("sesion BETWEEN 1 AND 99", name="sesion"),
        sa.CheckConstraint("precio >= 0", name="precio"),
        sa.CheckConstraint("prioridad IN ('alta', 'media', 'baja')", name="prioridad"),
        sa.CheckConstraint("estado IN ('pendiente', 'programado', 'realizado', 'descartado')", name="estado"),
        sa.CheckConstraint("(estado = 'realizado') = (realizado_en IS NOT NULL)", name="realizado"),
    )
    op.create_index("ix_plan_item_plan_id", "plan_item", ["plan_id", "orden"])
    op.create_index("ix_plan_item_hallazgo_id", "plan_item", ["hallazgo_id"])
    op.create_index("ix_plan_item_resultado_id", "plan_item", ["resultado_id"])
    op.create_index("ix_plan_item_cita_id", "plan_item", ["cita_id"])
    forbid_changes("plan_item", ACORDADO, when=ACEPTADO, insert=True)
