"""Hours of doctors as they come in and go out."""

import marshmallow as ma

from citas.esquemas.tiempo import DiaSemana, HoraDelDia
from comun import fields
from comun.schema import DaysQuery, PageQuery, QuerySchema, ResourceSchema, Schema


class Confirmacion(QuerySchema):
    """That a change is meant although it leaves appointments outside the rules."""

    confirmar = fields.Flag(
        load_default=False, metadata={"description": "Even if appointments are left outside; none is dropped."}
    )


class HorarioNuevo(Schema):
    """Hours on a weekday, on the centre's clock."""

    centro_id = fields.Id(required=True)
    dia_semana = DiaSemana(required=True)
    desde = HoraDelDia(required=True)
    hasta = HoraDelDia(fin=True, required=True)
    turno_minutos = fields.Count(
        5, 720, metadata={"description": "From one offered start to the next; the centre's duration when absent."}
    )
    sala_id = fields.Id(allow_none=True, metadata={"description": "The room in which the doctor sits then."})
    vigente_desde = fields.Day(allow_none=True, metadata={"description": "First day; none: since ever."})
    vigente_hasta = fields.Day(allow_none=True, metadata={"description": "Last day; none: for ever."})


class CitaFueraSalida(Schema):
    """An appointment outside the rules; `motivo` says which rule."""

    id = ma.fields.Integer()
    fecha_hora = ma.fields.DateTime()
    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    motivo = ma.fields.String()


class CitasFuera(Schema):
    """All appointments outside the rules."""

    datos = ma.fields.List(ma.fields.Nested(CitaFueraSalida))


class ConCitasFuera(Schema):
    """What the answer to a change of rules says beside the changed."""

    citas_fuera = ma.fields.List(
        ma.fields.Nested(CitaFueraSalida),
        metadata={"description": "Appointments that this left outside the rules; they stand."},
    )


class HorarioSalida(ResourceSchema):
    """Hours of a doctor."""

    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    dia_semana = DiaSemana()
    desde = HoraDelDia()
    hasta = HoraDelDia(fin=True)
    turno_minutos = ma.fields.Integer()
    sala_id = ma.fields.Integer(allow_none=True)
    vigente_desde = ma.fields.Date(allow_none=True)
    vigente_hasta = ma.fields.Date(allow_none=True)


class HorarioCambiado(HorarioSalida, ConCitasFuera):
    """Hours, and what their change means for appointments."""


class FiltroHorarios(PageQuery):
    """What a doctor's hours can be narrowed to."""

    centro_id = fields.Id()
    dia_semana = DiaSemana()


class FiltroFuera(DaysQuery):
    """What the appointments outside the rules can be narrowed to. Dates are days on each centre's calendar."""

    doctor_id = fields.Id()
    centro_id = fields.Id()
    desde = fields.Day()
    hasta = fields.Day()
