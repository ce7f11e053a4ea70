"""The whole record as it goes out."""

import marshmallow as ma

from comun import fields
from comun.schema import QuerySchema, Schema
from historia_clinica.esquemas.comunes import ConAlertas


class FichaSalida(Schema):
    """Whose record it is; `ids_fusionados`: those merged into this patient, whose rows are in it too."""

    id = ma.fields.Integer()
    nombres = ma.fields.String()
    apellidos = ma.fields.String()
    nombre_completo = ma.fields.String()
    estado_paciente = ma.fields.String()
    ids_fusionados = ma.fields.List(ma.fields.Integer())


class ParteSalida(Schema):
    """A part of the record, the newest first."""

    nombre = ma.fields.String()
    titulo = ma.fields.String()
    datos = ma.fields.List(ma.fields.Raw(metadata={"type": "object"}))
    hay_mas = ma.fields.Boolean(metadata={"description": "More than these: in the list of that part, or `completo`."})


class ExpedienteSalida(ConAlertas):
    """The record, part by part."""

    paciente = ma.fields.Nested(FichaSalida)
    emergencia = ma.fields.Boolean(metadata={"description": "Nothing but an emergency opened it."})
    generado_en = ma.fields.DateTime()
    partes = ma.fields.List(ma.fields.Nested(ParteSalida))


class CuantoDelExpediente(QuerySchema):
    """How much of it."""

    completo = fields.Flag(load_default=False, metadata={"description": "All rows; needs `historia:exportar`."})
