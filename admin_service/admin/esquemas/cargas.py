"""Bulk loads."""

import marshmallow as ma

from comun.schema import Schema


class CargaSalida(Schema):
    """What a bulk load made: ids in the order of the rows, and what is odd about rows, by place."""

    creados = ma.fields.Integer()
    ids = ma.fields.List(ma.fields.Integer())
    advertencias = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.List(ma.fields.String()))
