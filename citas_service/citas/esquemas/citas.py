"""Appointments as they come in, go out and are asked for."""

import marshmallow as ma

from citas.dominio.estados import Estado
from citas.esquemas.tratamientos import ConTratamientos, LineaBreve
from citas.modelos.cita import DURACION_MAXIMA, DURACION_MINIMA
from comun import fields
from comun.schema import DaysQuery, PageQuery, ResourceSchema, Schema


class Lugar(Schema):
    """With whom, where, when and for how long: the base of what is booked, put aside or only asked about."""

    ALIASES = {"fecha": "fecha_hora"}

    paciente_id = fields.Id()
    doctor_id = fields.Id(required=True)
    centro_id = fields.Id(required=True)
    sala_id = fields.Id(allow_none=True)
    fecha_hora = fields.Moment(required=True)
    duracion_minutos = fields.Count(
        DURACION_MINIMA,
        DURACION_MAXIMA,
        metadata={"description": "Minutes; what treatments and policies say when absent."},
    )
    tratamiento_id = fields.Id(allow_none=True, metadata={"description": "The first treatment, whose policy holds."})
    asistente_id = fields.Id(allow_none=True, metadata={"description": "A user of the staff who assists."})


class CitaNueva(Lugar):
    """What it takes to book. A naive `fecha_hora` is read on the centre's clock."""

    ALIASES = {**Lugar.ALIASES, "motivo": "motivo_consulta"}

    paciente_id = fields.Id(required=True)
    sobreturno = fields.Flag(metadata={"description": "Although hours, blocks or policies speak against it."})
    motivo_sobreturno = fields.Text(300, metadata={"description": "Why; goes with `sobreturno`."})
    motivo_consulta = fields.Text(500, allow_none=True)
    telefono_contacto = fields.Phone(allow_none=True)
    email_contacto = fields.Email(allow_none=True)


class CitaPedida(ConTratamientos, CitaNueva):
    """A booking; it can use up a hold."""

    apartado_id = fields.Id(metadata={"description": "The hold that the caller has on this time."})


class CitaCambios(CitaNueva):
    """A PUT: cancels, moves or corrects."""

    ALIASES = {**CitaNueva.ALIASES, "motivo": "motivo_cancelacion"}

    estado = fields.Choice(Estado)
    motivo_cancelacion = fields.Text(500, allow_none=True)


class CambioDeEstado(Schema):
    """PATCH …/estado."""

    estado = fields.Choice(Estado, required=True)
    motivo = fields.Text(500, allow_none=True)


class PersonaBreve(Schema):
    """A person's name inside an appointment."""

    id = ma.fields.Integer()
    nombres = ma.fields.String()
    apellidos = ma.fields.String()


class PacienteBreve(PersonaBreve):
    """The patient inside an appointment."""

    telefono = ma.fields.String(allow_none=True)


class CitaSalida(ResourceSchema):
    """An appointment; `fecha_hora` on the centre's clock."""

    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    sala_id = ma.fields.Integer(allow_none=True)
    fecha_hora = ma.fields.DateTime()
    duracion_minutos = ma.fields.Integer()
    estado = ma.fields.String(metadata={"enum": [str(e) for e in Estado]})
    motivo_consulta = ma.fields.String(allow_none=True)
    motivo_cancelacion = ma.fields.String(allow_none=True)
    telefono_contacto = ma.fields.String(allow_none=True)
    email_contacto = ma.fields.String(allow_none=True)
    recordatorio_enviado = ma.fields.Boolean()
    tratamiento_id = ma.fields.Integer(allow_none=True)
    tratamientos = ma.fields.List(ma.fields.Nested(LineaBreve), attribute="lineas")
    asistente_id = ma.fields.Integer(allow_none=True)
    sobreturno = ma.fields.Boolean()
    motivo_sobreturno = ma.fields.String(allow_none=True)
    serie_id = ma.fields.Integer(allow_none=True)
    cambio_solicitado_en = ma.fields.DateTime(allow_none=True)
    cambio_solicitado = ma.fields.String(allow_none=True)
    registrado_por = ma.fields.String()
    reprograma_a_id = ma.fields.Integer(allow_none=True)
    reprogramada_en_id = ma.fields.Integer(allow_none=True)
    paciente = ma.fields.Nested(PacienteBreve)
    doctor = ma.fields.Nested(PersonaBreve)
    asistente = ma.fields.Nested(PersonaBreve, allow_none=True)


class CitaBreve(Schema):
    """An appointment as a calendar or a list of many shows it; times on the centre's clock."""

    id = ma.fields.Integer()
    fecha_hora = ma.fields.DateTime()
    fin = ma.fields.DateTime(attribute="fin_local")
    duracion_minutos = ma.fields.Integer()
    estado = ma.fields.String(metadata={"enum": [str(e) for e in Estado]})
    paciente = ma.fields.Nested(PacienteBreve)
    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    sala_id = ma.fields.Integer(allow_none=True)
    tratamiento_id = ma.fields.Integer(allow_none=True)
    motivo_consulta = ma.fields.String(allow_none=True)
    sobreturno = ma.fields.Boolean()
    cambio_solicitado = ma.fields.String(allow_none=True)
    serie_id = ma.fields.Integer(allow_none=True)
    sesion_id = ma.fields.Integer(allow_none=True)
    reprograma_a_id = ma.fields.Integer(allow_none=True)


class CitaCambiada(CitaSalida):
    """The answer to a PUT. A cancelled or moved one says so in `mensaje`; a moved one shows both."""

    mensaje = ma.fields.String()
    cita = ma.fields.Nested(CitaSalida)
    cita_anterior = ma.fields.Nested(CitaSalida)


class CambioEstadoSalida(Schema):
    """One step in the life of an appointment."""

    de = ma.fields.String(allow_none=True)
    a = ma.fields.String()
    por = ma.fields.String()
    motivo = ma.fields.String(allow_none=True)
    momento = ma.fields.DateTime()


class FiltroCitas(DaysQuery, PageQuery):
    """What the list can be narrowed to. Dates are days on each centre's own calendar."""

    fecha = fields.Day()
    desde = fields.Day()
    hasta = fields.Day()
    doctor_id = fields.Id()
    centro_id = fields.Id()
    paciente_id = fields.Id()
    serie_id = fields.Id()
    estado = fields.Choice(Estado)
    cambio_solicitado = fields.Flag(metadata={"description": "Whose patient asked for another time."})
    q = fields.Text(100, metadata={"description": "Part of patient's or doctor's name, or of the motive."})
