"""Files that are attached to a record, texts of consent, and who consented to what."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from comun.auth.caller import Caller
from comun.db import UtcDateTime
from comun.models import Resource, unique_alive
from historia_clinica.dominio.adjuntos import Categoria
from historia_clinica.dominio.consentimientos import Medio, Relacion
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente

# FDI notation: 11–48 permanent, 51–85 deciduous.
PIEZA_FDI = (
    "(pieza BETWEEN 11 AND 48 AND pieza % 10 BETWEEN 1 AND 8)"
    " OR (pieza BETWEEN 51 AND 85 AND pieza % 10 BETWEEN 1 AND 5)"
)


class Adjunto(DelExpediente, db.Model):
    """A file of a record. The file itself is in the storage under `clave`; what is said of it here never changes.

    A deleted one keeps its file: records are kept.
    """

    __tablename__ = "adjunto"
    __table_args__ = (
        unique_alive("adjunto", "paciente_id", "sha256"),
        Index("ix_adjunto_paciente_id_subido_en", "paciente_id", "subido_en", "id"),
        CheckConstraint(f"categoria IN {tuple(map(str, Categoria))}", name="categoria"),
        CheckConstraint("bytes > 0", name="bytes"),
        CheckConstraint(PIEZA_FDI, name="pieza"),
    )
    AUSENTE = "No existe ese adjunto."
    INMUTABLES: ClassVar[tuple[str, ...]] = (
        *("paciente_id", "doctor_id", "subido_en", "nombre_archivo", "tipo", "bytes", "sha256"),
        *("clave", "clave_miniatura", "ancho", "alto", "paginas"),
    )

    titulo: Mapped[str] = mapped_column(String(120))
    categoria: Mapped[str] = mapped_column(String(16))
    descripcion: Mapped[str | None] = mapped_column(String(1000))
    nota_id: Mapped[int | None] = mapped_column(ForeignKey("nota.id"))
    pieza: Mapped[int | None]
    tomado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    subido_en: Mapped[datetime] = mapped_column(UtcDateTime)
    nombre_archivo: Mapped[str] = mapped_column(String(140))
    tipo: Mapped[str] = mapped_column(String(40))
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    ancho: Mapped[int | None]
    alto: Mapped[int | None]
    paginas: Mapped[int | None]
    clave: Mapped[str] = mapped_column(String(120), unique=True)
    clave_miniatura: Mapped[str | None] = mapped_column(String(140), unique=True)
    motivo_eliminacion: Mapped[str | None] = mapped_column(String(300))


class TextoConsentimiento(Resource, db.Model):
    """One edition of a text of consent. It never changes; what should read otherwise is a new edition."""

    __tablename__ = "texto_consentimiento"
    __table_args__ = (UniqueConstraint("codigo", "edicion"), CheckConstraint("edicion >= 1", name="edicion"))
    AUSENTE = "No existe ese texto de consentimiento."
    INMUTABLES: ClassVar[tuple[str, ...]] = ("codigo", "edicion", "titulo", "cuerpo", "vigente_desde", "huella")

    codigo: Mapped[str] = mapped_column(String(40))
    edicion: Mapped[int]
    titulo: Mapped[str] = mapped_column(String(200))
    cuerpo: Mapped[str] = mapped_column(Text)
    vigente_desde: Mapped[date]
    huella: Mapped[str] = mapped_column(String(64))
    retirado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    motivo_retiro: Mapped[str | None] = mapped_column(String(300))

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Texts belong to no patient."""
        return true()

    @property
    def estado(self) -> str:
        """`vigente` until it is withdrawn, also while a later edition is the one to consent to."""
        return "retirado" if self.retirado_en else "vigente"


class Consentimiento(DelExpediente, db.Model):
    """That somebody accepted or refused what a text says. Nothing of it changes; it may be revoked, once."""

    __tablename__ = "consentimiento"
    __table_args__ = (
        Index("ix_consentimiento_paciente_id_otorgado_en", "paciente_id", "otorgado_en", "id"),
        CheckConstraint(f"medio IN {tuple(map(str, Medio))}", name="medio"),
        CheckConstraint(f"relacion IN {tuple(map(str, Relacion))}", name="relacion"),
        CheckConstraint("medio <> 'firma_en_papel' OR adjunto_id IS NOT NULL", name="firma_en_papel"),
        CheckConstraint("medio <> 'firma_digital' OR firma IS NOT NULL", name="firma_digital"),
        CheckConstraint("medio <> 'verbal' OR testigo_nombre IS NOT NULL", name="verbal"),
        CheckConstraint("acepta OR revocado_en IS NULL", name="revocado_en"),
        CheckConstraint(
            "(revocado_en IS NULL) = (motivo_revocacion IS NULL) AND (revocado_en IS NULL) = (revocado_por IS NULL)",
            name="revocacion",
        ),
        CheckConstraint(PIEZA_FDI, name="pieza"),
    )
    AUSENTE = "No existe ese consentimiento."
    REVOCACION: ClassVar[tuple[str, ...]] = (
        *("revocado_en", "revocado_por", "identificacion_revocacion", "relacion_revocacion", "motivo_revocacion"),
        "registro_revocacion_id",
    )

    texto_id: Mapped[int] = mapped_column(ForeignKey("texto_consentimiento.id"))
    texto_huella: Mapped[str] = mapped_column(String(64))
    acepta: Mapped[bool]
    motivo_negativa: Mapped[str | None] = mapped_column(String(500))
    otorgado_en: Mapped[datetime] = mapped_column(UtcDateTime)
    firmante_nombre: Mapped[str] = mapped_column(String(200))
    firmante_identificacion: Mapped[str] = mapped_column(String(20))
    relacion: Mapped[str] = mapped_column(String(20))
    medio: Mapped[str] = mapped_column(String(16))
    adjunto_id: Mapped[int | None] = mapped_column(ForeignKey("adjunto.id"))
    firma: Mapped[bytes | None] = mapped_column(LargeBinary)
    testigo_nombre: Mapped[str | None] = mapped_column(String(200))
    testigo_identificacion: Mapped[str | None] = mapped_column(String(20))
    procedimiento: Mapped[str | None] = mapped_column(String(300))
    riesgos_propios: Mapped[str | None] = mapped_column(String(1000))
    pieza: Mapped[int | None]
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita_ref.id"))
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    registrado_por: Mapped[str] = mapped_column(String(80))
    huella: Mapped[str] = mapped_column(String(64))
    revocado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revocado_por: Mapped[str | None] = mapped_column(String(200))
    identificacion_revocacion: Mapped[str | None] = mapped_column(String(20))
    relacion_revocacion: Mapped[str | None] = mapped_column(String(20))
    motivo_revocacion: Mapped[str | None] = mapped_column(String(500))
    registro_revocacion_id: Mapped[int | None] = mapped_column(ForeignKey("doctor_ref.id"))

    texto: Mapped[TextoConsentimiento] = relationship(lazy="joined")

    @property
    def estado(self) -> str:
        """`aceptado`, `rechazado` or `revocado`."""
        if self.revocado_en:
            return "revocado"
        return "aceptado" if self.acepta else "rechazado"

    @property
    def tiene_firma(self) -> bool:
        """Whether a drawn signature is part of it."""
        return self.firma is not None


restricciones.add(
    "uq_adjunto_paciente_id_sha256",
    "adjunto_duplicado",
    "Ese mismo archivo ya está adjunto a la historia del paciente.",
)
restricciones.add(
    "uq_texto_consentimiento_codigo_edicion", "texto_cambio", "Alguien más publicó otra versión; intente de nuevo."
)
restricciones.add("adjunto_inmutable", "adjunto_inmutable", "Un adjunto no cambia; adjunte otro.")
restricciones.add("texto_consentimiento_inmutable", "texto_inmutable", "Un texto no cambia; publique otra versión.")
restricciones.add("consentimiento_inmutable", "consentimiento_inmutable", "Un consentimiento no cambia; revóquelo.")
restricciones.add(
    "consentimiento_revocado_inmutable", "consentimiento_revocado", "El consentimiento ya fue revocado."
)
