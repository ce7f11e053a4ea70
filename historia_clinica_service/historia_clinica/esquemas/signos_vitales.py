"""Vital signs as they come in, go out and are asked for."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from historia_clinica.dominio.signos import SIGNOS, GrupoEdad
from historia_clinica.esquemas.comunes import ConAlertas, Periodo, Persona
from historia_clinica.modelos.signos_vitales import EstadoSignos


def _medida(campo: str) -> ma.fields.Field[Any]:
    """A sign, with its unit and limits in the document; what is possible at an age is judged where that is known."""
    signo = SIGNOS[campo]
    limites = ma.validate.Range(signo.minimo, signo.maximo)
    texto = {"description": f"{signo.nombre}, {signo.unidad} (UCUM), LOINC {signo.loinc}."}
    if signo.decimales:
        return fields.Amount(places=signo.decimales, digits=6, validate=limites, metadata=texto, allow_none=True)
    return fields.Count(int(signo.minimo), int(signo.maximo), metadata=texto, allow_none=True)


class SignosNuevos(Schema):
    """Signs taken together, at least one. `tomado_en`: now when not said."""

    cita_id = fields.Id(allow_none=True)
    tomado_en = fields.Instant()
    temperatura_c = _medida("temperatura_c")
    pulso_lpm = _medida("pulso_lpm")
    frecuencia_respiratoria_rpm = _medida("frecuencia_respiratoria_rpm")
    presion_sistolica_mmhg = _medida("presion_sistolica_mmhg")
    presion_diastolica_mmhg = _medida("presion_diastolica_mmhg")
    saturacion_o2_pct = _medida("saturacion_o2_pct")
    peso_kg = _medida("peso_kg")
    talla_cm = _medida("talla_cm")
    glucosa_mg_dl = _medida("glucosa_mg_dl")
    dolor = _medida("dolor")
    observaciones = fields.Text(500, allow_none=True)


class FueraDeRango(Schema):
    """A sign that is not usual at the patient's age."""

    campo = ma.fields.String(metadata={"enum": [*SIGNOS, "imc"]})
    sentido = ma.fields.String(metadata={"enum": ["alto", "bajo"]})
    minimo = fields.Amount()
    maximo = fields.Amount()


class SignosFila(ResourceSchema):
    """Signs in a list."""

    paciente_id = ma.fields.Integer()
    cita_id = ma.fields.Integer(allow_none=True)
    tomado_en = ma.fields.DateTime()
    temperatura_c = fields.Amount(allow_none=True)
    pulso_lpm = ma.fields.Integer(allow_none=True)
    frecuencia_respiratoria_rpm = ma.fields.Integer(allow_none=True)
    presion_sistolica_mmhg = ma.fields.Integer(allow_none=True)
    presion_diastolica_mmhg = ma.fields.Integer(allow_none=True)
    saturacion_o2_pct = ma.fields.Integer(allow_none=True)
    peso_kg = fields.Amount(allow_none=True)
    talla_cm = fields.Amount(allow_none=True)
    glucosa_mg_dl = ma.fields.Integer(allow_none=True)
    dolor = ma.fields.Integer(allow_none=True)
    imc = fields.Amount(allow_none=True, metadata={"description": "kg/m²"})
    grupo_edad = ma.fields.String(allow_none=True, metadata={"enum": [*map(str, GrupoEdad), None]})
    fuera_de_rango = ma.fields.List(ma.fields.Nested(FueraDeRango))
    observaciones = ma.fields.String(allow_none=True)
    estado = ma.fields.String(metadata={"enum": [str(estado) for estado in EstadoSignos]})
    motivo_anulacion = ma.fields.String(allow_none=True)
    registrado_por = ma.fields.Nested(Persona, attribute="doctor")


class SignosSalida(SignosFila, ConAlertas):
    """Signs by themselves."""


class Anulacion(Schema):
    """What was measured is taken back."""

    estado = fields.Choice((EstadoSignos.ANULADO,), required=True)
    motivo = fields.Text(300, required=True)


class FiltroSignos(Periodo, PageQuery):
    """What the list can be narrowed to; the period is when they were taken."""

    estado = fields.Choice(EstadoSignos)
