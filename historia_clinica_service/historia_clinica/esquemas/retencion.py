"""Retention as it is ordered and told."""

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from historia_clinica.esquemas.comunes import ConAlertas


class OrdenDeRetencion(Schema):
    """A legal hold is ordered, or lifted."""

    retencion_legal = fields.Flag(required=True)
    motivo = fields.Text(500, required=True)


class OrdenSalida(Schema):
    """What was ordered, by whom and when."""

    retencion_legal = ma.fields.Boolean()
    motivo = ma.fields.String()
    por = ma.fields.String()
    nombre = ma.fields.String()
    creado_en = ma.fields.DateTime()


class RetencionSalida(ConAlertas):
    """Until when a record must be kept. With `retencion_legal` there is no end, whatever `conservar_hasta` says."""

    paciente_id = ma.fields.Integer()
    retencion_legal = ma.fields.Boolean()
    ultima_actividad = ma.fields.DateTime(allow_none=True)
    conservar_hasta = ma.fields.Date(allow_none=True)
    historia = ma.fields.List(ma.fields.Nested(OrdenSalida))
