"""Expenses, their categories and files, and what recurs of them, as they come in, go out and are asked for."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from facturacion.dominio.medios import Medio
from facturacion.esquemas.comunes import EntreDias, Monto, Nombrado
from facturacion.modelos import Frecuencia


class CategoriaGastoNueva(Schema):
    """A kind of expense."""

    nombre = fields.Text(80, required=True)
    activa = fields.Flag(metadata={"description": "Whether new expenses may be of it."})


class CategoriaGastoSalida(ResourceSchema):
    """A kind of expense."""

    nombre = ma.fields.String()
    activa = ma.fields.Boolean()


class FiltroCategoriasGasto(PageQuery):
    """What categories can be narrowed to."""

    activa = fields.Flag()


class _DeCategoria(Schema):
    """Something of a category: its id or its name; one of a new name is made."""

    categoria_id = fields.Id()
    categoria = fields.Text(80, metadata={"description": "The name, in place of the id."})
    descripcion = fields.Text(200, metadata={"description": "The category's name, when absent."})
    proveedor = fields.Text(200, allow_none=True)

    @ma.validates_schema
    def _una_categoria(self, datos: dict[str, Any], **_kwargs: Any) -> None:
        if "categoria" in datos and "categoria_id" in datos:
            raise ma.ValidationError({"categoria": ["Dé el nombre o categoria_id, no ambos."]})
        if not self.partial and not {"categoria", "categoria_id"} & datos.keys():
            raise ma.ValidationError({"categoria_id": ["Es obligatorio."]})


class GastoNuevo(_DeCategoria):
    """An expense. With `medio_pago` it is paid, on `pagado_el` or else today; null: it is not (any more)."""

    centro_id = fields.Id(required=True)
    monto = Monto(required=True)
    fecha = fields.Day(metadata={"description": "On which day it counts; today, when absent."})
    numero_comprobante = fields.Text(49, allow_none=True)
    medio_pago = fields.Choice(Medio, allow_none=True)
    pagado_el = fields.Day(allow_none=True)


class AdjuntoNuevo(Schema):
    """A file of an expense: a form (multipart/form-data)."""

    archivo = fields.File(
        required=True, metadata={"description": "JPEG, PNG, WebP or PDF; up to 20 MiB with the rest of the form."}
    )


class AdjuntoGastoSalida(ResourceSchema):
    """A file of an expense, without its content."""

    gasto_id = ma.fields.Integer()
    nombre = ma.fields.String()
    tipo_contenido = ma.fields.String(metadata={"description": "Told from the content."})
    tamano = ma.fields.Integer(metadata={"description": "In bytes."})
    sha256 = ma.fields.String()
    subido_por = ma.fields.String()
    contenido = ma.fields.Function(
        lambda uno: f"/facturacion/gastos/{uno.gasto_id}/adjuntos/{uno.id}/contenido", metadata={"type": "string"}
    )


class GastoSalida(ResourceSchema):
    """An expense."""

    categoria_id = ma.fields.Integer()
    categoria = ma.fields.Pluck(CategoriaGastoSalida, "nombre")
    centro_id = ma.fields.Integer()
    descripcion = ma.fields.String()
    proveedor = ma.fields.String(allow_none=True)
    numero_comprobante = ma.fields.String(allow_none=True)
    monto = fields.Amount()
    fecha = ma.fields.Date()
    medio_pago = ma.fields.String(allow_none=True)
    pagado_el = ma.fields.Date(allow_none=True)
    recurrente_id = ma.fields.Integer(allow_none=True, metadata={"description": "Of what recurring expense it is."})
    registrado_por = ma.fields.String()
    adjuntos = ma.fields.List(ma.fields.Nested(AdjuntoGastoSalida))


class _DeGastos(EntreDias):
    categoria_id = fields.Id()
    centro_id = fields.Id()


class FiltroGastos(PageQuery, _DeGastos):
    """What expenses can be narrowed to."""

    fecha = fields.Day()
    medio_pago = fields.Choice(Medio)
    pagado = fields.Flag()
    recurrente_id = fields.Id()
    q = fields.Text(100, metadata={"description": "Part of the description or the supplier."})


class FiltroTotalesGastos(_DeGastos):
    """What the totals of expenses can be narrowed to."""


class _Cifras(Schema):
    total = fields.Amount()
    cantidad = ma.fields.Integer()


class GastosPorCategoria(_Cifras):
    """What the expenses of a category come to."""

    categoria = ma.fields.Nested(Nombrado)


class GastosPorMes(_Cifras):
    """What the expenses of a month come to."""

    mes = ma.fields.String(metadata={"description": "AAAA-MM"})


class GastosPorCentro(_Cifras):
    """What the expenses of a centre come to."""

    centro = ma.fields.Nested(Nombrado)


class TotalesGastosSalida(_Cifras):
    """What expenses come to, and how many there are; the largest first, months in their order."""

    desde = ma.fields.Date(allow_none=True)
    hasta = ma.fields.Date(allow_none=True)
    por_categoria = ma.fields.List(ma.fields.Nested(GastosPorCategoria))
    por_mes = ma.fields.List(ma.fields.Nested(GastosPorMes))
    por_centro = ma.fields.List(ma.fields.Nested(GastosPorCentro))


class GastoRecurrenteNuevo(_DeCategoria):
    """An expense that comes again and again, from `desde` to `hasta`."""

    centro_id = fields.Id(required=True)
    monto = Monto(required=True)
    frecuencia = fields.Choice(Frecuencia, required=True)
    desde = fields.Day(required=True, metadata={"description": "The first one; up to a year back."})
    hasta = fields.Day(allow_none=True)
    activo = fields.Flag(metadata={"description": "False: paused; what falls into the pause is not caught up."})


class GastoRecurrenteSalida(ResourceSchema):
    """An expense that comes again and again."""

    categoria_id = ma.fields.Integer()
    categoria = ma.fields.Pluck(CategoriaGastoSalida, "nombre")
    centro_id = ma.fields.Integer()
    descripcion = ma.fields.String()
    proveedor = ma.fields.String(allow_none=True)
    monto = fields.Amount()
    frecuencia = ma.fields.String(metadata={"enum": [str(una) for una in Frecuencia]})
    desde = ma.fields.Date()
    hasta = ma.fields.Date(allow_none=True)
    proximo = ma.fields.Date(allow_none=True, metadata={"description": "The next one that is not written yet."})
    activo = ma.fields.Boolean()
    creado_por = ma.fields.String()


class FiltroGastosRecurrentes(PageQuery):
    """What recurring expenses can be narrowed to."""

    categoria_id = fields.Id()
    centro_id = fields.Id()
    activo = fields.Flag()
