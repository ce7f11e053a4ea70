"""The dashboard."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import QuerySchema, Schema
from facturacion.casos_de_uso.fuentes import NO_RESPONDE, OK
from facturacion.esquemas.cartera import Antiguedad
from facturacion.esquemas.reportes import CifrasSalida


class FiltroTablero(QuerySchema):
    """Of all of the caller's centres, or of one."""

    centro_id = fields.Id()


class CitasEnCifras(Schema):
    """Appointments by state; `total` and `por_estado` without what was moved to another time."""

    total = ma.fields.Integer()
    por_estado = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())
    reprogramadas = ma.fields.Integer()
    pacientes_atendidos = ma.fields.Integer()


class ProductoEscaso(Schema):
    """A product that is low."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()


class StockBajo(Schema):
    """How many products are low, and the first ten of them by name."""

    total = ma.fields.Integer()
    primeros = ma.fields.List(ma.fields.Nested(ProductoEscaso))


class Ingresos(Schema):
    """Of today, and of this month until today."""

    hoy = ma.fields.Nested(CifrasSalida)
    mes = ma.fields.Nested(CifrasSalida)


class Fuente(Schema):
    """Whether a service answered."""

    estado = ma.fields.String(metadata={"enum": [OK, NO_RESPONDE]})


def fuentes() -> ma.fields.Field[Any]:
    """The services that were asked, by name."""
    return ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Nested(Fuente))


class Tablero(Schema):
    """Today by each centre's own calendar. null: who knows did not answer; see `fuentes`.

    `pacientes_nuevos`: registered this month; of a centre those who have it as their own.
    """

    fecha = ma.fields.Date()
    citas = ma.fields.Nested(CitasEnCifras, allow_none=True)
    ingresos = ma.fields.Nested(Ingresos)
    pacientes_nuevos = ma.fields.Integer(allow_none=True)
    stock_bajo = ma.fields.Nested(StockBajo, allow_none=True)
    cartera = ma.fields.Nested(Antiguedad)
    fuentes = fuentes()
