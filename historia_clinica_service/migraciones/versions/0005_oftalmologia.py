"""Eye exams and spectacle prescriptions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import forbid_changes

revision = "0005"
down_revision = "0004"

DIOPTRIAS = sa.Numeric(5, 2)
MILIMETROS = sa.Numeric(4, 1)
LOGMAR = sa.Numeric(4, 2)
AGUDEZAS = ("av_sin_correccion", "av_estenopeico", "av_con_correccion")

# Of a prescription only this may be written after it was issued.
DE_LA_ANULACION = {"anulada_en", "anulada_por", "motivo_anulacion", "version", "actualizado_en"}


def upgrade() -> None:
    _examenes()
    _ojos()
    _recetas()
    _lentes()
    forbid_changes("examen_oftalmologico", when="OLD.firmado_en IS NOT NULL")
    del_firmado = (
        "EXISTS (SELECT 1 FROM examen_oftalmologico e WHERE e.id = OLD.examen_id AND e.firmado_en IS NOT NULL)"
    )
    forbid_changes("examen_ojo", when=del_firmado, insert=True)
    columnas = sa.inspect(op.get_bind()).get_columns("receta_optica")
    forbid_changes("receta_optica", [c["name"] for c in columnas if c["name"] not in DE_LA_ANULACION])
    forbid_changes("receta_optica_ojo")


def _pasos(columna: str, menor: str, mayor: str, por_unidad: int) -> str:
    pasos = f"{columna} * {por_unidad}"
    return f"{columna} BETWEEN {menor} AND {mayor} AND abs({pasos} - round({pasos})) < 0.001"


def _recurso() -> tuple[Any, ...]:
    return (
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    )


def _lente() -> tuple[Any, ...]:
    return (
        sa.Column("esfera", DIOPTRIAS),
        sa.Column("cilindro", DIOPTRIAS),
        sa.Column("eje", sa.SmallInteger),
        sa.Column("adicion", DIOPTRIAS),
        sa.CheckConstraint(_pasos("esfera", "-30", "30", 4), name="esfera"),
        sa.CheckConstraint(_pasos("cilindro", "-12", "12", 4), name="cilindro"),
        sa.CheckConstraint("eje BETWEEN 0 AND 180", name="eje"),
        sa.CheckConstraint("(coalesce(cilindro, 0) <> 0) = (eje IS NOT NULL)", name="eje_con_cilindro"),
        sa.CheckConstraint(_pasos("adicion", "0.25", "4", 4), name="adicion"),
        sa.CheckConstraint("esfera IS NOT NULL OR (cilindro IS NULL AND adicion IS NULL)", name="con_esfera"),
    )


def _examenes() -> None:
    op.create_table(
        "examen_oftalmologico",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita_ref.id")),
        sa.Column("momento", UtcDateTime, nullable=False),
        *(
            sa.Column(nombre, sa.Text)
            for nombre in ("motivo", "campo_visual", "vision_colores", "vision_binocular", "plan", "observaciones")
        ),
        sa.Column("diagnosticos", sa.JSON, nullable=False),
        sa.Column("firmado_en", UtcDateTime),
        sa.Column("firmante", sa.String(220)),
        sa.Column("firmado_por", sa.String(80)),
        sa.Column("huella", sa.String(64)),
        sa.Column("forma", sa.SmallInteger),
        *_recurso(),
        sa.CheckConstraint(
            "(firmado_en IS NULL) = (huella IS NULL) AND (firmado_en IS NULL) = (firmante IS NULL)"
            " AND (firmado_en IS NULL) = (firmado_por IS NULL) AND (firmado_en IS NULL) = (forma IS NULL)",
            name="firma",
        ),
        sa.CheckConstraint("firmado_en IS NULL OR eliminado_en IS NULL", name="firmado_no_se_elimina"),
    )
    for columnas in (["paciente_id", "momento", "id"], ["doctor_id"], ["cita_id"], ["actualizado_en"]):
        op.create_index(f"ix_examen_oftalmologico_{columnas[0]}", "examen_oftalmologico", columnas)


def _ojos() -> None:
    op.create_table(
        "examen_ojo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("examen_id", sa.Integer, sa.ForeignKey("examen_oftalmologico.id"), nullable=False),
        sa.Column("ojo", sa.String(2), nullable=False),
        *_lente(),
        *(sa.Column(av, sa.String(20)) for av in (*AGUDEZAS, "av_cerca")),
        *(sa.Column(f"{av}_logmar", LOGMAR) for av in AGUDEZAS),
        sa.Column("presion_mmhg", sa.Numeric(4, 1)),
        sa.Column("presion_metodo", sa.String(10)),
        sa.Column("presion_hora", sa.SmallInteger),
        sa.Column("paquimetria_um", sa.SmallInteger),
        sa.Column("excavacion", sa.Numeric(3, 2)),
        sa.Column("hallazgos", sa.JSON, nullable=False),
        sa.UniqueConstraint("examen_id", "ojo"),
        sa.CheckConstraint("ojo IN ('od', 'oi')", name="ojo"),
        *(
            sa.CheckConstraint(
                f"({av} IS NULL) = ({av}_logmar IS NULL) AND ({av} IS NULL OR {av}_logmar BETWEEN -0.5 AND 3)",
                name=av,
            )
            for av in AGUDEZAS
        ),
        sa.CheckConstraint("presion_mmhg BETWEEN 0 AND 80", name="presion_mmhg"),
        sa.CheckConstraint("(presion_mmhg IS NULL) = (presion_metodo IS NULL)", name="presion_con_metodo"),
        sa.CheckConstraint(
            "presion_metodo IN ('goldmann', 'neumatica', 'icare', 'tonopen', 'schiotz')", name="presion_metodo"
        ),
        sa.CheckConstraint("presion_hora IS NULL OR presion_mmhg IS NOT NULL", name="presion_hora_de_una"),
        sa.CheckConstraint("presion_hora BETWEEN 0 AND 1439", name="presion_hora"),
        sa.CheckConstraint("paquimetria_um BETWEEN 200 AND 1200", name="paquimetria_um"),
        sa.CheckConstraint(_pasos("excavacion", "0", "1", 20), name="excavacion"),
    )


def _recetas() -> None:
    op.create_table(
        "receta_optica",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("examen_id", sa.Integer, sa.ForeignKey("examen_oftalmologico.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("uso", sa.String(12), nullable=False),
        sa.Column("tipo_lente", sa.String(12), nullable=False),
        sa.Column("material", sa.String(40)),
        sa.Column("tratamientos", sa.JSON, nullable=False),
        sa.Column("dp_lejos_mm", MILIMETROS),
        sa.Column("dp_cerca_mm", MILIMETROS),
        sa.Column("indicaciones", sa.Text),
        sa.Column("vence_el", sa.Date, nullable=False),
        sa.Column("emitida_en", UtcDateTime, nullable=False),
        sa.Column("firmante", sa.String(220), nullable=False),
        sa.Column("firmada_por", sa.String(80), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("forma", sa.SmallInteger, nullable=False),
        sa.Column("anulada_en", UtcDateTime),
        sa.Column("anulada_por", sa.String(80)),
        sa.Column("motivo_anulacion", sa.String(300)),
        *_recurso(),
        sa.CheckConstraint("uso IN ('lejos', 'intermedia', 'cerca', 'multifocal')", name="uso"),
        sa.CheckConstraint("tipo_lente IN ('monofocal', 'bifocal', 'progresivo', 'ocupacional')", name="tipo_lente"),
        sa.CheckConstraint("(uso = 'multifocal') = (tipo_lente <> 'monofocal')", name="tipo_para_uso"),
        sa.CheckConstraint("dp_lejos_mm BETWEEN 40 AND 80", name="dp_lejos_mm"),
        sa.CheckConstraint("dp_cerca_mm BETWEEN 40 AND 80", name="dp_cerca_mm"),
        sa.CheckConstraint("(anulada_en IS NULL) = (motivo_anulacion IS NULL)", name="anulada"),
        sa.CheckConstraint("eliminado_en IS NULL", name="no_se_elimina"),
    )
    for columnas in (["paciente_id", "emitida_en", "id"], ["examen_id"], ["doctor_id"], ["actualizado_en"]):
        op.create_index(f"ix_receta_optica_{columnas[0]}", "receta_optica", columnas)


def _lentes() -> None:
    op.create_table(
        "receta_optica_ojo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("receta_id", sa.Integer, sa.ForeignKey("receta_optica.id"), nullable=False),
        sa.Column("ojo", sa.String(2), nullable=False),
        *_lente(),
        sa.Column("prisma", sa.Numeric(4, 2)),
        sa.Column("base", sa.String(10)),
        sa.Column("dnp_mm", MILIMETROS),
        sa.Column("altura_mm", MILIMETROS),
        sa.UniqueConstraint("receta_id", "ojo"),
        sa.CheckConstraint("ojo IN ('od', 'oi')", name="ojo"),
        sa.CheckConstraint(_pasos("prisma", "0.25", "20", 4), name="prisma"),
        sa.CheckConstraint("(prisma IS NULL) = (base IS NULL)", name="prisma_con_base"),
        sa.CheckConstraint("base IN ('nasal', 'temporal', 'superior', 'inferior')", name="base"),
        sa.CheckConstraint("dnp_mm BETWEEN 20 AND 40", name="dnp_mm"),
        sa.CheckConstraint("altura_mm BETWEEN 5 AND 40", name="altura_mm"),
    )
