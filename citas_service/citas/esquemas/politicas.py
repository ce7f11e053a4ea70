"""Policies of appointments as they come in and go out."""

import marshmallow as ma

from citas.modelos.cita import DURACION_MAXIMA, DURACION_MINIMA
from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema

_UN_ANO = 366 * 24 * 60


def _distintos(recordatorios: list[int]) -> None:
    if len(set(recordatorios)) < len(recordatorios):
        raise ma.ValidationError("Hay uno repetido.")


class PoliticaNueva(Schema):
    """What holds for a treatment, at a centre; null in either: for all of them. A rule that is null is inherited."""

    centro_id = fields.Id(allow_none=True)
    tratamiento_id = fields.Id(allow_none=True)
    duracion_minutos = fields.Count(DURACION_MINIMA, DURACION_MAXIMA, allow_none=True)
    holgura_antes_minutos = fields.Count(0, 240, allow_none=True)
    holgura_despues_minutos = fields.Count(0, 240, allow_none=True)
    anticipacion_minutos = fields.Count(
        0, _UN_ANO, allow_none=True, metadata={"description": "Least time from booking to start."}
    )
    horizonte_dias = fields.Count(1, 3660, allow_none=True, metadata={"description": "Furthest ahead."})
    cancelacion_minutos = fields.Count(
        0, _UN_ANO, allow_none=True, metadata={"description": "How late patients may still cancel by themselves."}
    )
    capacidad = fields.Count(1, 200, allow_none=True, metadata={"description": "Places of a group session; 1: none."})
    tipo_sala = fields.Text(40, allow_none=True, metadata={"description": "Kind of room that it needs."})
    recordatorios = ma.fields.List(
        fields.Count(5, 30 * 24 * 60),
        allow_none=True,
        validate=[ma.validate.Length(max=5), _distintos],
        metadata={"description": "Minutes before the start, at most five; an empty list: none."},
    )
    apartado_minutos = fields.Count(1, 1440, allow_none=True, metadata={"description": "How long a hold lasts."})


class ReglasSalida(Schema):
    """The rules of one kind of appointment."""

    centro_id = ma.fields.Integer(allow_none=True)
    tratamiento_id = ma.fields.Integer(allow_none=True)
    duracion_minutos = ma.fields.Integer(allow_none=True)
    holgura_antes_minutos = ma.fields.Integer(allow_none=True)
    holgura_despues_minutos = ma.fields.Integer(allow_none=True)
    anticipacion_minutos = ma.fields.Integer(allow_none=True)
    horizonte_dias = ma.fields.Integer(allow_none=True)
    cancelacion_minutos = ma.fields.Integer(allow_none=True)
    capacidad = ma.fields.Integer(allow_none=True)
    tipo_sala = ma.fields.String(allow_none=True)
    recordatorios = ma.fields.List(ma.fields.Integer(), allow_none=True)
    apartado_minutos = ma.fields.Integer(allow_none=True)


class PoliticaSalida(ReglasSalida, ResourceSchema):
    """A policy; null is inherited."""


class FiltroPoliticas(PageQuery):
    """What policies can be narrowed to."""

    centro_id = fields.Id()
    tratamiento_id = fields.Id()


class ConsultaEfectiva(QuerySchema):
    """Which policy: of a treatment, or of an appointment without one, at a centre."""

    centro_id = fields.Id(required=True)
    tratamiento_id = fields.Id()
