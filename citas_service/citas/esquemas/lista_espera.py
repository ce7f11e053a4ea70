"""The waitlist as it comes in, goes out and is asked for."""

import marshmallow as ma

from citas.esquemas.citas import CitaSalida, PacienteBreve
from citas.esquemas.tiempo import DiaSemana, HoraDelDia
from citas.modelos.espera import EstadoEspera
from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class EsperaCambios(Schema):
    """A PUT: what is wished for. What is null does not matter to the patient."""

    doctor_id = fields.Id(allow_none=True)
    centro_id = fields.Id(allow_none=True)
    especialidad = fields.Text(120, allow_none=True, metadata={"description": "Its name."})
    tratamiento_id = fields.Id(allow_none=True, metadata={"description": "Whose policy says how long it takes."})
    desde = fields.Day(metadata={"description": "First day on the centre's calendar; today when absent."})
    hasta = fields.Day(metadata={"description": "Last day, at most a year ahead."})
    hora_desde = HoraDelDia(allow_none=True, metadata={"description": "Not before, on the centre's clock."})
    hora_hasta = HoraDelDia(fin=True, allow_none=True, metadata={"description": "Over by then."})
    dias_semana = ma.fields.List(
        DiaSemana(),
        allow_none=True,
        validate=ma.validate.Length(min=1, max=7),
        metadata={"description": "Any when null."},
    )
    prioridad = fields.Count(0, 9, metadata={"description": "The greater the sooner; the staff's to set."})
    notas = fields.Text(500, allow_none=True)


class EsperaNueva(EsperaCambios):
    """A wish. A patient's is their own; at least one of doctor, centre and specialty."""

    paciente_id = fields.Id()
    hasta = fields.Day(required=True, metadata={"description": "Last day, at most a year ahead."})


class OfertaSalida(Schema):
    """A time that is kept for the patient until `vence_en`; `fecha_hora` on the centre's clock."""

    id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    fecha_hora = ma.fields.DateTime()
    duracion_minutos = ma.fields.Integer()
    vence_en = ma.fields.DateTime()


class EsperaSalida(ResourceSchema):
    """A wish, and the offer that waits for an answer."""

    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer(allow_none=True)
    centro_id = ma.fields.Integer(allow_none=True)
    especialidad = ma.fields.String(allow_none=True)
    tratamiento_id = ma.fields.Integer(allow_none=True)
    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    hora_desde = HoraDelDia(allow_none=True)
    hora_hasta = HoraDelDia(fin=True, allow_none=True)
    dias_semana = ma.fields.List(DiaSemana(), allow_none=True)
    prioridad = ma.fields.Integer()
    notas = ma.fields.String(allow_none=True)
    estado = ma.fields.String(metadata={"enum": [str(e) for e in EstadoEspera]})
    registrado_por = ma.fields.String()
    cita_id = ma.fields.Integer(allow_none=True, metadata={"description": "What came of it."})
    paciente = ma.fields.Nested(PacienteBreve)
    oferta = ma.fields.Nested(OfertaSalida, allow_none=True)


class EsperaAtendida(Schema):
    """The answer to an acceptance."""

    mensaje = ma.fields.String()
    espera = ma.fields.Nested(EsperaSalida)
    cita = ma.fields.Nested(CitaSalida)


class FiltroEsperas(PageQuery):
    """What the list can be narrowed to."""

    estado = fields.Choice(EstadoEspera)
    doctor_id = fields.Id()
    centro_id = fields.Id()
    paciente_id = fields.Id()
