"""What a patient is told that this service holds of them, beside the appointments."""

import marshmallow as ma

from citas.esquemas.tiempo import DiaSemana, HoraDelDia
from comun.schema import ResourceSchema


class EsperaDelPaciente(ResourceSchema):
    """A wish on the waitlist."""

    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    especialidad = ma.fields.String()
    tratamiento_id = ma.fields.Integer()
    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    hora_desde = HoraDelDia()
    hora_hasta = HoraDelDia(fin=True)
    dias_semana = ma.fields.List(DiaSemana())
    prioridad = ma.fields.Integer()
    notas = ma.fields.String()
    estado = ma.fields.String()
    registrado_por = ma.fields.String()
    cita_id = ma.fields.Integer()


class SerieDelPaciente(ResourceSchema):
    """A series of appointments; `primera` is a reading of the clock of `zona_horaria`."""

    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    primera = ma.fields.NaiveDateTime()
    zona_horaria = ma.fields.String()
    rrule = ma.fields.String()
    motivo_consulta = ma.fields.String()
    registrado_por = ma.fields.String()


class ApartadoDelPaciente(ResourceSchema):
    """A slot put aside."""

    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    tratamiento_id = ma.fields.Integer()
    inicio = ma.fields.DateTime()
    fin = ma.fields.DateTime()
    vence_en = ma.fields.DateTime()
    por = ma.fields.String()


class CalendarioDelPaciente(ResourceSchema):
    """A calendar feed, without what opens it."""

    nombre = ma.fields.String()
    con_nombres = ma.fields.Boolean()
