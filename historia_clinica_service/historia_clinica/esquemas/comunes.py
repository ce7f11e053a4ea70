"""What answers about a record have in common."""

from datetime import date, datetime
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


class ConAlertas(Schema):
    """What every answer about one patient's record carries."""

    alertas = ma.fields.List(
        ma.fields.Nested(AlertaSalida),
        dump_only=True,
        metadata={"description": "What must be seen whenever the record is opened, the gravest first."},
    )


# The same of a list: `Blueprint.page(…, beside=CON_ALERTAS)`, whose view returns `query, {"alertas": …}`.
CON_ALERTAS = {"alertas": ConAlertas._declared_fields["alertas"]}


class Persona(Schema):
    """A person by name."""

    id = fields.Id(dump_only=True)
    nombres = ma.fields.String(dump_only=True)
    apellidos = ma.fields.String(dump_only=True)


class DiaOInstante(ma.fields.Field[date]):
    """A day (its end) or an ISO 8601 instant."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"type": "string", "description": "A day `AAAA-MM-DD` (as it ended) or an ISO 8601 instant."}
        super().__init__(**{"metadata": described, **kwargs})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date | datetime:
        un_dia = isinstance(value, str) and "T" not in value.upper() and ":" not in value
        return (fields.Day() if un_dia else fields.Instant()).deserialize(value, attr, data)


class Periodo(Schema):
    """Part of the filter of a list: days, both included, or instants, the last not included."""

    desde = DiaOInstante(metadata={"type": "string", "description": "From this day `AAAA-MM-DD` or instant on."})
    hasta = DiaOInstante(metadata={"type": "string", "description": "To this day, or before this instant."})
