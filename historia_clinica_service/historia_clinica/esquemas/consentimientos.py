"""Texts of consent, and consents."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from historia_clinica.dominio.consentimientos import FIRMA_MAX_BYTES, Medio, Relacion
from historia_clinica.esquemas.comunes import ConAlertas
from historia_clinica.esquemas.dentales import Pieza


class Firma(fields.Text):
    """A drawn signature: a PNG of at most 64 KiB in base64, also as a `data:` URL."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(FIRMA_MAX_BYTES * 4 // 3 + 64, load_only=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).removeprefix("data:image/png;base64,")
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise ma.ValidationError("Debe ser un PNG en base64.") from None
        if len(content) > FIRMA_MAX_BYTES:
            raise ma.ValidationError(f"Admite hasta {FIRMA_MAX_BYTES // 1024} KiB.")
        return content


class TextoNuevo(Schema):
    """A text of consent, or a new edition of one. Headings begin with `# `, points of a list with `- `."""

    codigo = fields.Text(40, required=True, validate=ma.validate.Regexp(r"[a-z0-9_]+\Z", error="Use a-z, 0-9 y _."))
    titulo = fields.Text(200, required=True)
    cuerpo = fields.Text(30_000, required=True)
    vigente_desde = fields.Day(metadata={"description": "Today when absent."})


class TextoSalida(ResourceSchema):
    """One edition of a text of consent."""

    codigo = ma.fields.String()
    version = ma.fields.Integer(attribute="edicion", metadata={"description": "The edition, from 1."})
    titulo = ma.fields.String()
    cuerpo = ma.fields.String()
    vigente_desde = ma.fields.Date()
    estado = ma.fields.String(metadata={"enum": ["vigente", "retirado"]})
    retirado_en = ma.fields.DateTime(allow_none=True)
    motivo_retiro = ma.fields.String(allow_none=True)
    huella = ma.fields.String(metadata={"description": "SHA-256 of title, blank line and body."})


class FiltroTextos(PageQuery):
    """What texts can be narrowed to."""

    codigo = fields.Text(40)
    estado = fields.Choice(("vigente", "retirado"))


class RetiroTexto(Schema):
    """A text is not to be used any more."""

    estado = fields.Choice(("retirado",), required=True)
    motivo = fields.Text(300, required=True)


class ConsentimientoNuevo(Schema):
    """That somebody accepts or refuses what a text says."""

    texto_id = fields.Id(required=True)
    version = fields.Count(1, metadata={"description": "The edition that was read; refused when it is not this one."})
    acepta = fields.Flag(required=True)
    motivo_negativa = fields.Text(500)
    otorgado_en = fields.Instant(metadata={"description": "Now when absent; for what was signed on paper before."})
    firmante_nombre = fields.Text(200, required=True)
    firmante_identificacion = fields.Text(20, required=True)
    relacion = fields.Choice(Relacion, load_default=Relacion.PACIENTE)
    medio = fields.Choice(Medio, required=True)
    adjunto_id = fields.Id(metadata={"description": "The signed paper, among the files of the same patient."})
    firma = Firma(metadata={"description": "The drawn signature: PNG in base64."})
    testigo_nombre = fields.Text(200)
    testigo_identificacion = fields.Text(20)
    procedimiento = fields.Text(300)
    riesgos_propios = fields.Text(1000, metadata={"description": "Risks of this patient that were explained."})
    pieza = Pieza()
    cita_id = fields.Id()


class TextoBreve(Schema):
    """Which text it was."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    version = ma.fields.Integer(attribute="edicion")
    titulo = ma.fields.String()


class ConsentimientoSalida(ResourceSchema):
    """A consent or a refusal."""

    paciente_id = ma.fields.Integer()
    texto = ma.fields.Nested(TextoBreve)
    texto_huella = ma.fields.String()
    acepta = ma.fields.Boolean()
    estado = ma.fields.String(metadata={"enum": ["aceptado", "rechazado", "revocado"]})
    motivo_negativa = ma.fields.String(allow_none=True)
    otorgado_en = ma.fields.DateTime()
    firmante_nombre = ma.fields.String()
    firmante_identificacion = ma.fields.String()
    relacion = fields.Choice(Relacion)
    medio = fields.Choice(Medio)
    adjunto_id = ma.fields.Integer(allow_none=True)
    tiene_firma = ma.fields.Boolean()
    testigo_nombre = ma.fields.String(allow_none=True)
    testigo_identificacion = ma.fields.String(allow_none=True)
    procedimiento = ma.fields.String(allow_none=True)
    riesgos_propios = ma.fields.String(allow_none=True)
    pieza = ma.fields.Integer(allow_none=True)
    cita_id = ma.fields.Integer(allow_none=True)
    doctor_id = ma.fields.Integer()
    huella = ma.fields.String(metadata={"description": "SHA-256 of the whole consent in its canonical form."})
    revocado_en = ma.fields.DateTime(allow_none=True)
    revocado_por = ma.fields.String(allow_none=True)
    relacion_revocacion = ma.fields.String(allow_none=True)
    motivo_revocacion = ma.fields.String(allow_none=True)


class UnConsentimientoSalida(ConsentimientoSalida, ConAlertas):
    """A consent or a refusal, with what must be seen whenever the record is opened."""


class FiltroConsentimientos(PageQuery):
    """What consents can be narrowed to."""

    texto_id = fields.Id()
    cita_id = fields.Id()
    estado = fields.Choice(("aceptado", "rechazado", "revocado"))


class HojaPedida(QuerySchema):
    """A sheet to be signed by hand."""

    texto_id = fields.Id(required=True)
    procedimiento = fields.Text(300)
    pieza = Pieza()


class Revocacion(Schema):
    """A consent is taken back."""

    nombre = fields.Text(200, required=True, metadata={"description": "Who takes it back."})
    identificacion = fields.Text(20, required=True)
    relacion = fields.Choice(Relacion, load_default=Relacion.PACIENTE)
    motivo = fields.Text(500, required=True)
