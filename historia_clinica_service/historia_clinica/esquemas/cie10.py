"""The catalogue of diagnoses."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PlainPageQuery, Schema
from historia_clinica.dominio.cie10 import CAPITULOS, normal


class CodigoCie10(fields.Text):
    """A code of the CIE-10, with or without its point."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(8, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return normal(super()._deserialize(value, attr, data, **kwargs))
        except ValueError as error:
            if isinstance(error, ma.ValidationError):
                raise
            raise ma.ValidationError("No es un código CIE-10, como K02.1.") from None


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
