"""Reports: what they are asked for, and their figures."""

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from comun.sheets import FORMATS
from facturacion.esquemas.comunes import EntreDias, Nombrado

AGRUPACIONES = ("dia", "mes", "centro", "doctor", "tratamiento", "aseguradora")


class Rango(EntreDias):
    """Days on each centre's own calendar, both inclusive; the current month when absent, at most 366 days.

    With one of them only, the other is the beginning or the end of its month.
    """

    MAX_DAYS = 366

    centro_id = fields.Id()


class FiltroFinanciero(Rango):
    """Whose figures, in which groups, and as what."""

    doctor_id = fields.Id()
    agrupar = fields.Choice(AGRUPACIONES, load_default="dia")
    formato = fields.Choice(FORMATS, load_default="json")


class CifrasSalida(Schema):
    """Amounts in US dollars, all from the ledger.

    `facturado`: without tax, less what was credited or annulled. `cobrado`: payments less refunds; `otros_ingresos`
    and `otros_egresos`: what was written into the cash desk by hand. `materiales`: cost of what treatments used.
    margen = facturado − materiales − honorarios. utilidad = margen + otros_ingresos − gastos − otros_egresos.
    """

    facturado = fields.Amount(signed=True)
    iva = fields.Amount(signed=True)
    cobrado = fields.Amount(signed=True, allow_none=True)
    otros_ingresos = fields.Amount(signed=True, allow_none=True)
    gastos = fields.Amount(signed=True, allow_none=True)
    otros_egresos = fields.Amount(signed=True, allow_none=True)
    materiales = fields.Amount(signed=True)
    honorarios = fields.Amount(signed=True)
    margen = fields.Amount(signed=True)
    utilidad = fields.Amount(signed=True, allow_none=True)


class FilaFinanciera(CifrasSalida):
    """One group; of the first six fields it has the one that `agrupar` names, null for what is of none.

    By treatment and by insurer: null where an amount is of no line of an invoice.
    """

    dia = ma.fields.Date()
    mes = ma.fields.String(metadata={"description": "`2026-01`"})
    centro = ma.fields.Nested(Nombrado, allow_none=True)
    doctor = ma.fields.Nested(Nombrado, allow_none=True)
    tratamiento = ma.fields.Nested(Nombrado, allow_none=True)
    aseguradora = ma.fields.Nested(Nombrado, allow_none=True)


class ReporteFinanciero(Schema):
    """The business in figures. `totales` are the same however they are grouped."""

    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    agrupar = ma.fields.String(metadata={"enum": list(AGRUPACIONES)})
    totales = ma.fields.Nested(CifrasSalida)
    filas = ma.fields.List(ma.fields.Nested(FilaFinanciera))
