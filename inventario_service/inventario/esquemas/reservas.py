"""What the agenda is going to use."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import QuerySchema, Schema
from inventario.esquemas.movimientos import ProductoBreve

DIAS, DIAS_MAXIMOS = 30, 180


class FiltroReservas(QuerySchema):
    """Which stock; all that is reserved when absent."""

    producto_id = fields.Id()
    centro_id = fields.Id()
    hasta = fields.Instant(metadata={"description": "Only appointments before this moment."})


class FiltroPronostico(QuerySchema):
    """Which stock, and how many days ahead."""

    producto_id = fields.Id()
    centro_id = fields.Id()
    dias = fields.Count(1, DIAS_MAXIMOS, load_default=DIAS)


class Reserva(Schema):
    """What booked appointments will use of a product at a centre.

    `utilizable` is neither expired nor blocked; `libre` of it is not reserved, below zero: so much is missing.
    """

    producto = ma.fields.Nested(ProductoBreve)
    centro_id = ma.fields.Integer()
    reservado = fields.Amount(places=6)
    utilizable = fields.Amount(places=6)
    libre = fields.Amount(places=6)


class Reservas(Schema):
    """By the name of the product, then the centre."""

    datos = ma.fields.List(ma.fields.Nested(Reserva))


class Pronostico(Schema):
    """How far the stock of a product goes at a centre.

    `disponible` today, `previsto` to be used; `se_agota_el`: the first day on which the last is used, or more than
    there is, and null when enough is left; `faltante` will be missing in all; `caducara` expires unused.
    """

    producto = ma.fields.Nested(ProductoBreve)
    centro_id = ma.fields.Integer()
    disponible = fields.Amount(places=6)
    previsto = fields.Amount(places=6)
    se_agota_el = ma.fields.Date(allow_none=True)
    faltante = fields.Amount(places=6)
    caducara = fields.Amount(places=6)


class Pronosticos(Schema):
    """What runs out first comes first, then what does not."""

    dias = ma.fields.Integer()
    datos = ma.fields.List(ma.fields.Nested(Pronostico))
