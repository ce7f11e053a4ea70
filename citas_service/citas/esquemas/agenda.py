"""A doctor's or a centre's agenda as a calendar draws it."""

from typing import Any

import marshmallow as ma

from citas.esquemas.citas import CitaBreve, PersonaBreve
from citas.esquemas.tiempo import HoraDelDia
from comun import fields
from comun.schema import QuerySchema, Schema

DIAS_MAXIMOS = 42
VISTAS = ("dia", "semana")


class FiltroAgenda(QuerySchema):
    """Which days: `fecha` (today when absent) or the week around it, or `desde` and `hasta`."""

    fecha = fields.Day(metadata={"description": "Today, when nothing is given."})
    vista = fields.Choice(VISTAS, metadata={"description": "`semana`: Monday to Sunday around `fecha`."})
    desde = fields.Day()
    hasta = fields.Day(metadata={"description": f"At most {DIAS_MAXIMOS} days, both inclusive."})
    incluir_canceladas = fields.Flag(load_default=False)

    @ma.validates_schema
    def _dias(self, data: dict[str, Any], **_kwargs: object) -> None:
        desde, hasta = data.get("desde"), data.get("hasta")
        if desde is None and hasta is None:
            return
        if desde is None or hasta is None:
            raise ma.ValidationError("«desde» y «hasta» van juntos.", "desde" if desde is None else "hasta")
        for campo in ("fecha", "vista"):
            if campo in data:
                raise ma.ValidationError("No va con «desde» y «hasta».", campo)
        if hasta < desde:
            raise ma.ValidationError("Es anterior a «desde».", "hasta")
        if (hasta - desde).days >= DIAS_MAXIMOS:
            raise ma.ValidationError(f"Admite hasta {DIAS_MAXIMOS} días.", "hasta")


class Franja(Schema):
    """Hours on the centre's clock."""

    desde = HoraDelDia()
    hasta = HoraDelDia(fin=True)
    sala_id = ma.fields.Integer(allow_none=True)


class Intervalo(Schema):
    """From `inicio` until just before `fin`, on the centre's clock."""

    inicio = ma.fields.DateTime()
    fin = ma.fields.DateTime()


class BloqueoBreve(Intervalo):
    """Time at which the doctor is not there, or the centre is closed; whole, also where it exceeds the day."""

    id = ma.fields.Integer()
    tipo = ma.fields.String()
    motivo = ma.fields.String(allow_none=True)


class ApartadoBreve(Intervalo):
    """A slot that is put aside."""

    id = ma.fields.Integer()
    vence_en = ma.fields.DateTime()


class CentroBreve(Schema):
    """A centre inside an agenda."""

    id = ma.fields.Integer()
    nombre = ma.fields.String()
    zona_horaria = ma.fields.String()


class DoctorDelDia(Schema):
    """One column of a day: a doctor at a centre.

    `trabajo`: the hours without holiday, closures and blocks; `libres`: of that, what nobody has taken.
    """

    doctor = ma.fields.Nested(PersonaBreve)
    centro_id = ma.fields.Integer()
    feriado = ma.fields.String(allow_none=True)
    horarios = ma.fields.List(ma.fields.Nested(Franja))
    trabajo = ma.fields.List(ma.fields.Nested(Intervalo))
    libres = ma.fields.List(ma.fields.Nested(Intervalo))
    bloqueos = ma.fields.List(ma.fields.Nested(BloqueoBreve))
    citas = ma.fields.List(ma.fields.Nested(CitaBreve))
    apartados = ma.fields.List(ma.fields.Nested(ApartadoBreve))


class DiaDeAgenda(Schema):
    """A day of the calendar; `feriado`: the holiday that all the centres shown keep."""

    fecha = ma.fields.Date()
    feriado = ma.fields.String(allow_none=True)
    doctores = ma.fields.List(ma.fields.Nested(DoctorDelDia))


class AgendaSalida(Schema):
    """The days asked for, all of them, with whoever works or has appointments on them.

    `zona_horaria`: that of the centre, or of the doctor's centres where it is the same; else each has its own.
    """

    zona_horaria = ma.fields.String(allow_none=True)
    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    centros = ma.fields.List(ma.fields.Nested(CentroBreve))
    dias = ma.fields.List(ma.fields.Nested(DiaDeAgenda))
