"""Recipes of treatments as they come in and go out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from inventario.casos_de_uso.recetas import INGREDIENTES_MAXIMOS, LARGO_ALTERNATIVA, VECES_MAXIMAS
from inventario.esquemas.comunes import Cantidad, ConCostos, hasta, mayor_que_cero


class IngredienteNuevo(Schema):
    """So much of a product, in its own unit or in `unidad`; or all that another treatment uses, `cantidad` times."""

    producto_id = fields.Id()
    incluye_id = fields.Id(metadata={"description": "A treatment whose recipe is part of this one."})
    cantidad = Cantidad(required=True, validate=mayor_que_cero())
    unidad = fields.Text(20, metadata={"description": "The product's own when absent; a package, or a metric unit."})
    opcional = fields.Flag(
        metadata={"description": "Used when there is enough, not missed otherwise. Default: false."}
    )
    alternativa = fields.Text(
        LARGO_ALTERNATIVA,
        allow_none=True,
        metadata={"description": "Lines of one name stand for each other: the first of which there is enough."},
    )

    @ma.validates_schema
    def _una_cosa(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if ("producto_id" in data) == ("incluye_id" in data):
            raise ma.ValidationError("Diga producto_id o incluye_id, uno de los dos.", "producto_id")
        if "incluye_id" not in data:
            return
        for campo in ("unidad", "alternativa"):
            if data.get(campo) is not None:
                raise ma.ValidationError("Un tratamiento incluido no la tiene.", campo)
        if data.get("cantidad", Decimal(0)) > VECES_MAXIMAS:
            raise ma.ValidationError(f"Admite hasta {VECES_MAXIMAS} veces.", "cantidad")


class RecetaEntera(Schema):
    """All ingredients of a recipe, in order; none: it uses up nothing."""

    ingredientes = ma.fields.List(
        ma.fields.Nested(IngredienteNuevo), required=True, validate=hasta(INGREDIENTES_MAXIMOS)
    )


class IngredienteSalida(Schema):
    """An ingredient, in the product's own unit."""

    producto_id = ma.fields.Integer(allow_none=True)
    incluye_id = ma.fields.Integer(allow_none=True)
    codigo = ma.fields.String(metadata={"description": "Of the product, or of the included treatment."})
    nombre = ma.fields.String()
    unidad = ma.fields.String(allow_none=True, metadata={"description": "null of an included treatment."})
    cantidad = fields.Amount(places=6)
    opcional = ma.fields.Boolean()
    alternativa = ma.fields.String(allow_none=True)


class IngredienteConCosto(ConCostos, IngredienteSalida):
    """An ingredient, and what it costs now."""

    costo_unitario = fields.Amount(places=6)
    costo = fields.Amount(places=6)


class RecetaSalida(ConCostos):
    """The present recipe; `version` 0 where there never was one. Of alternatives only the first is in `costo`."""

    tratamiento_id = ma.fields.Integer()
    version = ma.fields.Integer()
    vigente_desde = ma.fields.DateTime(allow_none=True)
    por = ma.fields.String(allow_none=True)
    ingredientes = ma.fields.List(ma.fields.Nested(IngredienteConCosto))
    costo = fields.Amount(places=6)


class VersionSalida(Schema):
    """What a recipe was from one moment to another."""

    version = ma.fields.Integer(attribute="numero")
    por = ma.fields.String()
    vigente_desde = ma.fields.DateTime()
    vigente_hasta = ma.fields.DateTime(allow_none=True, metadata={"description": "null: it is the present one."})
    ingredientes = ma.fields.List(ma.fields.Nested(IngredienteSalida))
