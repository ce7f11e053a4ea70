"""Emission points as they come in and go out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema

ULTIMO_NUMERO = 999_999_999


class _TresDigitos(fields.Text):
    def __init__(self, **kwargs: Any) -> None:
        tres = ma.validate.Regexp(r"(?!000)[0-9]{3}\Z", error="Son tres dígitos, de 001 a 999.")
        super().__init__(3, validate=tres, **kwargs)


class PuntoCambios(Schema):
    """What can change of an emission point; its series only while it gave no numbers."""

    establecimiento = _TresDigitos(required=True)
    punto = _TresDigitos(required=True)
    nombre = fields.Text(80, required=True)
    principal = fields.Flag(metadata={"description": "Taken when an invoice names none. A centre's first one is it."})
    activo = fields.Flag()


class PuntoNuevo(PuntoCambios):
    """A new emission point of a centre."""

    centro_id = fields.Id(required=True)
    ultima_factura = fields.Count(
        0, ULTIMO_NUMERO, metadata={"description": "The last number that another system gave; 0 when absent."}
    )
    ultima_nota_credito = fields.Count(0, ULTIMO_NUMERO)


class PuntoSalida(ResourceSchema):
    """An emission point."""

    centro_id = ma.fields.Integer()
    establecimiento = ma.fields.String()
    punto = ma.fields.String()
    nombre = ma.fields.String()
    principal = ma.fields.Boolean()
    activo = ma.fields.Boolean()


class FiltroPuntos(PageQuery):
    """What the list can be narrowed to."""

    centro_id = fields.Id()
    activo = fields.Flag()
