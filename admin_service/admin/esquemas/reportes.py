"""Reports on patients."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import DaysQuery, Schema


class FiltroReporte(DaysQuery):
    """Patients created within these days (of Ecuador's calendar), of one home centre."""

    desde = fields.Day()
    hasta = fields.Day()
    centro_id = fields.Id()


class Grupo(Schema):
    """One group and how many are in it; `clave` is null for those of whom it is not known."""

    clave = ma.fields.String(allow_none=True)
    cantidad = ma.fields.Integer()


def _grupos() -> ma.fields.Field[Any]:
    return ma.fields.List(ma.fields.Nested(Grupo))


class ReportePacientes(Schema):
    """Figures of patients."""

    total = ma.fields.Integer()
    por_estado = _grupos()
    por_mes = _grupos()
    por_fuente = _grupos()
    por_aseguradora = _grupos()
    por_linea_negocio = _grupos()
    por_genero = _grupos()
    por_edad = _grupos()
