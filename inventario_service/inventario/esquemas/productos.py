"""Products, what they come in, and what there is of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import marshmallow as ma

from comun import fields
from comun.fields import fold
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from inventario.esquemas.comunes import (
    Cantidad,
    CodigoDeLote,
    ConCostos,
    Porcentaje,
    advertencias,
    hasta,
    mayor_que_cero,
)

UNIDAD = "unidad"


class PresentacionForma(Schema):
    """A package: one of it holds `factor` of the product's own unit. Read without regard to case and accents."""

    nombre = fields.Text(20, required=True)
    factor = Cantidad(required=True, validate=mayor_que_cero())


def _distintas(presentaciones: list[dict[str, Any]]) -> None:
    nombres = Counter(fold(una["nombre"]) for una in presentaciones)
    if repetidas := [nombre for nombre, veces in nombres.items() if veces > 1]:
        raise ma.ValidationError(f"Está repetida: {', '.join(repetidas)}.")


class Presentaciones(Schema):
    """All packages of a product."""

    presentaciones = ma.fields.List(
        ma.fields.Nested(PresentacionForma), required=True, validate=[hasta(50), _distintas]
    )


class MinimoForma(Schema):
    """How much a centre should have: at no more than `minimo` it is low, `maximo` is what to buy up to."""

    centro_id = fields.Id(required=True)
    minimo = Cantidad(required=True)
    maximo = Cantidad(allow_none=True)

    @ma.validates_schema
    def _en_orden(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("maximo") is not None and "minimo" in data and data["maximo"] < data["minimo"]:
            raise ma.ValidationError("No puede ser menor que el mínimo.", "maximo")


def _un_minimo_por_centro(minimos: list[dict[str, Any]]) -> None:
    if len({uno["centro_id"] for uno in minimos}) < len(minimos):
        raise ma.ValidationError("Un centro está dos veces.")


class Minimos(Schema):
    """What was said for centres; the others have the product's `stock_minimo`."""

    minimos = ma.fields.List(
        ma.fields.Nested(MinimoForma), required=True, validate=[hasta(1000), _un_minimo_por_centro]
    )


class SinStock(ma.fields.Field[None]):
    """Refuses a stock: it is written by movements only."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> None:
        raise ma.ValidationError("Las existencias se registran con un movimiento, o con PATCH …/stock.")


class ProductoNuevo(Schema):
    """A new product, without stock. `codigo` is made when absent, and `categoria` when there is none of that name."""

    codigo = fields.Text(40, validate=ma.validate.Regexp(r"[\w./-]+\Z", error="Solo letras, dígitos y . / -."))
    nombre = fields.Text(200, required=True)
    descripcion = fields.Text(1000, allow_none=True)
    categoria = fields.Text(120, allow_none=True, metadata={"description": "Its name."})
    unidad = fields.Text(20, load_default=UNIDAD, metadata={"description": "What it is counted in."})
    stock_minimo = Cantidad(metadata={"description": "For each centre that keeps it and says no other."})
    costo_unitario = Cantidad(metadata={"description": "Until the first entry; then the average of what there is."})
    precio_venta = Cantidad()
    tarifa_iva = Porcentaje(metadata={"description": "In percent; the general rate when absent."})
    tarifa_desde = fields.Day(metadata={"description": "From when on it holds; today when absent."})
    proveedor_id = fields.Id(allow_none=True)
    controla_lotes = fields.Flag(metadata={"description": "Each entry names its lot."})
    permite_negativo = fields.Flag(metadata={"description": "Its stock may fall below zero."})
    activo = fields.Flag()
    presentaciones = ma.fields.List(ma.fields.Nested(PresentacionForma), validate=[hasta(50), _distintas])
    stock_actual = SinStock(load_only=True, metadata={"description": "Never taken: use a movement."})

    @ma.validates_schema
    def _cuadra(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if "tarifa_desde" in data and "tarifa_iva" not in data:
            raise ma.ValidationError("Falta la tarifa que rige desde ese día.", "tarifa_iva")
        propias = {fold(una["nombre"]) for una in data.get("presentaciones", ()) if "nombre" in una}
        if "unidad" in data and fold(data["unidad"]) in propias:
            raise ma.ValidationError("Una no puede llamarse como la unidad del producto.", "presentaciones")


class ProductoSalida(ResourceSchema, ConCostos):
    """A product. `stock_actual` is that of all centres, or of the one that was asked for."""

    codigo = ma.fields.String()
    nombre = ma.fields.String()
    descripcion = ma.fields.String(allow_none=True)
    categoria = ma.fields.String(allow_none=True)
    unidad = ma.fields.String()
    presentaciones = ma.fields.List(ma.fields.Nested(PresentacionForma))
    stock_actual = Cantidad()
    stock_minimo = Cantidad()
    costo_unitario = Cantidad()
    precio_venta = Cantidad()
    tarifa_iva = Porcentaje(allow_none=True)
    proveedor_id = ma.fields.Integer(allow_none=True)
    controla_lotes = ma.fields.Boolean()
    permite_negativo = ma.fields.Boolean()
    activo = ma.fields.Boolean()
    advertencias = advertencias()


class DeCentro(QuerySchema):
    """Of which centre stock is asked for; of all when absent."""

    centro_id = fields.Id()


class FiltroBajos(PageQuery):
    """What the list of what is low can be narrowed to."""

    centro_id = fields.Id(metadata={"description": "What is low there; `stock_actual` is of it."})
    categoria = fields.Text(120, metadata={"description": "Name."})
    proveedor_id = fields.Id()


class FiltroProductos(FiltroBajos):
    """What products can be narrowed to."""

    q = fields.Text(100, metadata={"description": "Words of code or name."})
    codigo = fields.Text(40)
    activo = fields.Flag()
    centro_id = fields.Id(metadata={"description": "All products, with their stock in that centre."})


class CentroBajo(Schema):
    """A centre where a product is low."""

    centro_id = ma.fields.Integer()
    stock_actual = Cantidad()
    stock_minimo = Cantidad()
    stock_maximo = Cantidad(allow_none=True)
    bajo_desde = ma.fields.DateTime(allow_none=True)


class ProductoBajo(ProductoSalida):
    """A product that is low, and where; nowhere in particular when there never was any."""

    centros = ma.fields.List(ma.fields.Nested(CentroBajo), attribute="centros_bajos")


class LoteEnBodega(ConCostos):
    """What there is of a lot in a warehouse. `codigo` null: what is in no lot."""

    lote_id = ma.fields.Integer()
    codigo = CodigoDeLote()
    caducidad = ma.fields.Date(allow_none=True)
    caducado = ma.fields.Boolean()
    bloqueado = ma.fields.Boolean()
    cantidad = Cantidad()
    costo = Cantidad()


class BodegaConExistencias(Schema):
    """What there is in a warehouse."""

    bodega_id = ma.fields.Integer()
    nombre = ma.fields.String()
    principal = ma.fields.Boolean()
    cantidad = Cantidad()
    lotes = ma.fields.List(ma.fields.Nested(LoteEnBodega))


class CentroConExistencias(CentroBajo):
    """What there is in a centre, and how much there should be."""

    nombre = ma.fields.String()
    bodegas = ma.fields.List(ma.fields.Nested(BodegaConExistencias))


class ExistenciasSalida(Schema):
    """What there is of a product, and where."""

    producto_id = ma.fields.Integer()
    unidad = ma.fields.String()
    stock_actual = Cantidad()
    centros = ma.fields.List(ma.fields.Nested(CentroConExistencias))


class ProductoInterno(Schema):
    """What another service needs of a product that it sells."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    unidad = ma.fields.String()
    precio_venta = fields.Amount(places=6)
    tarifa_iva = fields.Amount()
    activo = ma.fields.Boolean()


class ProductosInternos(Schema):
    """Those of them that exist."""

    datos = ma.fields.List(ma.fields.Nested(ProductoInterno))
