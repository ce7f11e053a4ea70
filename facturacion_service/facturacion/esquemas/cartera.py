"""Receivables: what they are asked for, and their figures."""

import marshmallow as ma

from comun import fields
from comun.schema import PageInfo, QuerySchema, Schema
from comun.sheets import FORMATS
from facturacion.modelos.cartera import DEUDORES


class FiltroCartera(QuerySchema):
    """Whose debts, by whom; a page of them, or all as a file."""

    centro_id = fields.Id()
    paciente_id = fields.Id()
    aseguradora_id = fields.Id()
    agrupar = fields.Choice(DEUDORES, load_default="paciente")
    formato = fields.Choice(FORMATS, load_default="json")
    pagina = fields.Count(1, 10_000, load_default=1, metadata={"description": "Page number, from 1."})
    tamano = fields.Count(1, 200, load_default=20, metadata={"description": "Rows per page."})


class Antiguedad(Schema):
    """What is owed, by the days since it fell due; `vencido`: all of it that did. Today is not yet overdue."""

    corriente = fields.Amount()
    de_1_a_30 = fields.Amount()
    de_31_a_60 = fields.Amount()
    de_61_a_90 = fields.Amount()
    mas_de_90 = fields.Amount()
    vencido = fields.Amount()
    total = fields.Amount()


class AntiguedadDeFacturas(Antiguedad):
    """And of how many invoices."""

    facturas = ma.fields.Integer()


class Deudor(Schema):
    """Who owes, or to which centre: a person has `nombres` and `apellidos`, others a `nombre`."""

    id = ma.fields.Integer()
    nombres = ma.fields.String(allow_none=True)
    apellidos = ma.fields.String(allow_none=True)
    nombre = ma.fields.String(allow_none=True)


class FilaCartera(AntiguedadDeFacturas):
    """One debtor, or one centre; of the first three fields it has the one that `agrupar` names."""

    paciente = ma.fields.Nested(Deudor)
    aseguradora = ma.fields.Nested(Deudor)
    centro = ma.fields.Nested(Deudor)


class ReporteCartera(Schema):
    """Receivables as they are now, the most overdue first.

    What is due in instalments counts by instalment; what has no day to be paid by is due when it is issued.
    `anticipos`: what was paid and belongs to no invoice yet; it is not taken off.
    """

    al = ma.fields.Date()
    agrupar = ma.fields.String(metadata={"enum": list(DEUDORES)})
    totales = ma.fields.Nested(Antiguedad)
    de_pacientes = ma.fields.Nested(AntiguedadDeFacturas)
    de_aseguradoras = ma.fields.Nested(AntiguedadDeFacturas)
    anticipos = fields.Amount()
    filas = ma.fields.List(ma.fields.Nested(FilaCartera))
    paginacion = ma.fields.Nested(PageInfo)
