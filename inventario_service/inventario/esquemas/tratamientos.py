"""Treatments as they come in and go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from inventario.casos_de_uso.recetas import INGREDIENTES_MAXIMOS
from inventario.esquemas.comunes import Cantidad, Porcentaje, hasta
from inventario.esquemas.recetas import IngredienteNuevo, IngredienteSalida
from inventario.modelos.tratamiento import DURACION_MAXIMA, DURACION_MINIMA


class TratamientoNuevo(Schema):
    """A new treatment; its code is made when absent."""

    codigo = fields.Text(40)
    nombre = fields.Text(200, required=True)
    descripcion = fields.Text(1000, allow_none=True)
    categoria = fields.Text(
        120, allow_none=True, metadata={"description": "Its name; a new one is made when the caller may create."}
    )
    especialidad = fields.Text(120, allow_none=True)
    precio = Cantidad(required=True, metadata={"description": "Without tax."})
    duracion_minutos = fields.Count(DURACION_MINIMA, DURACION_MAXIMA)
    tarifa_iva = Porcentaje(metadata={"description": "In percent; 0 when absent, as health services carry."})
    tarifa_desde = fields.Day(metadata={"description": "Since when (or from when on) that rate holds; today."})
    activo = fields.Flag()
    receta = ma.fields.List(
        ma.fields.Nested(IngredienteNuevo),
        validate=hasta(INGREDIENTES_MAXIMOS),
        metadata={"description": "All ingredients, in order."},
    )

    @ma.validates_schema
    def _tarifa_entera(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        if "tarifa_desde" in data and "tarifa_iva" not in data:
            raise ma.ValidationError("Diga también desde cuándo rige qué tarifa.", "tarifa_iva")


class TratamientoSalida(ResourceSchema):
    """A treatment, with its present price, rate of IVA and recipe."""

    codigo = ma.fields.String()
    nombre = ma.fields.String()
    descripcion = ma.fields.String(allow_none=True)
    categoria = ma.fields.String(allow_none=True)
    especialidad = ma.fields.String(allow_none=True)
    precio = fields.Amount(places=6)
    duracion_minutos = ma.fields.Integer()
    tarifa_iva = fields.Amount()
    tarifa_desde = ma.fields.Date(allow_none=True)
    activo = ma.fields.Boolean()
    receta = ma.fields.List(ma.fields.Nested(IngredienteSalida))


class FiltroTratamientos(PageQuery):
    """What the list of treatments can be narrowed to."""

    q = fields.Text(100, metadata={"description": "Words of the code or the name."})
    codigo = fields.Text(40)
    categoria = fields.Text(120, metadata={"description": "Name."})
    especialidad = fields.Text(120)
    producto_id = fields.Id(metadata={"description": "Those whose present recipe names it."})
    activo = fields.Flag()


class PrecioSalida(Schema):
    """A price, since when it held and who set it."""

    precio = fields.Amount(places=6)
    desde = ma.fields.DateTime()
    por = ma.fields.String()


class VerificarConsulta(QuerySchema):
    """For how many treatments there should be enough, and where."""

    cantidad = fields.Count(1, 10_000, load_default=1)
    centro_id = fields.Id(metadata={"description": "The caller's only one when absent."})


class LineaVerificada(Schema):
    """A product that would be used. `disponible`: usable stock without what booked appointments will use."""

    producto_id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    unidad = ma.fields.String()
    necesario = fields.Amount(places=6)
    existencia = fields.Amount(places=6)
    reservado = fields.Amount(places=6)
    disponible = fields.Amount(places=6)
    faltante = fields.Amount(places=6)
    opcional = ma.fields.Boolean()
    sustituye_a = ma.fields.List(
        ma.fields.Integer(), metadata={"description": "Products that would come first, had there been enough."}
    )


class VerificacionSalida(Schema):
    """Whether there is enough, of what there is not, and what would be used."""

    tratamiento_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    cantidad = ma.fields.Integer()
    alcanza = ma.fields.Boolean()
    ingredientes = ma.fields.List(ma.fields.Nested(LineaVerificada))
    faltantes = ma.fields.List(ma.fields.Nested(LineaVerificada), metadata={"description": "Those of them missing."})
    se_omite = ma.fields.List(
        ma.fields.Integer(), metadata={"description": "Products that may be left out, and would be: not enough."}
    )


class TratamientoInterno(Schema):
    """What another service needs of a treatment that it books."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    precio = fields.Amount(places=6)
    duracion_minutos = ma.fields.Integer()
    tarifa_iva = fields.Amount()
    activo = ma.fields.Boolean()


class TratamientosInternos(Schema):
    """Those of them that exist."""

    datos = ma.fields.List(ma.fields.Nested(TratamientoInterno))


class CostosConsulta(QuerySchema):
    """Which months; the last twelve when nothing is said."""

    desde = fields.Day()
    hasta = fields.Day()


class CostoSalida(Schema):
    """Cost of the materials by the recipe, and what remains of the price (without tax)."""

    precio = fields.Amount(places=6)
    costo = fields.Amount(places=6)
    costo_opcional = fields.Amount(places=6, metadata={"description": "The part of it that may be left out."})
    margen = fields.Amount(places=6)
    margen_porcentaje = fields.Amount(
        allow_none=True, metadata={"description": "Of the price; null of a price of 0."}
    )
    version = ma.fields.Integer(metadata={"description": "Of the recipe; 0: none."})


class CostoDeMes(CostoSalida):
    """As it was when the month ended; of the present one, as it now is."""

    mes = ma.fields.Date(metadata={"description": "Its first day."})


class CostosSalida(CostoSalida):
    """Cost and margin now, and month by month."""

    tratamiento_id = ma.fields.Integer()
    meses = ma.fields.List(ma.fields.Nested(CostoDeMes))
