"""Blocks of doctors, closures of centres and rooms, as they come in and go out."""

import marshmallow as ma

from citas.esquemas.horarios import ConCitasFuera
from citas.modelos.horario import MOTIVOS
from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema

_ZONA = {"description": "On whose clock it is; without it the centre's, else that of the doctor's first hours."}


class _Tiempo(Schema):
    tipo = fields.Choice(MOTIVOS, load_default="otro")
    motivo = fields.Text(300, allow_none=True)
    inicio = fields.Moment(required=True)
    fin = fields.Moment(required=True)
    rrule = fields.Text(
        220,
        allow_none=True,
        metadata={"description": "When it comes again: RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,TU."},
    )
    zona_horaria = fields.TimeZone(metadata=_ZONA)


class BloqueoNuevo(_Tiempo):
    """When a doctor is not there; with a centre, only there. Naive times are readings of the zone's clock."""

    centro_id = fields.Id(allow_none=True)


class CierreNuevo(_Tiempo):
    """When a centre is closed, or with `sala_id` one of its rooms. Naive times are on the centre's clock."""

    tipo = fields.Choice(MOTIVOS, load_default="cierre")
    sala_id = fields.Id(allow_none=True)


class _TiempoSalida(ResourceSchema):
    centro_id = ma.fields.Integer(allow_none=True)
    tipo = ma.fields.String(metadata={"enum": list(MOTIVOS)})
    motivo = ma.fields.String(allow_none=True)
    inicio = ma.fields.DateTime(attribute="desde")
    fin = ma.fields.DateTime(attribute="hasta")
    zona_horaria = ma.fields.String()
    rrule = ma.fields.String(allow_none=True)
    termina = ma.fields.DateTime(allow_none=True, metadata={"description": "When the last one ends; null: never."})


class BloqueoSalida(_TiempoSalida):
    """A block; `inicio` and `fin` are on the clock of `zona_horaria`, those of the first time if it comes again."""

    doctor_id = ma.fields.Integer()


class CierreSalida(_TiempoSalida):
    """A closure of a centre or of a room. Times as those of a block."""

    sala_id = ma.fields.Integer(allow_none=True)


class BloqueoCambiado(BloqueoSalida, ConCitasFuera):
    """A block, and what it means for appointments."""


class CierreCambiado(CierreSalida, ConCitasFuera):
    """A closure, and what it means for appointments."""


class FiltroBloqueos(PageQuery):
    """What blocks can be narrowed to: those that end on `desde` or later (UTC), and one kind."""

    desde = fields.Day()
    tipo = fields.Choice(MOTIVOS)
