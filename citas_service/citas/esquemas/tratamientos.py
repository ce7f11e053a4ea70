"""Treatments of an appointment as they come in and go out."""

from decimal import Decimal
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import ResourceSchema, Schema

# Different treatments that are booked at once.
MAXIMOS = 20


def _cantidad(**opciones: Any) -> fields.Amount:
    mayor_que_cero = ma.validate.Range(min=Decimal(0), min_inclusive=False, error="Debe ser mayor que cero.")
    return fields.Amount(places=6, digits=10, validate=mayor_que_cero, **opciones)


class TratamientoPedido(Schema):
    """One of the treatments asked for, and how often (once when absent)."""

    tratamiento_id = fields.Id(required=True)
    cantidad = _cantidad(load_default=Decimal(1))


class LineaCambios(Schema):
    """A PUT: name, price and duration stay as they were agreed on."""

    cantidad = _cantidad()


class ConTratamientos(Schema):
    """For what is booked, or put aside for a booking."""

    tratamientos = ma.fields.List(
        ma.fields.Nested(TratamientoPedido),
        validate=ma.validate.Length(max=MAXIMOS),
        metadata={"description": "What is to be done; `tratamiento_id`, or else the first, says whose policy holds."},
    )


class _Linea(Schema):
    tratamiento_id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    cantidad = fields.Amount(places=6)
    precio_unitario = fields.Amount(places=6)
    tarifa_iva = fields.Amount(metadata={"description": "Percent."})
    duracion_minutos = ma.fields.Integer()
    subtotal = fields.Amount()


class LineaBreve(_Linea):
    """A treatment inside an appointment, as it was agreed on; `subtotal` to the cent."""

    id = ma.fields.Integer()


class LineaSalida(_Linea, ResourceSchema):
    """A line as it stands."""

    cita_id = ma.fields.Integer()


class LineasSalida(Schema):
    """All treatments of an appointment; `total` without tax."""

    datos = ma.fields.List(ma.fields.Nested(LineaSalida))
    total = fields.Amount()
