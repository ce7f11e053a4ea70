"""Webhooks as they come in and go out."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from comunicaciones.esquemas.comunes import Patron
from comunicaciones.eventos.catalogo import tipos_de
from comunicaciones.modelos import EstadoWebhook, MotivoPausa

HORAS_DE_VIGENCIA, HORAS_DE_VIGENCIA_MAXIMA = 24, 168


def _del_catalogo(patron: str) -> None:
    if not tipos_de(patron):
        raise ma.ValidationError("No corresponde a ningún evento del catálogo.")


def _distintos(patrones: list[str]) -> None:
    if len(set(patrones)) < len(patrones):
        raise ma.ValidationError("Hay uno repetido.")


class WebhookCambios(Schema):
    """A PUT: what is given changes."""

    nombre = fields.Text(120)
    url = fields.Text(2000, metadata={"description": "Where to: https, with a public address."})
    tipos = ma.fields.List(
        Patron(validate=_del_catalogo),
        validate=[ma.validate.Length(min=1, max=50), _distintos],
        metadata={"description": "Patterns of event types: `*`, `cita.*`, `cita.completada`, `cita.completada.v1`."},
    )
    descripcion = fields.Text(500, allow_none=True)
    contacto = fields.Email(254, allow_none=True, metadata={"description": "Who is told when it keeps failing."})


class WebhookNuevo(WebhookCambios):
    """A subscription."""

    nombre = fields.Text(120, required=True)
    url = fields.Text(2000, required=True, metadata={"description": "Where to: https, with a public address."})
    tipos = ma.fields.List(
        Patron(validate=_del_catalogo),
        required=True,
        validate=[ma.validate.Length(min=1, max=50), _distintos],
        metadata={"description": "Patterns of event types: `*`, `cita.*`, `cita.completada`, `cita.completada.v1`."},
    )


class WebhookSalida(ResourceSchema):
    """A subscription, and how its endpoint does."""

    nombre = ma.fields.String()
    url = ma.fields.String()
    tipos = ma.fields.List(ma.fields.String())
    descripcion = ma.fields.String(allow_none=True)
    contacto = ma.fields.String(allow_none=True)
    estado = ma.fields.String(metadata={"enum": [str(e) for e in EstadoWebhook]})
    motivo_pausa = ma.fields.String(allow_none=True, metadata={"enum": [*(str(m) for m in MotivoPausa), None]})
    pausado_en = ma.fields.DateTime(allow_none=True)
    secreto_anterior_hasta = ma.fields.DateTime(
        allow_none=True, metadata={"description": "Until then the secret before the last change signs as well."}
    )
    fallos_seguidos = ma.fields.Integer(metadata={"description": "Attempts in vain since the last that went well."})
    falla_desde = ma.fields.DateTime(allow_none=True)
    ultimo_exito_en = ma.fields.DateTime(allow_none=True)
    ultimo_error = ma.fields.String(allow_none=True)
    proximo_intento = ma.fields.DateTime(
        allow_none=True, metadata={"description": "The endpoint is left alone until then."}
    )


class WebhookConSecreto(WebhookSalida):
    """A webhook with its new secret, which is shown only here."""

    secreto = ma.fields.String(attribute="secreto_descifrado", metadata={"description": "`whsec_…`"})


class CambioEstado(Schema):
    """Pausing and activating."""

    estado = fields.Choice(EstadoWebhook, required=True)
    motivo = fields.Text(255, allow_none=True, load_default=None, metadata={"description": "For the audit."})
    descartar_pendientes = fields.Flag(
        load_default=False, metadata={"description": "What waits is not to be delivered any more."}
    )


class CambioSecreto(Schema):
    """A rotation."""

    vigencia_horas = fields.Count(
        0,
        HORAS_DE_VIGENCIA_MAXIMA,
        load_default=HORAS_DE_VIGENCIA,
        metadata={"description": "How long the old secret signs beside the new one."},
    )


class PruebaSalida(Schema):
    """What a trial met with."""

    entregado = ma.fields.Boolean()
    estado_http = ma.fields.Integer(allow_none=True)
    ms = ma.fields.Integer(metadata={"description": "How long it took, in milliseconds."})
    error = ma.fields.String(allow_none=True)
    respuesta = ma.fields.String(allow_none=True, metadata={"description": "The beginning of the answer."})


class FiltroWebhooks(PageQuery):
    """What webhooks can be narrowed to."""

    estado = fields.Choice(EstadoWebhook)
