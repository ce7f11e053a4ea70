"""Statistics: what they are asked for, and their figures."""

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from comun.sheets import FORMATS
from facturacion.dominio.medios import Medio
from facturacion.esquemas.comunes import Nombrado
from facturacion.esquemas.reportes import CifrasSalida, Rango
from facturacion.esquemas.tablero import CitasEnCifras, fuentes

SECCIONES = ("doctores", "tratamientos", "medios")


class FiltroEstadisticas(Rango):
    """As CSV or XLSX one section at a time."""

    formato = fields.Choice(FORMATS, load_default="json")
    seccion = fields.Choice(SECCIONES, load_default="doctores")


class FiltroEstadisticasDeDoctor(Rango):
    """As CSV or XLSX what there is by treatment."""

    formato = fields.Choice(FORMATS, load_default="json")


class DeUnTratamiento(Schema):
    """A treatment; null: what is of none. `materiales` and `margen` only for who may see the clinic's figures."""

    tratamiento = ma.fields.Nested(Nombrado, allow_none=True)
    facturado = fields.Amount(signed=True)
    materiales = fields.Amount(signed=True)
    honorarios = fields.Amount(signed=True)
    margen = fields.Amount(signed=True)


class CifrasDeDoctor(Schema):
    """What is a doctor's. `materiales` and `margen` only for who may see the clinic's figures."""

    facturado = fields.Amount(signed=True)
    cobrado = fields.Amount(signed=True)
    materiales = fields.Amount(signed=True)
    honorarios = fields.Amount(signed=True)
    margen = fields.Amount(signed=True)


class FilaDeDoctor(CifrasDeDoctor):
    """A doctor; null: what is of none."""

    doctor = ma.fields.Nested(Nombrado, allow_none=True)


class DeUnMedio(Schema):
    """A means of payment: payments less refunds, and how many payments."""

    medio_pago = ma.fields.String(metadata={"enum": [str(medio) for medio in Medio]})
    cobrado = fields.Amount(signed=True)
    pagos = ma.fields.Integer()


class FacturasEnCifras(Schema):
    """Invoices that were issued on these days and still hold; `promedio`: without tax, null without any."""

    emitidas = ma.fields.Integer()
    promedio = fields.Amount(allow_none=True)


class EstadisticasDeClinica(Schema):
    """The clinic in figures. null: who knows did not answer; see `fuentes`."""

    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    finanzas = ma.fields.Nested(CifrasSalida)
    facturas = ma.fields.Nested(FacturasEnCifras)
    medios = ma.fields.List(ma.fields.Nested(DeUnMedio))
    doctores = ma.fields.List(ma.fields.Nested(FilaDeDoctor))
    tratamientos = ma.fields.List(ma.fields.Nested(DeUnTratamiento))
    citas = ma.fields.Nested(CitasEnCifras, allow_none=True)
    pacientes_nuevos = ma.fields.Integer(allow_none=True)
    fuentes = fuentes()


class DoctorNombrado(Schema):
    """A doctor."""

    id = ma.fields.Integer()
    nombres = ma.fields.String()
    apellidos = ma.fields.String()


class EstadisticasDeDoctor(CifrasDeDoctor):
    """A doctor in figures. null: who knows did not answer; see `fuentes`."""

    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    doctor = ma.fields.Nested(DoctorNombrado)
    honorarios_liquidados = fields.Amount(signed=True)
    honorarios_pendientes = fields.Amount(signed=True)
    tratamientos = ma.fields.List(ma.fields.Nested(DeUnTratamiento))
    citas = ma.fields.Nested(CitasEnCifras, allow_none=True)
    fuentes = fuentes()
