"""Entries of catalogues."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class EntradaNueva(Schema):
    """A new entry."""

    nombre = fields.Text(120, required=True)
    descripcion = fields.Text(500, allow_none=True)
    activo = fields.Flag()


class EntradaSalida(ResourceSchema):
    """An entry of a catalogue."""

    nombre = ma.fields.String()
    descripcion = ma.fields.String(allow_none=True)
    activo = ma.fields.Boolean()


class FiltroEntradas(PageQuery):
    """What a catalogue can be narrowed to."""

    q = fields.Text(100, metadata={"description": "Part of the name."})
    nombre = fields.Text(120)
    activo = fields.Flag()
