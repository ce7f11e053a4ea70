"""Holds as they come in and go out."""

import marshmallow as ma

from citas.esquemas.citas import Lugar
from citas.esquemas.tratamientos import ConTratamientos
from comun import fields
from comun.schema import PlainPageQuery, ResourceSchema


class ApartadoNuevo(ConTratamientos, Lugar):
    """What to put aside. A naive `fecha_hora` is read on the centre's clock."""

    paciente_id = fields.Id(
        metadata={"description": "For whom, if that is known already; a patient's are for themselves."}
    )


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
