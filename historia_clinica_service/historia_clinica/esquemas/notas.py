"""Notes of care, their diagnoses, amendments and the dental form 033."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from historia_clinica.dominio.formulario_033 import (
    ANGLE,
    CALCULO_MAXIMO,
    EXAMENES,
    GINGIVITIS_MAXIMA,
    GRADOS,
    PLACA_MAXIMA,
    REGIONES,
)
from historia_clinica.dominio.notas import Condicion, Ojo, TipoNota
from historia_clinica.esquemas.cie10 import CodigoCie10
from historia_clinica.esquemas.comunes import ConAlertas, Periodo, Persona
from historia_clinica.esquemas.dentales import Pieza
from historia_clinica.esquemas.recetas import RecetaEnNota

LARGO_TEXTO = 20_000
DIAGNOSTICOS_MAXIMOS = 20
SESIONES_MAXIMAS = 50


class DiagnosticoSchema(Schema):
    """A diagnosis. One of a note is the principal."""

    codigo_cie10 = CodigoCie10(required=True)
    nombre = ma.fields.String(dump_only=True)
    condicion = fields.Choice(Condicion, required=True)
    principal = fields.Flag(load_default=False)
    pieza_dental = Pieza(allow_none=True)
    ojo = fields.Choice(Ojo, allow_none=True)
    detalle = fields.Text(500, allow_none=True)


def _texto() -> fields.Text:
    return fields.Text(LARGO_TEXTO, allow_none=True)


class NotaCambios(Schema):
    """What a draft says. `diagnosticos` comes whole."""

    ALIASES = {"motivo": "motivo_consulta"}

    tipo = fields.Choice(TipoNota)
    especialidad = fields.Text(120, allow_none=True)
    motivo_consulta = fields.Text(500, allow_none=True)
    enfermedad_actual = _texto()
    subjetivo = _texto()
    objetivo = _texto()
    analisis = _texto()
    plan = _texto()
    evolucion = _texto()
    texto_libre = _texto()
    diagnosticos = ma.fields.List(
        ma.fields.Nested(DiagnosticoSchema), validate=ma.validate.Length(max=DIAGNOSTICOS_MAXIMOS)
    )


class NotaNueva(NotaCambios):
    """A note at an appointment."""

    tipo = fields.Choice(TipoNota, load_default=TipoNota.SUBSECUENTE)


class RegionSchema(Schema):
    """A region of the stomatognathic system: normal, or with what was found."""

    region = fields.Choice(REGIONES, required=True)
    normal = fields.Flag(required=True)
    detalle = fields.Text(500, allow_none=True)

    @ma.validates_schema
    def _con_detalle(self, data: dict[str, Any], **_kwargs: object) -> None:
        if not data["normal"] and not data.get("detalle"):
            raise ma.ValidationError("Diga qué se encontró.", "detalle")


class HigieneSchema(Schema):
    """One tooth looked at: plaque and calculus in thirds of its surface, whether the gum bleeds."""

    pieza = Pieza(required=True)
    placa = fields.Count(0, PLACA_MAXIMA, required=True)
    calculo = fields.Count(0, CALCULO_MAXIMO, required=True)
    gingivitis = fields.Count(0, GINGIVITIS_MAXIMA, required=True)


class SesionSchema(Schema):
    """A session of the treatment, as section 13 of the form has them."""

    fecha = ma.fields.String(dump_only=True)
    dia = fields.Day(load_only=True, required=True, data_key="fecha")
    diagnosticos_y_complicaciones = fields.Text(1000, allow_none=True)
    procedimientos = fields.Text(1000, allow_none=True)
    prescripciones = fields.Text(1000, allow_none=True)

    @ma.post_load
    def _como_se_guarda(self, data: dict[str, Any], **_kwargs: object) -> dict[str, Any]:
        return {"fecha": data.pop("dia").isoformat(), **data}


class Formulario033Cambios(Schema):
    """What the dental form 033 asks for besides the note. Each list comes whole."""

    estomatognatico = ma.fields.List(ma.fields.Nested(RegionSchema))
    higiene = ma.fields.List(ma.fields.Nested(HigieneSchema), validate=ma.validate.Length(max=6))
    enfermedad_periodontal = fields.Choice(GRADOS, allow_none=True)
    angle = fields.Choice(ANGLE, allow_none=True)
    fluorosis = fields.Choice(GRADOS, allow_none=True)
    examenes = ma.fields.List(fields.Choice(EXAMENES), validate=ma.validate.Length(max=len(EXAMENES)))
    plan_diagnostico = _texto()
    plan_terapeutico = _texto()
    plan_educacional = _texto()
    sesiones = ma.fields.List(ma.fields.Nested(SesionSchema), validate=ma.validate.Length(max=SESIONES_MAXIMAS))

    @ma.validates("estomatognatico")
    def _una_vez(self, regiones: list[dict[str, Any]], **_kwargs: object) -> None:
        nombradas = [una["region"] for una in regiones if "region" in una]  # one that is no region is told by itself
        if len({*nombradas}) < len(nombradas):
            raise ma.ValidationError("Cada región va una sola vez.")


class Formulario033Salida(Formulario033Cambios):
    """The form as it stands: with the means of oral hygiene, and CPO-D and ceo-d of the odontogram."""

    placa = fields.Amount(dump_only=True, allow_none=True)
    calculo = fields.Amount(dump_only=True, allow_none=True)
    gingivitis = fields.Amount(dump_only=True, allow_none=True)
    indices = ma.fields.Dict(dump_only=True, allow_none=True)


class EnmiendaNueva(Schema):
    """What is added to a signed note, and why."""

    motivo = fields.Text(500, required=True)
    texto = fields.Text(LARGO_TEXTO, required=True)


class EnmiendaSalida(Schema):
    """An amendment; `huella_anterior` is the hash of the note, or of the amendment before."""

    id = fields.Id()
    numero = ma.fields.Integer()
    motivo = ma.fields.String()
    texto = ma.fields.String()
    firmada_en = ma.fields.DateTime()
    firmante = ma.fields.String()
    huella_anterior = ma.fields.String()
    huella = ma.fields.String()


class NotaEnLista(ResourceSchema):
    """A note with all that stands in it."""

    paciente_id = fields.Id()
    cita_id = fields.Id()
    centro_id = fields.Id()
    doctor_id = fields.Id()
    doctor = ma.fields.Nested(Persona, allow_none=True)
    momento = ma.fields.DateTime()
    tipo = ma.fields.String()
    estado = ma.fields.String()
    especialidad = ma.fields.String(allow_none=True)
    motivo_consulta = ma.fields.String(allow_none=True)
    enfermedad_actual = ma.fields.String(allow_none=True)
    subjetivo = ma.fields.String(allow_none=True)
    objetivo = ma.fields.String(allow_none=True)
    analisis = ma.fields.String(allow_none=True)
    plan = ma.fields.String(allow_none=True)
    evolucion = ma.fields.String(allow_none=True)
    texto_libre = ma.fields.String(allow_none=True)
    diagnosticos = ma.fields.List(ma.fields.Nested(DiagnosticoSchema))
    formulario = ma.fields.Nested(Formulario033Salida, allow_none=True, data_key="formulario_033")
    recetas = ma.fields.List(ma.fields.Nested(RecetaEnNota))
    enmiendas = ma.fields.List(ma.fields.Nested(EnmiendaSalida))
    firmada_en = ma.fields.DateTime(allow_none=True)
    firmante = ma.fields.String(allow_none=True)
    huella = ma.fields.String(allow_none=True)


class NotaSalida(NotaEnLista, ConAlertas):
    """A note, with the alerts of its patient."""


class FiltroNotas(Periodo, PageQuery):
    """What the list can be narrowed to; the period is that of the appointments."""

    doctor_id = fields.Id()
    centro_id = fields.Id()
    cita_id = fields.Id()
    tipo = fields.Choice(TipoNota)
    estado = fields.Choice(("borrador", "firmada"))
    especialidad = fields.Text(120)
    codigo_cie10 = CodigoCie10()


class FiltroNotasDeCita(PageQuery):
    """The notes of one appointment."""

    estado = fields.Choice(("borrador", "firmada"))
