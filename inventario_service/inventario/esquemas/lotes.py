"""Lots."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from inventario.casos_de_uso.tarifas import hoy
from inventario.esquemas.comunes import Cantidad, CodigoDeLote, ConCostos


class LoteCambios(Schema):
    """What can be corrected of a lot. A blocked one has a reason."""

    caducidad = fields.Day(allow_none=True)
    proveedor_id = fields.Id(allow_none=True)
    bloqueado = fields.Flag()
    motivo_bloqueo = fields.Text(300, allow_none=True)


class ProductoDeLote(Schema):
    """The product that a lot is of."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    unidad = ma.fields.String()


class LoteSalida(ResourceSchema, ConCostos):
    """A lot with what there is of it. `codigo` null: what is in no lot."""

    producto_id = ma.fields.Integer()
    producto = ma.fields.Nested(ProductoDeLote)
    codigo = CodigoDeLote()
    caducidad = ma.fields.Date(allow_none=True)
    caducado = ma.fields.Method("_caducado", metadata={"type": "boolean"})
    cantidad = Cantidad()
    costo = Cantidad()
    proveedor_id = ma.fields.Integer(allow_none=True)
    bloqueado = ma.fields.Boolean()
    motivo_bloqueo = ma.fields.String(allow_none=True)

    def _caducado(self, lote: Any) -> bool:
        return bool(lote.caducado(hoy()))


class FiltroLotes(PageQuery):
    """What lots can be narrowed to."""

    producto_id = fields.Id()
    proveedor_id = fields.Id()
    codigo = fields.Text(60)
    centro_id = fields.Id(metadata={"description": "What is in that centre; `cantidad` is of it."})
    por_caducar_dias = fields.Count(0, 3660, metadata={"description": "In stock, and expires within so many days."})
    caducados = fields.Flag(metadata={"description": "In stock, and expired (false: still good)."})
    bloqueado = fields.Flag()
    con_existencias = fields.Flag(metadata={"description": "false: those that are used up."})
