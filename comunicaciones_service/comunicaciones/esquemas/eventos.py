"""The catalogue and the log of events as they go out and are asked for."""

import marshmallow as ma

from comun import fields
from comun.schema import PlainPageQuery, Schema
from comunicaciones.esquemas.comunes import Patron


class TipoSalida(Schema):
    """One version of one event of the network."""

    tipo = ma.fields.String()
    version = ma.fields.Integer()
    origen = ma.fields.String(metadata={"description": "The `source` of its CloudEvents."})
    descripcion = ma.fields.String(metadata={"description": "What happened."})
    esquema = ma.fields.Raw(metadata={"type": "object", "description": "JSON Schema (2020-12) of `data`."})
    personales = ma.fields.List(ma.fields.String(), metadata={"description": "Fields that are personal data."})
    ejemplo = ma.fields.Raw(metadata={"type": "object", "description": "Such an event, as webhooks get it."})


class CatalogoSalida(Schema):
    """Every event that there is."""

    datos = ma.fields.List(ma.fields.Nested(TipoSalida))


class EventoBreve(Schema):
    """Which event."""

    id = ma.fields.Integer()
    origen = ma.fields.String(metadata={"description": "The `source` of the CloudEvent."})
    evento_id = ma.fields.String(metadata={"description": "Its `id`, and the `webhook-id` of its deliveries."})
    tipo = ma.fields.String()
    sujeto = ma.fields.String(metadata={"description": "What it is about, such as `cita/123`."})
    momento = ma.fields.DateTime(metadata={"description": "When it happened."})


class EventoSalida(EventoBreve):
    """An event of the log."""

    secuencia = ma.fields.Integer(metadata={"description": "Its number among those of its subject."})
    datos = ma.fields.Raw(metadata={"type": "object"})
    traceparent = ma.fields.String(allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)
    recibido_en = ma.fields.DateTime()


class FiltroPorTiempo(PlainPageQuery):
    """What logs can be narrowed to."""

    tipo = Patron(metadata={"description": "A pattern: `cita.*`, `cita.completada`, `*.actualizado`."})
    desde = fields.Instant(metadata={"description": "It happened then or later."})
    hasta = fields.Instant(metadata={"description": "It happened before."})


class FiltroEventos(FiltroPorTiempo):
    """What the log can be narrowed to."""

    sujeto = fields.Text(80)
    origen = fields.Text(80)
