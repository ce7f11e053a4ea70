"""Quotes as they come in and go out."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from facturacion.esquemas.lineas import LineaNueva, LineaSalida, TotalesSalida, lista_de
from facturacion.modelos import EstadoCotizacion


class CotizacionNueva(Schema):
    """A new quote."""

    paciente_id = fields.Id(required=True)
    centro_id = fields.Id(required=True)
    doctor_id = fields.Id(allow_none=True)
    detalles = lista_de(LineaNueva, required=True)
    valida_hasta = fields.Day(metadata={"description": "The last day on which it holds; 30 days when absent."})
    observaciones = fields.Text(1000, allow_none=True)


class CotizacionResumen(ResourceSchema, TotalesSalida):
    """A quote in a list; its number is its id."""

    paciente_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer(allow_none=True)
    estado = ma.fields.String()
    motivo = ma.fields.String(allow_none=True)
    valida_hasta = ma.fields.Date()
    observaciones = ma.fields.String(allow_none=True)
    creada_por = ma.fields.String()


class CotizacionSalida(CotizacionResumen):
    """A quote with its lines."""

    detalles = ma.fields.List(ma.fields.Nested(LineaSalida))


class CambioDeCotizacion(Schema):
    """What became of it."""

    estado = fields.Choice([uno for uno in EstadoCotizacion if uno != EstadoCotizacion.FACTURADA], required=True)
    motivo = fields.Text(300, allow_none=True)


class FiltroCotizaciones(PageQuery):
    """What the list can be narrowed to."""

    paciente_id = fields.Id()
    doctor_id = fields.Id()
    centro_id = fields.Id()
    estado = fields.Choice(EstadoCotizacion)
    vigente_el = fields.Day(metadata={"description": "Those that hold on that day."})
