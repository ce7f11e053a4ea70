"""The catalogue of diagnoses, notes, the dental form 033 and prescriptions."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import forbid_changes, where
from comun.tables import Json
from historia_clinica.casos_de_uso.cie10 import cargar_incluido

revision = "0003"
down_revision = "0002"

_TIPOS = "('primera_vez', 'subsecuente', 'urgencia', 'procedimiento', 'interconsulta', 'teleconsulta')"
_CAPITULOS = "('I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII', 'XIII', 'XIV', 'XV'"
_CAPITULOS += ", 'XVI', 'XVII', 'XVIII', 'XIX', 'XX', 'XXI', 'XXII')"
# FDI: permanent teeth, then milk teeth.
_PIEZAS = (
    "(pieza_dental BETWEEN 11 AND 48 AND pieza_dental % 10 BETWEEN 1 AND 8"
    " OR pieza_dental BETWEEN 51 AND 85 AND pieza_dental % 10 BETWEEN 1 AND 5)"
)
_DE_NOTA_FIRMADA = "EXISTS (SELECT 1 FROM nota WHERE nota.id = OLD.nota_id AND nota.firmada_en IS NOT NULL)"
_DE_RECETA_FIRMADA = (
    "EXISTS (SELECT 1 FROM receta JOIN nota ON nota.id = receta.nota_id"
    " WHERE receta.id = OLD.receta_id AND nota.firmada_en IS NOT NULL)"
)


def upgrade() -> None:
    _cie10()
    _notas()
    _diagnosticos()
    _formulario()
    _recetas()
    _enmiendas()
    forbid_changes("nota", when="OLD.firmada_en IS NOT NULL")
    for tabla in ("diagnostico", "formulario_033", "receta"):
        forbid_changes(tabla, when=_DE_NOTA_FIRMADA, insert=True)
    forbid_changes("receta_item", when=_DE_RECETA_FIRMADA, insert=True)
    forbid_changes("enmienda")
    cargar_incluido(op.get_bind())


def _recurso() -> tuple[sa.Column, ...]:  # type: ignore[type-arg]
    return (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    )


def _cie10() -> None:
    op.create_table(
        "cie10",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("codigo", sa.String(6), nullable=False, unique=True),
        sa.Column("nombre_es", sa.String(300), nullable=False),
        sa.Column("nombre_en", sa.String(300)),
        sa.Column("capitulo", sa.String(5), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("buscable", sa.Boolean, nullable=False),
        sa.Column("busqueda", sa.String(900), nullable=False),
        sa.CheckConstraint(f"capitulo IN {_CAPITULOS}", name="capitulo"),
    )


def _notas() -> None:
    textos = ("enfermedad_actual", "subjetivo", "objetivo", "analisis", "plan", "evolucion", "texto_libre")
    op.create_table(
        "nota",
        *_recurso(),
        sa.Column("cita_id", sa.Integer, nullable=False),
        sa.Column("centro_id", sa.Integer, nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
        sa.Column("tipo", sa.String(15), nullable=False),
        sa.Column("especialidad", sa.String(120)),
        sa.Column("motivo_consulta", sa.String(500)),
        *(sa.Column(texto, sa.Text) for texto in textos),
        sa.Column("firmada_en", UtcDateTime),
        sa.Column("firmante", sa.String(200)),
        sa.Column("firmada_por", sa.String(80)),
        sa.Column("huella", sa.String(64)),
        sa.Column("forma", sa.Integer),
        sa.CheckConstraint(f"tipo IN {_TIPOS}", name="tipo"),
        sa.CheckConstraint(
            "(firmada_en IS NULL) = (huella IS NULL) AND (firmada_en IS NULL) = (firmante IS NULL)"
            " AND (firmada_en IS NULL) = (firmada_por IS NULL) AND (firmada_en IS NULL) = (forma IS NULL)",
            name="firma",
        ),
        sa.CheckConstraint("firmada_en IS NULL OR eliminado_en IS NULL", name="firmada_queda"),
    )
    op.create_index("ix_nota_actualizado_en", "nota", ["actualizado_en"])
    op.create_index("ix_nota_paciente_id_momento", "nota", ["paciente_id", "momento", "id"])
    op.create_index("ix_nota_cita_id", "nota", ["cita_id"])
    op.create_index(
        "uq_nota_cita_id_doctor_id",
        "nota",
        ["cita_id", "doctor_id"],
        unique=True,
        **where("firmada_en IS NULL AND eliminado_en IS NULL"),
    )


def _diagnosticos() -> None:
    op.create_table(
        "diagnostico",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nota_id", sa.Integer, sa.ForeignKey("nota.id"), nullable=False),
        sa.Column("orden", sa.Integer, nullable=False),
        sa.Column("codigo_cie10", sa.String(6), sa.ForeignKey("cie10.codigo"), nullable=False),
        sa.Column("nombre", sa.String(300), nullable=False),
        sa.Column("condicion", sa.String(10), nullable=False),
        sa.Column("principal", sa.Boolean, nullable=False),
        sa.Column("pieza_dental", sa.Integer),
        sa.Column("ojo", sa.String(2)),
        sa.Column("detalle", sa.String(500)),
        sa.CheckConstraint("condicion IN ('presuntivo', 'definitivo')", name="condicion"),
        sa.CheckConstraint(_PIEZAS, name="pieza_dental"),
        sa.CheckConstraint("ojo IN ('od', 'oi', 'ao')", name="ojo"),
        sa.UniqueConstraint("nota_id", "orden"),
    )
    op.create_index(
        "uq_diagnostico_principal",
        "diagnostico",
        ["nota_id"],
        unique=True,
        **where("principal"),
    )
    op.create_index("ix_diagnostico_codigo_cie10", "diagnostico", ["codigo_cie10", "nota_id"])


def _formulario() -> None:
    media = sa.Numeric(3, 2)
    op.create_table(
        "formulario_033",
        sa.Column("nota_id", sa.Integer, sa.ForeignKey("nota.id"), primary_key=True),
        sa.Column("estomatognatico", Json, nullable=False),
        sa.Column("higiene", Json, nullable=False),
        sa.Column("placa", media),
        sa.Column("calculo", media),
        sa.Column("gingivitis", media),
        sa.Column("enfermedad_periodontal", sa.String(8)),
        sa.Column("angle", sa.String(3)),
        sa.Column("fluorosis", sa.String(8)),
        sa.Column("examenes", Json, nullable=False),
        sa.Column("plan_diagnostico", sa.Text),
        sa.Column("plan_terapeutico", sa.Text),
        sa.Column("plan_educacional", sa.Text),
        sa.Column("sesiones", Json, nullable=False),
        sa.Column("indices", Json),
        sa.CheckConstraint("enfermedad_periodontal IN ('leve', 'moderada', 'severa')", name="enfermedad_periodontal"),
        sa.CheckConstraint("angle IN ('I', 'II', 'III')", name="angle"),
        sa.CheckConstraint("fluorosis IN ('leve', 'moderada', 'severa')", name="fluorosis"),
        sa.CheckConstraint("placa BETWEEN 0 AND 3", name="placa"),
        sa.CheckConstraint("calculo BETWEEN 0 AND 3", name="calculo"),
        sa.CheckConstraint("gingivitis BETWEEN 0 AND 1", name="gingivitis"),
    )


def _recetas() -> None:
    op.create_table(
        "receta",
        *_recurso(),
        sa.Column("nota_id", sa.Integer, sa.ForeignKey("nota.id"), nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("centro_id", sa.Integer, nullable=False),
        sa.Column("numero", sa.Integer, unique=True),
        sa.Column("emitida_en", UtcDateTime),
        sa.Column("advertencias", sa.Text),
        sa.Column("alergias_confirmadas", Json, nullable=False),
        sa.Column("motivo_alergia", sa.String(500)),
        sa.CheckConstraint("(numero IS NULL) = (emitida_en IS NULL)", name="emision"),
        sa.CheckConstraint("numero > 0", name="numero"),
    )
    op.create_index("ix_receta_actualizado_en", "receta", ["actualizado_en"])
    op.create_index("ix_receta_paciente_id", "receta", ["paciente_id", "id"])
    op.create_index("ix_receta_nota_id", "receta", ["nota_id"])
    op.create_table(
        "receta_item",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("receta_id", sa.Integer, sa.ForeignKey("receta.id"), nullable=False),
        sa.Column("orden", sa.Integer, nullable=False),
        sa.Column("medicamento", sa.String(200), nullable=False),
        sa.Column("concentracion", sa.String(60)),
        sa.Column("forma", sa.String(60), nullable=False),
        sa.Column("via", sa.String(20), nullable=False),
        sa.Column("dosis", sa.String(100), nullable=False),
        sa.Column("frecuencia", sa.String(100), nullable=False),
        sa.Column("duracion", sa.String(100), nullable=False),
        sa.Column("cantidad", sa.Integer, nullable=False),
        sa.Column("cantidad_letras", sa.String(100), nullable=False),
        sa.Column("indicaciones", sa.String(1000)),
        sa.CheckConstraint("cantidad BETWEEN 1 AND 9999", name="cantidad"),
        sa.UniqueConstraint("receta_id", "orden"),
    )
    op.create_table(
        "numeracion",
        sa.Column("serie", sa.String(30), primary_key=True),
        sa.Column("ultimo", sa.Integer, nullable=False),
    )


def _enmiendas() -> None:
    op.create_table(
        "enmienda",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nota_id", sa.Integer, sa.ForeignKey("nota.id"), nullable=False),
        sa.Column("numero", sa.Integer, nullable=False),
        sa.Column("motivo", sa.String(500), nullable=False),
        sa.Column("texto", sa.Text, nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("firmada_en", UtcDateTime, nullable=False),
        sa.Column("firmante", sa.String(200), nullable=False),
        sa.Column("firmada_por", sa.String(80), nullable=False),
        sa.Column("huella_anterior", sa.String(64), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("forma", sa.Integer, nullable=False),
        sa.CheckConstraint("numero > 0", name="numero"),
        sa.UniqueConstraint("nota_id", "numero"),
    )
