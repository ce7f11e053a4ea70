"""Credit notes as they come in and go out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from facturacion.esquemas.comunes import CantidadPositiva, EntreDias, Monto
from facturacion.esquemas.lineas import LINEAS_MAXIMAS
from facturacion.modelos import EstadoFiscal


class DetalleAcreditado(Schema):
    """So many of a line of the invoice, or so much of it."""

    detalle_id = fields.Id(required=True)
    cantidad = CantidadPositiva()
    monto = Monto(metadata={"description": "With tax."})

    @ma.validates_schema
    def _una_de_dos(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if len({"cantidad", "monto"} & set(data)) != 1:
            raise ma.ValidationError("Diga cuántas o cuánto dinero, una de las dos.", "cantidad")


class NotaNueva(Schema):
    """Why, and what is taken back: all that is left of the invoice when no line is named."""

    motivo = fields.Text(300, required=True)
    punto_emision_id = fields.Id(metadata={"description": "The centre's principal one when absent."})
    detalles = ma.fields.List(
        ma.fields.Nested(DetalleAcreditado), validate=ma.validate.Length(min=1, max=LINEAS_MAXIMAS)
    )
    de_aseguradora = fields.Amount(
        metadata={"description": "How much of it lowers what the insurer owes; in proportion when absent."}
    )


class LineaAcreditada(Schema):
    """The line of the invoice."""

    codigo = ma.fields.String()
    descripcion = ma.fields.String()
    tarifa_iva = fields.Amount()
    codigo_iva = ma.fields.String()


class DetalleDeNota(Schema):
    """What of which line of the invoice."""

    detalle_id = ma.fields.Integer()
    detalle = ma.fields.Nested(LineaAcreditada)
    cantidad = fields.Amount(places=6)
    base = fields.Amount()
    iva = fields.Amount()
    total = fields.Amount()


class NotaSalida(ResourceSchema):
    """A credit note. `de_aseguradora`: how much of it lowered what the insurer owed."""

    factura_id = ma.fields.Integer()
    factura_numero = ma.fields.String(attribute="factura.numero")
    paciente_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    punto_emision_id = ma.fields.Integer()
    numero = ma.fields.String()
    fecha_emision = ma.fields.Date()
    motivo = ma.fields.String()
    estado_sri = ma.fields.String()
    subtotal = fields.Amount()
    iva = fields.Amount()
    total = fields.Amount()
    de_aseguradora = fields.Amount()
    emitida_por = ma.fields.String()
    detalles = ma.fields.List(ma.fields.Nested(DetalleDeNota))


class FiltroNotas(EntreDias, PageQuery):
    """What the list can be narrowed to; days are those of their issue."""

    factura_id = fields.Id()
    paciente_id = fields.Id()
    centro_id = fields.Id()
    numero = fields.Text(17)
    estado_sri = fields.Choice(EstadoFiscal)
    fecha = fields.Day(metadata={"description": "Issued on that day."})
