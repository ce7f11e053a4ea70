"""Payments, deposits and refunds as they come in, go out and are asked for."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from facturacion.dominio.medios import Medio
from facturacion.esquemas.comunes import EntreDias, Monto
from facturacion.modelos import Pagador

FACTURAS_MAXIMAS = 50


class _Cobro(Schema):
    """What is told of any money that comes in."""

    monto = Monto(required=True)
    medio_pago = fields.Choice(Medio, required=True)
    referencia = fields.Text(
        100, allow_none=True, metadata={"description": "Number of the transfer, voucher or cheque."}
    )
    comentario = fields.Text(300, allow_none=True)


class PagoDeFactura(_Cobro):
    """A payment of one invoice."""

    pagador = fields.Choice(Pagador, load_default=Pagador.PACIENTE)


class ParteNueva(Schema):
    """So much of a payment goes to an invoice."""

    factura_id = fields.Id(required=True)
    monto = Monto(required=True)


class PagoNuevo(PagoDeFactura):
    """A payment of several invoices of a patient; the rest stays as a deposit."""

    paciente_id = fields.Id(required=True)
    centro_id = fields.Id(required=True)
    facturas = ma.fields.List(
        ma.fields.Nested(ParteNueva), required=True, validate=ma.validate.Length(min=1, max=FACTURAS_MAXIMAS)
    )


class AnticipoNuevo(_Cobro):
    """A deposit of a patient."""

    paciente_id = fields.Id(required=True)
    centro_id = fields.Id(required=True)


class ReembolsoNuevo(Schema):
    """How much is given back; with `factura_id`, of what was paid of that one."""

    monto = Monto(required=True)
    motivo = fields.Text(300, required=True)
    factura_id = fields.Id()
    medio_pago = fields.Choice(Medio, metadata={"description": "That of the payment, when absent."})


class FacturaBreve(Schema):
    """An invoice inside another answer."""

    id = ma.fields.Integer()
    numero = ma.fields.String()
    estado = ma.fields.String()
    total = fields.Amount()
    saldo = fields.Amount()


class AplicacionSalida(Schema):
    """What of a payment went to an invoice, or (negative) came back from it."""

    id = ma.fields.Integer()
    factura_id = ma.fields.Integer()
    factura = ma.fields.Nested(FacturaBreve)
    monto = fields.Amount()
    reembolso_id = ma.fields.Integer(allow_none=True)
    nota_credito_id = ma.fields.Integer(allow_none=True)
    momento = ma.fields.DateTime()
    por = ma.fields.String()


class ReembolsoSalida(Schema):
    """What was given back."""

    id = ma.fields.Integer()
    factura_id = ma.fields.Integer(allow_none=True)
    medio_pago = ma.fields.String()
    monto = fields.Amount()
    motivo = ma.fields.String()
    momento = ma.fields.DateTime()
    dia = ma.fields.Date()
    caja_id = ma.fields.Integer(allow_none=True)
    por = ma.fields.String()


class PagoSalida(ResourceSchema):
    """A payment, where it went, and what was given back of it."""

    paciente_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    pagador = ma.fields.String()
    aseguradora_id = ma.fields.Integer(allow_none=True)
    medio_pago = ma.fields.String()
    monto = fields.Amount()
    aplicado = fields.Amount()
    devuelto = fields.Amount()
    disponible = fields.Amount(metadata={"description": "Neither applied nor given back: a deposit."})
    referencia = ma.fields.String(allow_none=True)
    comentario = ma.fields.String(allow_none=True)
    momento = ma.fields.DateTime()
    dia = ma.fields.Date()
    caja_id = ma.fields.Integer(allow_none=True)
    registrado_por = ma.fields.String()
    aplicaciones = ma.fields.List(ma.fields.Nested(AplicacionSalida))
    reembolsos = ma.fields.List(ma.fields.Nested(ReembolsoSalida))


class FiltroPagos(EntreDias, PageQuery):
    """What the list can be narrowed to."""

    paciente_id = fields.Id()
    centro_id = fields.Id()
    medio_pago = fields.Choice(Medio)
    pagador = fields.Choice(Pagador)
    caja_id = fields.Id()
    con_disponible = fields.Flag(metadata={"description": "With something left of them, or nothing."})
