"""Reports: what they are asked for, and their figures."""

from typing import Any

import marshmallow as ma

from citas.esquemas.citas import PersonaBreve
from comun import fields
from comun.schema import DaysQuery, QuerySchema, Schema

AGRUPACIONES = ("dia", "doctor", "centro", "especialidad")


class Rango(DaysQuery):
    """Days on each centre's own calendar, both inclusive; the current month when absent, at most 366 days.

    With one of them only, the other is the beginning or the end of its month.
    """

    MAX_DAYS = 366

    desde = fields.Day()
    hasta = fields.Day()
    centro_id = fields.Id()


class FiltroProductividad(Rango):
    """Whose productivity."""

    especialidad = fields.Text(120)


class FiltroReporte(FiltroProductividad):
    """Which appointments are counted, and in which groups."""

    doctor_id = fields.Id()
    agrupar = fields.Choice(AGRUPACIONES, load_default="dia")


class Cifras(Schema):
    """Counts of appointments.

    `programadas`: all that were booked for these days; each is one of atendidas, canceladas, reprogramadas (moved to
    another time), no_asistio or pendientes (still open). `tasa_no_asistencia`: no_asistio / (atendidas + no_asistio);
    null without any. `antelacion_promedio_dias`: from booking to start, on average.
    """

    programadas = ma.fields.Integer()
    atendidas = ma.fields.Integer()
    canceladas = ma.fields.Integer()
    reprogramadas = ma.fields.Integer()
    no_asistio = ma.fields.Integer()
    pendientes = ma.fields.Integer()
    sobreturnos = ma.fields.Integer()
    tasa_no_asistencia = ma.fields.Float(allow_none=True)
    antelacion_promedio_dias = ma.fields.Float(allow_none=True)


class CentroNombrado(Schema):
    """A centre inside a report."""

    id = ma.fields.Integer()
    nombre = ma.fields.String()


class FilaReporte(Cifras):
    """One group; of the first four fields it has the one that `agrupar` names."""

    dia = ma.fields.Date()
    doctor = ma.fields.Nested(PersonaBreve)
    centro = ma.fields.Nested(CentroNombrado)
    especialidad = ma.fields.String(
        allow_none=True, metadata={"description": "null: doctors without one. Those with several count in each."}
    )


class ReporteCitas(Schema):
    """Appointments in figures."""

    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    agrupar = ma.fields.String(metadata={"enum": list(AGRUPACIONES)})
    totales = ma.fields.Nested(Cifras)
    filas = ma.fields.List(ma.fields.Nested(FilaReporte))


class CifrasProductividad(Cifras):
    """With minutes.

    `minutos_ofrecidos`: the hours without holidays, closures and blocks; `minutos_reservados`: of what was neither
    cancelled nor moved, what begins together once; `ocupacion`: booked / offered, null when nothing was offered;
    above 1 with work outside the hours.
    """

    minutos_ofrecidos = ma.fields.Integer()
    minutos_reservados = ma.fields.Integer()
    minutos_atendidos = ma.fields.Integer()
    ocupacion = ma.fields.Float(allow_none=True)


class FilaProductividad(CifrasProductividad):
    """One doctor."""

    doctor = ma.fields.Nested(PersonaBreve)


class ReporteProductividad(Schema):
    """All doctors, by name."""

    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    totales = ma.fields.Nested(CifrasProductividad)
    doctores = ma.fields.List(ma.fields.Nested(FilaProductividad))


class ProductividadDeDoctor(FilaProductividad):
    """A doctor's figures."""

    desde = ma.fields.Date()
    hasta = ma.fields.Date()


class ResumenConsulta(QuerySchema):
    """Days on each centre's own calendar, both inclusive: both or none, which is today."""

    desde = fields.Day()
    hasta = fields.Day()
    centros = fields.Ids(metadata={"description": "Ids, separated by commas."})
    doctor_id = fields.Id()

    @ma.validates_schema
    def _juntos(self, data: dict[str, Any], **_kwargs: object) -> None:
        if ("desde" in data) != ("hasta" in data):
            raise ma.ValidationError("«desde» y «hasta» van juntos.", "hasta")


class ResumenCitas(Schema):
    """Counts; `total` and `por_estado` without what was moved to another time."""

    total = ma.fields.Integer()
    por_estado = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer())
    reprogramadas = ma.fields.Integer()
    pacientes_atendidos = ma.fields.Integer()
