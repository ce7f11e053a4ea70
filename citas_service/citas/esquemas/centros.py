"""Holidays and calendars of centres as they come in and go out."""

import marshmallow as ma

from citas.dominio.feriados import PAISES
from citas.esquemas.horarios import ConCitasFuera
from comun import fields
from comun.schema import QuerySchema, ResourceSchema, Schema


class FiltroFeriados(QuerySchema):
    """Which days: this year's when absent, two years at most."""

    desde = fields.Day()
    hasta = fields.Day()


class FeriadoSalida(Schema):
    """A holiday, and whether the centre works all the same."""

    fecha = ma.fields.Date()
    nombre = ma.fields.String()
    atiende = ma.fields.Boolean()


class FeriadosSalida(Schema):
    """The holidays of a centre."""

    datos = ma.fields.List(ma.fields.Nested(FeriadoSalida))


class FeriadoDecidido(Schema):
    """Whether the centre works on the holiday."""

    atiende = fields.Flag(required=True)


class FeriadoCambiado(FeriadoSalida, ConCitasFuera):
    """A holiday, and what the decision means for appointments."""


class CalendarioCentroNuevo(Schema):
    """Whose public holidays the centre keeps."""

    pais = fields.Choice(
        sorted(pais for pais in PAISES if len(pais) == 2),
        required=True,
        allow_none=True,
        metadata={"description": "ISO 3166 code of two letters; null: no holidays."},
    )


class CalendarioCentroSalida(ResourceSchema):
    """Whose public holidays a centre keeps; `id` is the centre's."""

    pais = ma.fields.String(allow_none=True)
    abre = ma.fields.List(ma.fields.String(), metadata={"description": "Holidays on which it works."})


class CalendarioCentroCambiado(CalendarioCentroSalida, ConCitasFuera):
    """A calendar, and what its change means for appointments."""
