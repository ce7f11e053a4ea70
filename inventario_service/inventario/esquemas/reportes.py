"""The report of the stock: what it is asked for, and its figures."""

import marshmallow as ma

from comun import fields
from comun.schema import DaysQuery, Schema
from inventario.dominio.reportes import MONTOS
from inventario.esquemas.compras import Nombrado, ProductoNombrado
from inventario.esquemas.comunes import Cantidad, CodigoDeLote, ConCostos

AGRUPACIONES = ("categoria", "producto", "proveedor", "centro")
SECCIONES = ("existencias", "caducidades", "tratamientos", "doctores", "centros")


class FiltroReporte(DaysQuery):
    """Days on each centre's own calendar, both inclusive; the current month when absent, at most 366 days.

    With one of them only, the other is the beginning or the end of its month. `por_caducar_dias`: how soon what is
    listed expires; by default as soon as it is announced. As CSV one section at a time: `existencias` by `agrupar`.
    """

    MAX_DAYS = 366

    desde = fields.Day()
    hasta = fields.Day()
    centro_id = fields.Id()
    agrupar = fields.Choice(AGRUPACIONES, load_default="categoria")
    por_caducar_dias = fields.Count(0, 3660)
    formato = fields.Choice(("json", "csv"), load_default="json")
    seccion = fields.Choice(SECCIONES, load_default="existencias")


class CifrasSalida(ConCostos):
    """Amounts at cost, for those who may see costs.

    What there was is valued at the average cost of the product, what moved at that of its lot.
    valor_final = valor_inicial + entradas + devoluciones + ajustes + traslados − salidas − consumo + revalorizacion.
    `consumo`: by appointments, what came back taken off. `caducado`: of salidas and ajustes, what had expired.
    `rotacion`: (consumo + salidas) / mean value; null without any. `dias_de_inventario`: how long the mean stock
    lasts at that pace. Quantities are in the products' own units: they mean something for a product.
    """

    COSTOS = frozenset(MONTOS)

    valor_inicial = fields.Amount(signed=True)
    valor_final = fields.Amount(signed=True)
    entradas = fields.Amount(signed=True)
    devoluciones = fields.Amount(signed=True)
    ajustes = fields.Amount(signed=True)
    traslados = fields.Amount(signed=True)
    salidas = fields.Amount(signed=True)
    consumo = fields.Amount(signed=True)
    caducado = fields.Amount(signed=True)
    revalorizacion = fields.Amount(signed=True)
    rotacion = ma.fields.Float(allow_none=True)
    dias_de_inventario = ma.fields.Float(allow_none=True)


class FilaReporte(CifrasSalida):
    """One group; of the first four fields it has the one that `agrupar` names; null: what belongs to none."""

    categoria = ma.fields.Nested(Nombrado, allow_none=True)
    proveedor = ma.fields.Nested(Nombrado, allow_none=True)
    producto = ma.fields.Nested(ProductoNombrado)
    centro = ma.fields.Nested(Nombrado)
    cantidad_inicial = Cantidad(signed=True)
    cantidad_final = Cantidad(signed=True)
    cantidad_usada = Cantidad(signed=True)


class CuentaDeLotes(ConCostos):
    """How many lots at how many centres, and what they cost."""

    COSTOS = frozenset({"valor"})

    lotes = ma.fields.Integer()
    valor = fields.Amount()


class LotePorCaducar(ConCostos):
    """What a centre has now of a lot; `dias` below 0: it has expired."""

    COSTOS = frozenset({"valor"})

    lote_id = ma.fields.Integer()
    lote = CodigoDeLote()
    producto = ma.fields.Nested(ProductoNombrado)
    centro = ma.fields.Nested(Nombrado)
    caducidad = ma.fields.Date()
    dias = ma.fields.Integer()
    cantidad = Cantidad()
    valor = fields.Amount()


class Caducidades(ConCostos):
    """What is there now; `dado_de_baja`: what was taken out in the range after it had expired."""

    COSTOS = frozenset({"dado_de_baja"})

    caducado = ma.fields.Nested(CuentaDeLotes)
    por_caducar = ma.fields.Nested(CuentaDeLotes)
    dado_de_baja = fields.Amount(signed=True)
    lotes = ma.fields.List(ma.fields.Nested(LotePorCaducar))


class Conocido(Schema):
    """A doctor or treatment inside a report; without a name when it was never heard of."""

    id = ma.fields.Integer()
    nombre = ma.fields.String(allow_none=True)


class CostoPorTratamiento(ConCostos):
    """What a treatment used."""

    tratamiento = ma.fields.Nested(Conocido, allow_none=True)
    costo = fields.Amount(signed=True)


class CostoPorDoctor(ConCostos):
    """What a doctor's appointments used."""

    doctor = ma.fields.Nested(Conocido, allow_none=True)
    costo = fields.Amount(signed=True)


class CostoPorCentro(ConCostos):
    """What a centre's appointments used."""

    centro = ma.fields.Nested(Nombrado)
    costo = fields.Amount(signed=True)


class ConsumoEnReporte(ConCostos):
    """What appointments used in the range, at cost, the dearest first."""

    COSTOS = frozenset({"total"})

    total = fields.Amount(signed=True)
    por_tratamiento = ma.fields.List(ma.fields.Nested(CostoPorTratamiento))
    por_doctor = ma.fields.List(ma.fields.Nested(CostoPorDoctor))
    por_centro = ma.fields.List(ma.fields.Nested(CostoPorCentro))


class ReporteInventario(Schema):
    """The stock in figures."""

    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    agrupar = ma.fields.String(metadata={"enum": list(AGRUPACIONES)})
    totales = ma.fields.Nested(CifrasSalida)
    filas = ma.fields.List(ma.fields.Nested(FilaReporte))
    caducidades = ma.fields.Nested(Caducidades)
    consumo = ma.fields.Nested(ConsumoEnReporte)
