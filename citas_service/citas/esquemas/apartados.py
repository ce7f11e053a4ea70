"""Holds as they come in and go out."""

import marshmallow as ma

from citas.modelos.cita import DURACION_MAXIMA, DURACION_MINIMA
from comun import fields
from comun.schema import PlainPageQuery, ResourceSchema, Schema


class ApartadoNuevo(Schema):
    """What to put aside. A naive `fecha_hora` is read on the centre's clock."""

    ALIASES = {"fecha": "fecha_hora"}

    paciente_id = fields.Id(
        metadata={"description": "For whom, if that is known already; a patient's are for themselves."}
    )
    doctor_id = fields.Id(required=True)
    centro_id = fields.Id(required=True)
    sala_id = fields.Id(allow_none=True)
    fecha_hora = fields.Moment(required=True)
    duracion_minutos = fields.Count(
        DURACION_MINIMA, DURACION_MAXIMA, metadata={"description": "Minutes; the policy's when absent."}
    )
    tratamiento_id = fields.Id(allow_none=True, metadata={"description": "Whose policy holds."})
    asistente_id = fields.Id(allow_none=True, metadata={"description": "A user of the staff who assists."})


class ApartadoSalida(ResourceSchema):
    """A hold; `fecha_hora` on the centre's clock. From `vence_en` on it does not exist."""

    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    sala_id = ma.fields.Integer(allow_none=True)
    asistente_id = ma.fields.Integer(allow_none=True)
    tratamiento_id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)
    fecha_hora = ma.fields.DateTime()
    duracion_minutos = ma.fields.Integer()
    vence_en = ma.fields.DateTime()


class FiltroApartados(PlainPageQuery):
    """What the list can be narrowed to."""

    doctor_id = fields.Id()
    centro_id = fields.Id()
    paciente_id = fields.Id()
