"""Series of appointments as they come in and go out."""

from datetime import datetime
from typing import Any

import marshmallow as ma

from citas.dominio.estados import Estado
from citas.dominio.recurrencia import LARGO_MAXIMO
from citas.esquemas.citas import CitaBreve, CitaNueva
from citas.esquemas.tiempo import HoraDelDia
from citas.esquemas.tratamientos import ConTratamientos
from citas.modelos.cita import DURACION_MAXIMA, DURACION_MINIMA
from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema


class Lectura(ma.fields.Field[datetime]):
    """A moment with its offset; without one where the clock does not show it once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Not the `date-time` of JSON Schema, which has an offset always.
        self.metadata = {"type": "string", "example": "2027-01-15T10:00:00", **self.metadata}

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.isoformat()


class Simulacion(QuerySchema):
    """Whether it is only to be told what would happen."""

    simular = fields.Flag(load_default=False, metadata={"description": "Answers 200 and writes nothing."})


class SerieNueva(ConTratamientos, CitaNueva):
    """A booking that comes again: `fecha_hora` is the first, at the same time of day on the centre's clock."""

    rrule = fields.Text(
        LARGO_MAXIMO + 6,
        required=True,
        metadata={"description": "RFC 5545; ends by COUNT or UNTIL.", "example": "FREQ=WEEKLY;COUNT=10"},
    )
    omitir_conflictos = fields.Flag(
        load_default=False, metadata={"description": "Books those that can be had instead of none."}
    )


class SerieCambios(Schema):
    """A PUT: what is to change in the coming ones. What is absent stays."""

    ALIASES = {"motivo": "motivo_consulta"}

    desde_cita_id = fields.Id(metadata={"description": "That one and the following; absent: all that lie ahead."})
    hora = HoraDelDia(metadata={"description": "Their time of day on the centre's clock."})
    dias = fields.Count(-366, 366, metadata={"description": "So many days later, or earlier."})
    doctor_id = fields.Id()
    sala_id = fields.Id(allow_none=True)
    duracion_minutos = fields.Count(DURACION_MINIMA, DURACION_MAXIMA)
    motivo_consulta = fields.Text(500, allow_none=True)
    sobreturno = fields.Flag(metadata={"description": "Although hours, blocks or policies speak against it."})
    motivo_sobreturno = fields.Text(300, metadata={"description": "Why; goes with `sobreturno`."})
    omitir_conflictos = fields.Flag(
        load_default=False, metadata={"description": "Those that can't be changed stay as they are."}
    )


class SerieCancelacion(Schema):
    """PATCH …/estado."""

    estado = fields.Choice([Estado.CANCELADA], required=True)
    motivo = fields.Text(500, allow_none=True)
    desde_cita_id = fields.Id(metadata={"description": "That one and the following; absent: all that lie ahead."})


class SerieSalida(ResourceSchema):
    """How a series was booked. What became of it is what its appointments say."""

    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    primera = Lectura(metadata={"description": "On the centre's clock, without offset."})
    zona_horaria = ma.fields.String()
    rrule = ma.fields.String()
    motivo_consulta = ma.fields.String(allow_none=True)
    registrado_por = ma.fields.String()


class SerieDetalle(SerieSalida):
    """With its appointments, in order of time; of one that was moved, the one in its place."""

    citas = ma.fields.List(ma.fields.Nested(CitaBreve))


class FechaOmitida(Schema):
    """A date that can't be had, and why. `cita_id`: the appointment that stays as it was."""

    fecha_hora = Lectura()
    cita_id = ma.fields.Integer(allow_none=True)
    codigo = ma.fields.String(allow_none=True)
    motivo = ma.fields.String(allow_none=True)


class FechaPrevista(FechaOmitida):
    """A date of a preview. `cita_id`: the appointment that would be changed."""

    disponible = ma.fields.Boolean()


class SerieAgendada(Schema):
    """What was booked or changed, and what could not be."""

    serie = ma.fields.Nested(SerieSalida)
    citas = ma.fields.List(ma.fields.Nested(CitaBreve))
    omitidas = ma.fields.List(ma.fields.Nested(FechaOmitida))


class SeriePrevista(Schema):
    """What would happen: each date, and how many of them can be had and can't."""

    fechas = ma.fields.List(ma.fields.Nested(FechaPrevista))
    disponibles = ma.fields.Integer()
    conflictos = ma.fields.Integer()


class SerieCambiada(SerieAgendada, SeriePrevista):
    """The answer to a PUT: what was changed, or with `simular` what would happen."""


class SerieCancelada(Schema):
    """How many appointments were cancelled."""

    mensaje = ma.fields.String()
    canceladas = ma.fields.Integer()
    serie = ma.fields.Nested(SerieSalida)


class FiltroSeries(PageQuery):
    """What the list can be narrowed to."""

    doctor_id = fields.Id()
    centro_id = fields.Id()
    paciente_id = fields.Id()
