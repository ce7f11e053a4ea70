"""What free slots are asked for, and how they are told."""

from typing import Any

import marshmallow as ma

from citas.esquemas.citas import Lugar
from citas.esquemas.tratamientos import ConTratamientos
from citas.modelos.cita import DURACION_MAXIMA, DURACION_MINIMA
from comun import fields
from comun.schema import QuerySchema, Schema


class FiltroDisponibilidad(QuerySchema):
    """For whom or what, and when. Dates are days on each centre's own calendar; a week from today when absent."""

    doctor_id = fields.Id()
    centro_id = fields.Id()
    especialidad = fields.Text(120, metadata={"description": "Its name."})
    tratamiento_id = fields.Id(metadata={"description": "Whose policy says length, buffers, notice and places."})
    fecha = fields.Day()
    desde = fields.Day()
    hasta = fields.Day()
    sala_id = fields.Id(metadata={"description": "Only when this room is free as well."})
    asistente_id = fields.Id(metadata={"description": "Only when this assistant is free as well."})
    paciente_id = fields.Id(metadata={"description": "Only when this patient is free as well; a patient always is."})
    duracion_minutos = fields.Count(
        DURACION_MINIMA, DURACION_MAXIMA, metadata={"description": "Another length than the policy's; staff only."}
    )

    @ma.validates_schema
    def _algo(self, data: dict[str, Any], **_kwargs: object) -> None:
        if not {"doctor_id", "centro_id", "especialidad", "tratamiento_id"} & set(data):
            raise ma.ValidationError("Diga un doctor, un centro, una especialidad o un tratamiento.", "doctor_id")
        if "fecha" in data and {"desde", "hasta"} & set(data):
            raise ma.ValidationError("No va con «desde» ni «hasta».", "fecha")


class TurnoSalida(Schema):
    """A free slot; its fields are those of a booking. `lugares` are the places of a group session."""

    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    sala_id = ma.fields.Integer(allow_none=True)
    # Written as text already: there are thousands.
    fecha_hora = ma.fields.String(metadata={"format": "date-time"})
    fin = ma.fields.String(metadata={"format": "date-time"})
    duracion_minutos = ma.fields.Integer()
    lugares = ma.fields.Integer()


class TurnosSalida(Schema):
    """All free slots of the days asked for, by doctor and centre, then in order of time."""

    desde = ma.fields.String(metadata={"format": "date"})
    hasta = ma.fields.String(metadata={"format": "date"})
    datos = ma.fields.List(ma.fields.Nested(TurnoSalida))


class Deseo(ConTratamientos, Lugar):
    """One precise wish."""

    paciente_id = fields.Id(allow_none=True)


class Verificacion(Schema):
    """Yes, or why not and what is free nearby."""

    disponible = ma.fields.Boolean()
    codigo = ma.fields.String(allow_none=True)
    motivo = ma.fields.String(allow_none=True)
    alternativas = ma.fields.List(ma.fields.Nested(TurnoSalida))
