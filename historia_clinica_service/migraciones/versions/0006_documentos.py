"""Attachments, texts of consent and consents; what was said once stays as it was."""

import sqlalchemy as sa
from alembic import op

from comun.db import UtcDateTime
from comun.migrations import forbid_changes, where

revision = "0006"
down_revision = "0005"

PIEZA = (
    "(pieza BETWEEN 11 AND 48 AND pieza % 10 BETWEEN 1 AND 8)"
    " OR (pieza BETWEEN 51 AND 85 AND pieza % 10 BETWEEN 1 AND 5)"
)
VIVO = where("eliminado_en IS NULL")
REVOCACION = (
    *("revocado_en", "revocado_por", "identificacion_revocacion", "relacion_revocacion", "motivo_revocacion"),
    "registro_revocacion_id",
)


def upgrade() -> None:
    _adjuntos()
    _textos()
    _consentimientos()


def _adjuntos() -> None:
    op.create_table(
        "adjunto",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("titulo", sa.String(120), nullable=False),
        sa.Column("categoria", sa.String(16), nullable=False),
        sa.Column("descripcion", sa.String(1000)),
        sa.Column("nota_id", sa.Integer, sa.ForeignKey("nota.id")),
        sa.Column("pieza", sa.Integer),
        sa.Column("tomado_en", UtcDateTime),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("subido_en", UtcDateTime, nullable=False),
        sa.Column("nombre_archivo", sa.String(140), nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("ancho", sa.Integer),
        sa.Column("alto", sa.Integer),
        sa.Column("paginas", sa.Integer),
        sa.Column("clave", sa.String(120), nullable=False, unique=True),
        sa.Column("clave_miniatura", sa.String(140), unique=True),
        sa.Column("motivo_eliminacion", sa.String(300)),
        *_sellos(),
        sa.CheckConstraint(
            "categoria IN ('radiografia', 'fotografia', 'consentimiento', 'examen', 'informe', 'otro')",
            name="categoria",
        ),
        sa.CheckConstraint("bytes > 0", name="bytes"),
        sa.CheckConstraint(PIEZA, name="pieza"),
    )
    op.create_index("ix_adjunto_actualizado_en", "adjunto", ["actualizado_en"])
    op.create_index("ix_adjunto_paciente_id_subido_en", "adjunto", ["paciente_id", "subido_en", "id"])
    op.create_index("uq_adjunto_paciente_id_sha256", "adjunto", ["paciente_id", "sha256"], unique=True, **VIVO)
    inmutables = (
        *("paciente_id", "doctor_id", "subido_en", "nombre_archivo", "tipo", "bytes", "sha256"),
        *("clave", "clave_miniatura", "ancho", "alto", "paginas"),
    )
    forbid_changes("adjunto", inmutables)


def _textos() -> None:
    op.create_table(
        "texto_consentimiento",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("codigo", sa.String(40), nullable=False),
        sa.Column("edicion", sa.Integer, nullable=False),
        sa.Column("titulo", sa.String(200), nullable=False),
        sa.Column("cuerpo", sa.Text, nullable=False),
        sa.Column("vigente_desde", sa.Date, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("retirado_en", UtcDateTime),
        sa.Column("motivo_retiro", sa.String(300)),
        *_sellos(),
        sa.UniqueConstraint("codigo", "edicion"),
        sa.CheckConstraint("edicion >= 1", name="edicion"),
    )
    op.create_index("ix_texto_consentimiento_actualizado_en", "texto_consentimiento", ["actualizado_en"])
    forbid_changes("texto_consentimiento", ("codigo", "edicion", "titulo", "cuerpo", "vigente_desde", "huella"))


def _consentimientos() -> None:
    columnas = [
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente_ref.id"), nullable=False),
        sa.Column("texto_id", sa.Integer, sa.ForeignKey("texto_consentimiento.id"), nullable=False),
        sa.Column("texto_huella", sa.String(64), nullable=False),
        sa.Column("acepta", sa.Boolean, nullable=False),
        sa.Column("motivo_negativa", sa.String(500)),
        sa.Column("otorgado_en", UtcDateTime, nullable=False),
        sa.Column("firmante_nombre", sa.String(200), nullable=False),
        sa.Column("firmante_identificacion", sa.String(20), nullable=False),
        sa.Column("relacion", sa.String(20), nullable=False),
        sa.Column("medio", sa.String(16), nullable=False),
        sa.Column("adjunto_id", sa.Integer, sa.ForeignKey("adjunto.id")),
        sa.Column("firma", sa.LargeBinary),
        sa.Column("testigo_nombre", sa.String(200)),
        sa.Column("testigo_identificacion", sa.String(20)),
        sa.Column("procedimiento", sa.String(300)),
        sa.Column("riesgos_propios", sa.String(1000)),
        sa.Column("pieza", sa.Integer),
        sa.Column("cita_id", sa.Integer, sa.ForeignKey("cita_ref.id")),
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor_ref.id"), nullable=False),
        sa.Column("registrado_por", sa.String(80), nullable=False),
        sa.Column("huella", sa.String(64), nullable=False),
    ]
    inmutables = [columna.name for columna in columnas]
    op.create_table(
        "consentimiento",
        sa.Column("id", sa.Integer, primary_key=True),
        *columnas,
        sa.Column("revocado_en", UtcDateTime),
        sa.Column("revocado_por", sa.String(200)),
        sa.Column("identificacion_revocacion", sa.String(20)),
        sa.Column("relacion_revocacion", sa.String(20)),
        sa.Column("motivo_revocacion", sa.String(500)),
        sa.Column("registro_revocacion_id", sa.Integer, sa.ForeignKey("doctor_ref.id")),
        *_sellos(),
        sa.CheckConstraint("medio IN ('firma_en_papel', 'firma_digital', 'verbal')", name="medio"),
        sa.CheckConstraint(
            "relacion IN ('paciente', 'madre', 'padre', 'tutor', 'conyuge', 'hijo', 'otro_representante')",
            name="relacion",
        ),
        sa.CheckConstraint("medio <> 'firma_en_papel' OR adjunto_id IS NOT NULL", name="firma_en_papel"),
        sa.CheckConstraint("medio <> 'firma_digital' OR firma IS NOT NULL", name="firma_digital"),
        sa.CheckConstraint("medio <> 'verbal' OR testigo_nombre IS NOT NULL", name="verbal"),
        sa.CheckConstraint("acepta OR revocado_en IS NULL", name="revocado_en"),
        sa.CheckConstraint(
            "(revocado_en IS NULL) = (motivo_revocacion IS NULL) AND (revocado_en IS NULL) = (revocado_por IS NULL)",
            name="revocacion",
        ),
        sa.CheckConstraint(PIEZA, name="pieza"),
    )
    op.create_index("ix_consentimiento_actualizado_en", "consentimiento", ["actualizado_en"])
    op.create_index(
        "ix_consentimiento_paciente_id_otorgado_en", "consentimiento", ["paciente_id", "otorgado_en", "id"]
    )
    forbid_changes("consentimiento", inmutables)
    forbid_changes(
        "consentimiento",
        REVOCACION,
        "OLD.revocado_en IS NOT NULL",
        delete=False,
        name="consentimiento_revocado_inmutable",
    )


def _sellos() -> list[sa.Column]:
    return [
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    ]
