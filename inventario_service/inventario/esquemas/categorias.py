"""Categories."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class CategoriaNueva(Schema):
    """A new category."""

    nombre = fields.Text(120, required=True)


class CategoriaSalida(ResourceSchema):
    """A category."""

    nombre = ma.fields.String()


class FiltroCategorias(PageQuery):
    """What categories can be narrowed to."""

    q = fields.Text(100, metadata={"description": "Part of the name."})
    nombre = fields.Text(120)
