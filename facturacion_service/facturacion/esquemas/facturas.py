"""Invoices as they come in and go out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from facturacion.dominio.comprador import (
    LARGO_MAXIMO,
    IdentificacionInvalida,
    TipoComprador,
    identificar,
)
from facturacion.esquemas.comunes import EntreDias
from facturacion.esquemas.lineas import LineaNueva, LineaSalida, TotalesSalida, lista_de
from facturacion.modelos import EstadoFactura, EstadoFiscal


class CompradorForma(Schema):
    """To whom an invoice is made out."""

    tipo = fields.Choice(
        TipoComprador,
        metadata={
            "description": "04 RUC, 05 cédula, 06 passport, 07 consumidor final, 08 foreign; guessed if absent."
        },
    )
    identificacion = fields.Text(LARGO_MAXIMO)
    nombre = fields.Text(300)
    direccion = fields.Text(300, allow_none=True)
    email = fields.Email(allow_none=True)
    telefono = fields.Phone(allow_none=True)

    @ma.post_load
    def _identificado(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        tipo = TipoComprador(data["tipo"]) if "tipo" in data else None
        if tipo is TipoComprador.CONSUMIDOR_FINAL:
            return {**data, "tipo": tipo}
        faltan = [campo for campo in ("identificacion", "nombre") if campo not in data]
        if faltan:
            raise ma.ValidationError(dict.fromkeys(faltan, ["Es obligatorio, salvo en 07 (consumidor final)."]))
        try:
            tipo, numero = identificar(data["identificacion"], tipo)
        except IdentificacionInvalida as error:
            raise ma.ValidationError(str(error), "identificacion") from None
        return {**data, "tipo": tipo, "identificacion": numero}


class CompradorSalida(Schema):
    """To whom it is made out, as it was written then."""

    tipo = ma.fields.String(allow_none=True)
    identificacion = ma.fields.String(allow_none=True)
    nombre = ma.fields.String(allow_none=True)
    direccion = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)


class DetalleNuevo(LineaNueva):
    """A line of an invoice."""

    doctor_id = fields.Id(allow_none=True, metadata={"description": "Who earns its fee; the invoice's when absent."})


class FacturaNueva(Schema):
    """A new draft. The buyer is the patient when none is given."""

    paciente_id = fields.Id(required=True)
    centro_id = fields.Id(required=True)
    doctor_id = fields.Id(allow_none=True)
    detalles = lista_de(DetalleNuevo, required=True)
    comprador = ma.fields.Nested(CompradorForma)
    observaciones = fields.Text(1000, allow_none=True)


class DetalleSalida(LineaSalida):
    """A line of an invoice; `acreditada`: how many of it credit notes took back."""

    doctor_id = ma.fields.Integer(allow_none=True)
    acreditada = fields.Amount(places=6)


class CuotaSalida(Schema):
    """An instalment."""

    numero = ma.fields.Integer()
    vence_el = ma.fields.Date()
    monto = fields.Amount()
    pagado = fields.Amount()
    saldo = fields.Amount()


class FacturaResumen(ResourceSchema, TotalesSalida):
    """An invoice in a list. `saldo` is owed, `saldo_aseguradora` of it by the insurer."""

    paciente_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer(allow_none=True)
    cita_id = ma.fields.Integer(allow_none=True)
    cotizacion_id = ma.fields.Integer(allow_none=True)
    estado = ma.fields.String()
    estado_sri = ma.fields.String()
    punto_emision_id = ma.fields.Integer(allow_none=True)
    numero = ma.fields.String(allow_none=True)
    fecha_emision = ma.fields.Date(allow_none=True)
    vence_el = ma.fields.Date(allow_none=True)
    aseguradora_id = ma.fields.Integer(allow_none=True)
    comprador_nombre = ma.fields.String(allow_none=True)
    pagado = fields.Amount()
    reembolsado = fields.Amount()
    acreditado = fields.Amount()
    saldo = fields.Amount()
    cubierto = fields.Amount()
    saldo_aseguradora = fields.Amount()
    saldo_paciente = fields.Amount()


class FacturaSalida(FacturaResumen):
    """An invoice with its buyer, its lines and its instalments."""

    comprador = ma.fields.Nested(CompradorSalida)
    observaciones = ma.fields.String(allow_none=True)
    creada_por = ma.fields.String()
    emitida_en = ma.fields.DateTime(allow_none=True)
    emitida_por = ma.fields.String(allow_none=True)
    motivo_anulacion = ma.fields.String(allow_none=True)
    anulada_en = ma.fields.DateTime(allow_none=True)
    detalles = ma.fields.List(ma.fields.Nested(DetalleSalida))
    cuotas = ma.fields.List(ma.fields.Nested(CuotaSalida))


class CambioDeFactura(Schema):
    """Issue a draft, or annul an issued invoice, with the reason."""

    estado = fields.Choice((EstadoFactura.EMITIDA, EstadoFactura.ANULADA), required=True)
    motivo = fields.Text(300)
    punto_emision_id = fields.Id(metadata={"description": "To issue; the centre's principal one when absent."})
    vence_el = fields.Day(metadata={"description": "To issue: until when it is to be paid; today when absent."})

    @ma.validates_schema
    def _con_motivo(self, data: dict[str, Any], **_kwargs: Any) -> None:
        anula = data.get("estado") == EstadoFactura.ANULADA
        if anula and "motivo" not in data:
            raise ma.ValidationError("Diga por qué se anula.", "motivo")
        if anula and (ajenos := {"punto_emision_id", "vence_el"} & set(data)):
            raise ma.ValidationError(dict.fromkeys(ajenos, ["Va solo al emitir."]))


class ConsultaTotales(EntreDias):
    """Of which invoices; days are those of their issue."""

    paciente_id = fields.Id()
    doctor_id = fields.Id()
    centro_id = fields.Id()
    cita_id = fields.Id()
    aseguradora_id = fields.Id()
    estado = fields.Choice(EstadoFactura)
    estado_sri = fields.Choice(EstadoFiscal)
    numero = fields.Text(17)
    fecha = fields.Day(metadata={"description": "Issued on that day."})
    con_saldo = fields.Flag(metadata={"description": "Issued and still owed, or not."})


class FiltroFacturas(ConsultaTotales, PageQuery):
    """What the list can be narrowed to."""


class SumaDeFacturas(Schema):
    """How many, and what they come to."""

    cantidad = ma.fields.Integer()
    total = fields.Amount()
    pagado = fields.Amount()
    reembolsado = fields.Amount()
    acreditado = fields.Amount()
    saldo = fields.Amount()


class SumaDeEstado(SumaDeFacturas):
    """Those in one state."""

    estado = ma.fields.String()


class TotalesDeFacturas(SumaDeFacturas):
    """By state; all together without drafts and annulled ones, which nobody owes."""

    por_estado = ma.fields.List(ma.fields.Nested(SumaDeEstado))
