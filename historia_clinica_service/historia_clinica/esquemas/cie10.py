"""The catalogue of diagnoses."""

import marshmallow as ma

from comun import fields
from comun.schema import PlainPageQuery, Schema
from historia_clinica.dominio.cie10 import CAPITULOS


class FiltroCie10(PlainPageQuery):
    """`q`: the beginning of a code, or of words of the name in Spanish or English. `todos`: categories that only head
    others, and codes out of use, as well.
    """

    q = fields.Text(100)
    capitulo = fields.Choice(CAPITULOS)
    todos = fields.Flag(load_default=False)


class Cie10Salida(Schema):
    """One code. `buscable`: a diagnosis can be it."""

    codigo = ma.fields.String()
    nombre_es = ma.fields.String()
    nombre_en = ma.fields.String(allow_none=True)
    capitulo = ma.fields.String()
    activo = ma.fields.Boolean()
    buscable = ma.fields.Boolean()
