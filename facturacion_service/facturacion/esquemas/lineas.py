"""Lines of invoices and quotes as they come in and go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from facturacion.dominio.calculo import CODIGOS_IVA, EXENTO, NO_OBJETO
from facturacion.esquemas.comunes import Cantidad, CantidadPositiva, Porcentaje

LINEAS_MAXIMAS = 200
_DE_QUE = ("tratamiento_id", "producto_id")


class LineaNueva(Schema):
    """What is to be charged: a treatment, a product, or something else with its description, price and rate."""

    tratamiento_id = fields.Id(allow_none=True)
    producto_id = fields.Id(allow_none=True)
    descripcion = fields.Text(300, metadata={"description": "The name in the catalogue when absent."})
    cantidad = CantidadPositiva(load_default=1)
    precio_unitario = Cantidad(metadata={"description": "Without tax; that of the catalogue when absent."})
    descuento = fields.Amount(metadata={"description": "In US dollars, of the whole line."})
    descuento_porcentaje = Porcentaje()
    tarifa_iva = Porcentaje(metadata={"description": "In percent; that of the catalogue when absent."})
    codigo_iva = fields.Choice(
        (*CODIGOS_IVA.values(), NO_OBJETO, EXENTO),
        metadata={"description": "`codigoPorcentaje`: 6 not subject to IVA, 7 exempt; the others go with the rate."},
    )

    @ma.validates_schema
    def _de_una_cosa(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        suyas = [campo for campo in _DE_QUE if data.get(campo) is not None]
        if len(suyas) > 1:
            raise ma.ValidationError("La línea es de un tratamiento o de un producto, no de ambos.", suyas[1])
        faltan = [campo for campo in ("descripcion", "precio_unitario") if campo not in data]
        if "tarifa_iva" not in data and data.get("codigo_iva") not in (NO_OBJETO, EXENTO):
            faltan.append("tarifa_iva")
        if not suyas and faltan:
            raise ma.ValidationError(dict.fromkeys(faltan, ["Es obligatorio en lo que no es de un catálogo."]))


class LineaSalida(Schema):
    """A line with what it comes to: `bruto` before discount, `base` without tax."""

    id = ma.fields.Integer()
    orden = ma.fields.Integer()
    tipo = ma.fields.String()
    tratamiento_id = ma.fields.Integer(allow_none=True)
    producto_id = ma.fields.Integer(allow_none=True)
    codigo = ma.fields.String()
    descripcion = ma.fields.String()
    cantidad = fields.Amount(places=6)
    precio_unitario = fields.Amount(places=6)
    bruto = fields.Amount()
    descuento = fields.Amount()
    base = fields.Amount()
    tarifa_iva = fields.Amount()
    codigo_iva = ma.fields.String()
    iva = fields.Amount()
    total = fields.Amount()


class TotalesSalida(Schema):
    """What the lines of a document come to."""

    bruto = fields.Amount()
    descuento = fields.Amount()
    subtotal = fields.Amount()
    iva = fields.Amount()
    total = fields.Amount()


def lista_de(linea: type[Schema], *, required: bool = False) -> ma.fields.List[Any]:
    """All lines of a document, in their order."""
    return ma.fields.List(
        ma.fields.Nested(linea),
        required=required,
        validate=ma.validate.Length(max=LINEAS_MAXIMAS, error="Admite hasta {max} líneas."),
        metadata={"description": "All lines, in their order."},
    )
