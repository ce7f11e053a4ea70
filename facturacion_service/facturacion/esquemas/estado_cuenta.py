"""The account of a patient as it goes out and is asked for."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from facturacion.esquemas.comunes import EntreDias, Persona


class ConsultaEstadoCuenta(EntreDias):
    """Of which days; all, when none is named."""


class MovimientoSalida(Schema):
    """Something that changed what a patient owes, and what he owed after it; less than 0 is in his favour."""

    dia = ma.fields.Date()
    momento = ma.fields.DateTime()
    tipo = ma.fields.String(
        metadata={"description": "factura, anulacion, nota_credito, pago or reembolso: what `id` is of."}
    )
    id = ma.fields.Integer()
    documento = ma.fields.String(metadata={"description": "Number of the document, or of the receipt."})
    concepto = ma.fields.String()
    cargo = fields.Amount()
    abono = fields.Amount()
    saldo = fields.Amount()


class PendienteSalida(Schema):
    """An invoice that is owed. `vencido`: of the patient's own part, what should have been paid before today."""

    factura_id = ma.fields.Integer(attribute="factura.id")
    numero = ma.fields.String(attribute="factura.numero")
    centro_id = ma.fields.Integer(attribute="factura.centro_id")
    fecha_emision = ma.fields.Date(attribute="factura.fecha_emision")
    vence_el = ma.fields.Date(attribute="factura.vence_el", allow_none=True)
    total = fields.Amount(attribute="factura.total")
    saldo = fields.Amount(attribute="factura.saldo")
    saldo_paciente = fields.Amount(attribute="factura.saldo_paciente")
    saldo_aseguradora = fields.Amount(attribute="factura.saldo_aseguradora")
    vencido = fields.Amount()


class EstadoCuentaSalida(Schema):
    """The movements of a patient's account, and what is owed today: `por_cobrar` less `a_favor` is its balance."""

    paciente = ma.fields.Nested(Persona)
    desde = ma.fields.Date(allow_none=True)
    hasta = ma.fields.Date(allow_none=True)
    saldo_inicial = fields.Amount()
    cargos = fields.Amount()
    abonos = fields.Amount()
    saldo_final = fields.Amount()
    movimientos = ma.fields.List(ma.fields.Nested(MovimientoSalida))
    por_cobrar = fields.Amount()
    por_cobrar_paciente = fields.Amount()
    por_cobrar_aseguradora = fields.Amount()
    vencido = fields.Amount()
    a_favor = fields.Amount(metadata={"description": "What is left of payments: deposits."})
    pendientes = ma.fields.List(ma.fields.Nested(PendienteSalida))
