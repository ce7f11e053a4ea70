"""Deliveries as they go out and are asked for."""

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from comunicaciones.esquemas.comunes import Patron
from comunicaciones.esquemas.eventos import EventoBreve, FiltroPorTiempo
from comunicaciones.modelos import EstadoEntrega


class EntregaSalida(Schema):
    """One event on its way to one webhook."""

    id = ma.fields.Integer()
    webhook_id = ma.fields.Integer()
    evento = ma.fields.Nested(EventoBreve)
    estado = ma.fields.String(metadata={"enum": [str(e) for e in EstadoEntrega]})
    intentos = ma.fields.Integer()
    pendiente_desde = ma.fields.DateTime()
    proximo_intento = ma.fields.DateTime()
    ultimo_error = ma.fields.String(allow_none=True)
    entregada_en = ma.fields.DateTime(allow_none=True)


class IntentoSalida(Schema):
    """One attempt."""

    momento = ma.fields.DateTime()
    estado_http = ma.fields.Integer(allow_none=True)
    ms = ma.fields.Integer(metadata={"description": "How long it took, in milliseconds."})
    error = ma.fields.String(allow_none=True)
    respuesta = ma.fields.String(allow_none=True, metadata={"description": "The beginning of the answer."})


class EntregaDetalle(EntregaSalida):
    """A delivery with each attempt."""

    intentos_detalle = ma.fields.List(ma.fields.Nested(IntentoSalida))


class FiltroEntregas(FiltroPorTiempo):
    """What deliveries can be narrowed to."""

    estado = fields.Choice(EstadoEntrega)
    evento_id = fields.Text(
        64, metadata={"description": "Of one event: the `webhook-id` of the delivery, or its number in the log."}
    )


class Reenvio(Schema):
    """What to deliver again: events of a span of time, of the types that the webhook wants."""

    desde = fields.Instant(required=True, metadata={"description": "It happened then or later."})
    hasta = fields.Instant(metadata={"description": "It happened before; now when absent."})
    tipos = ma.fields.List(
        Patron(), validate=ma.validate.Length(min=1, max=50), metadata={"description": "Only these; patterns."}
    )
    solo_fallidas = fields.Flag(
        load_default=False, metadata={"description": "Only what was given up, not what arrived or never was sent."}
    )

    @ma.validates_schema
    def _en_orden(self, datos: dict[str, object], **_kwargs: object) -> None:
        if "hasta" in datos and datos["hasta"] <= datos["desde"]:  # type: ignore[operator]
            raise ma.ValidationError("Debe ser posterior a desde.", "hasta")


class ReenvioSalida(Schema):
    """How many deliveries are on their way again."""

    entregas = ma.fields.Integer()
