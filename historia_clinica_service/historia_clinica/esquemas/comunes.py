"""What answers about a record have in common."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from historia_clinica.dominio.preguntas import Severidad


class AlertaSalida(Schema):
    """Something that endangers a treatment. `desde`: when it was noted."""

    tipo = ma.fields.String(metadata={"enum": ["alergia", "antecedente"]})
    codigo = ma.fields.String(metadata={"description": "The kind of allergy, or the code of the antecedent."})
    descripcion = ma.fields.String()
    sustancia = ma.fields.String(allow_none=True, metadata={"description": "Of an allergy, what to."})
    severidad = ma.fields.String(metadata={"enum": [str(severidad) for severidad in Severidad]})
    desde = ma.fields.DateTime()
    recurso_id = ma.fields.Integer(metadata={"description": "Of the allergy, or of the version of the history."})


def _alertas() -> ma.fields.Field[Any]:
    texto = {"description": "What must be seen whenever the record is opened, the gravest first."}
    return ma.fields.List(ma.fields.Nested(AlertaSalida), dump_only=True, metadata=texto)


class ConAlertas(Schema):
    """What every answer about one patient's record carries."""

    alertas = _alertas()


# The same of a list: `Blueprint.page(…, beside=CON_ALERTAS)`, whose view returns `query, {"alertas": …}`.
CON_ALERTAS = {"alertas": _alertas()}


class Persona(Schema):
    """A person by name."""

    id = fields.Id(dump_only=True)
    nombres = ma.fields.String(dump_only=True)
    apellidos = ma.fields.String(dump_only=True)


# What lists of a record tell besides their rows.
CON_ALERTAS = {"alertas": ConAlertas().declared_fields["alertas"]}
