"""Allergies as they come in, go out and are asked for."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from historia_clinica.dominio.preguntas import Severidad
from historia_clinica.esquemas.comunes import ConAlertas, Persona
from historia_clinica.modelos.alergia import Certeza, EstadoAlergia, TipoAlergia


class AlergiaNueva(Schema):
    """What a patient does not tolerate."""

    sustancia = fields.Text(120, required=True)
    tipo = fields.Choice(TipoAlergia, required=True)
    reaccion = fields.Text(300, allow_none=True)
    severidad = fields.Choice(Severidad, required=True)
    certeza = fields.Choice(Certeza)
    detectada_en = fields.Day(allow_none=True)


class CambioDeAlergia(Schema):
    """Whether it counts: `inactiva` was outgrown or treated, `descartada` never was one; both need a `motivo`."""

    estado = fields.Choice(EstadoAlergia, required=True)
    motivo = fields.Text(300, allow_none=True)


class AlergiaFila(ResourceSchema):
    """An allergy in a list."""

    paciente_id = ma.fields.Integer()
    sustancia = ma.fields.String()
    tipo = ma.fields.String(metadata={"enum": [str(tipo) for tipo in TipoAlergia]})
    reaccion = ma.fields.String(allow_none=True)
    severidad = ma.fields.String(metadata={"enum": [str(severidad) for severidad in Severidad]})
    certeza = ma.fields.String(metadata={"enum": [str(certeza) for certeza in Certeza]})
    estado = ma.fields.String(metadata={"enum": [str(estado) for estado in EstadoAlergia]})
    motivo_estado = ma.fields.String(allow_none=True)
    detectada_en = ma.fields.Date(allow_none=True)
    registrado_por = ma.fields.Nested(Persona, attribute="doctor")


class AlergiaSalida(AlergiaFila, ConAlertas):
    """An allergy by itself."""


class FiltroAlergias(PageQuery):
    """What the list can be narrowed to."""

    estado = fields.Choice(EstadoAlergia)
    tipo = fields.Choice(TipoAlergia)
