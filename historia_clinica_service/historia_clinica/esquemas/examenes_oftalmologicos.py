"""Eye exams as they come in, go out and are asked for."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from historia_clinica.dominio.notas import Condicion, Ojo
from historia_clinica.esquemas.cie10 import CodigoCie10
from historia_clinica.esquemas.comunes import ConAlertas, Persona
from historia_clinica.esquemas.ojos import NOTA, AvisoOcular, HoraDelDia, OjoExaminado, OjoSalida


class DiagnosticoOcular(Schema):
    """What the doctor makes of it; of one eye or both (`ao`)."""

    descripcion = fields.Text(NOTA, required=True)
    codigo_cie10 = CodigoCie10(allow_none=True)
    ojo = fields.Choice(Ojo, load_default=Ojo.AO)
    condicion = fields.Choice(Condicion, load_default=Condicion.PRESUNTIVO)


class ExamenEscrito(Schema):
    """What a doctor writes of an exam; an eye comes whole."""

    momento = fields.Moment(metadata={"description": "When the eyes were examined; now when absent."})
    motivo = fields.Text(2000, allow_none=True)
    od = ma.fields.Nested(OjoExaminado, allow_none=True, metadata={"description": "Right eye."})
    oi = ma.fields.Nested(OjoExaminado, allow_none=True, metadata={"description": "Left eye."})
    campo_visual = fields.Text(2000, allow_none=True)
    vision_colores = fields.Text(2000, allow_none=True)
    vision_binocular = fields.Text(2000, allow_none=True, metadata={"description": "Fusion, stereopsis, deviations."})
    diagnosticos = ma.fields.List(ma.fields.Nested(DiagnosticoOcular), validate=ma.validate.Length(max=20))
    plan = fields.Text(4000, allow_none=True)
    observaciones = fields.Text(4000, allow_none=True)


class ExamenNuevo(ExamenEscrito):
    """A new exam, at an appointment of the doctor with the patient or without one."""

    cita_id = fields.Id(allow_none=True)


class FirmaOftalmologica(Schema):
    """Who signed, when, and the SHA-256 of what was signed in canonical form number `forma`."""

    momento = ma.fields.DateTime()
    firmante = ma.fields.String()
    huella = ma.fields.String()
    forma = ma.fields.Integer()


class ExamenFila(ResourceSchema):
    """An eye exam in a list."""

    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    doctor = ma.fields.Nested(Persona)
    cita_id = ma.fields.Integer(allow_none=True)
    momento = ma.fields.DateTime()
    motivo = ma.fields.String(allow_none=True)
    od = ma.fields.Nested(OjoSalida)
    oi = ma.fields.Nested(OjoSalida)
    campo_visual = ma.fields.String(allow_none=True)
    vision_colores = ma.fields.String(allow_none=True)
    vision_binocular = ma.fields.String(allow_none=True)
    diagnosticos = ma.fields.List(ma.fields.Nested(DiagnosticoOcular))
    plan = ma.fields.String(allow_none=True)
    observaciones = ma.fields.String(allow_none=True)
    avisos = ma.fields.List(ma.fields.Nested(AvisoOcular))
    estado = ma.fields.String(metadata={"enum": ["borrador", "firmado"]})
    firma = ma.fields.Nested(FirmaOftalmologica, allow_none=True)


class ExamenSalida(ExamenFila, ConAlertas):
    """An eye exam by itself."""


class FiltroExamenes(PageQuery):
    """What the list can be narrowed to."""

    doctor_id = fields.Id()
    cita_id = fields.Id()
    estado = fields.Choice(("borrador", "firmado"))


class PeriodoDeEvolucion(QuerySchema):
    """Days on the clock of the centre, both included."""

    desde = fields.Day()
    hasta = fields.Day()

    @ma.validates_schema
    def _en_orden(self, datos: dict, **_kwargs: object) -> None:
        if datos.get("desde") and datos.get("hasta") and datos["hasta"] < datos["desde"]:
            raise ma.ValidationError({"hasta": ["No puede ser anterior a desde."]})


class PresionMedida(Schema):
    """A pressure in time."""

    examen_id = ma.fields.Integer()
    momento = ma.fields.DateTime()
    dia = ma.fields.Date(metadata={"description": "On the clock of the centre."})
    firmado = ma.fields.Boolean()
    mmhg = fields.Amount()
    metodo = ma.fields.String()
    hora = HoraDelDia(allow_none=True)


class AgudezaMedida(Schema):
    """Acuities in time, as logMAR; `mejor` is the best of them."""

    examen_id = ma.fields.Integer()
    momento = ma.fields.DateTime()
    dia = ma.fields.Date(metadata={"description": "On the clock of the centre."})
    firmado = ma.fields.Boolean()
    sin_correccion = fields.Amount(signed=True, allow_none=True)
    estenopeico = fields.Amount(signed=True, allow_none=True)
    con_correccion = fields.Amount(signed=True, allow_none=True)
    mejor = fields.Amount(signed=True)


class PresionDeLosOjos(Schema):
    """Of each eye, in order of time; in mmHg."""

    od = ma.fields.List(ma.fields.Nested(PresionMedida))
    oi = ma.fields.List(ma.fields.Nested(PresionMedida))
    rango_normal = ma.fields.List(fields.Amount(), metadata={"description": "From, to."})


class AgudezaDeLosOjos(Schema):
    """Of each eye, in order of time; in logMAR."""

    od = ma.fields.List(ma.fields.Nested(AgudezaMedida))
    oi = ma.fields.List(ma.fields.Nested(AgudezaMedida))


class EvolucionSalida(ConAlertas):
    """How pressure and acuity went."""

    presion = ma.fields.Nested(PresionDeLosOjos)
    agudeza = ma.fields.Nested(AgudezaDeLosOjos)
