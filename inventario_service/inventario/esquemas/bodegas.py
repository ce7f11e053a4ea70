"""Warehouses."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class BodegaCambios(Schema):
    """What can be changed of a warehouse: it never moves to another centre."""

    nombre = fields.Text(80, required=True)
    principal = fields.Flag(metadata={"description": "true: the one that was principal so far stops being it."})


class BodegaNueva(BodegaCambios):
    """A new warehouse."""

    centro_id = fields.Id(metadata={"description": "The caller's only one when absent."})


class BodegaSalida(ResourceSchema):
    """A warehouse."""

    centro_id = ma.fields.Integer()
    nombre = ma.fields.String()
    principal = ma.fields.Boolean()


class FiltroBodegas(PageQuery):
    """What warehouses can be narrowed to."""

    centro_id = fields.Id()
    principal = fields.Flag()
