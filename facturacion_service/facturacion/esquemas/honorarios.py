"""Doctors' fees, their rates and settlements, as they come in, go out and are asked for."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, PlainPageQuery, QuerySchema, ResourceSchema, Schema
from comun.sheets import FORMATS
from facturacion.dominio.medios import Medio
from facturacion.esquemas.comunes import EntreDias, Nombrado, Persona, Porcentaje
from facturacion.modelos import EstadoLiquidacion


class TarifaHonorarioNueva(Schema):
    """So much percent of a line without tax, from a day on: of a doctor, or of all; of a treatment, or of all."""

    doctor_id = fields.Id(allow_none=True)
    tratamiento_id = fields.Id(allow_none=True)
    porcentaje = Porcentaje(required=True)
    desde = fields.Day(required=True)


class TarifaHonorarioSalida(ResourceSchema):
    """What percentage a doctor gets."""

    doctor_id = ma.fields.Integer(allow_none=True)
    tratamiento_id = ma.fields.Integer(allow_none=True)
    porcentaje = fields.Amount()
    desde = ma.fields.Date()


class FiltroTarifasHonorarios(PageQuery):
    """What rates can be narrowed to."""

    doctor_id = fields.Id()
    tratamiento_id = fields.Id()


class HonorarioSalida(Schema):
    """What a doctor gets of a line of an invoice, or loses: then `base` and `monto` are negative."""

    id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    dia = ma.fields.Date()
    referencia = ma.fields.String(metadata={"description": "factura/3, nota_credito/4, anulacion/3"})
    factura_id = ma.fields.Integer(attribute="detalle.factura_id")
    factura = ma.fields.String(attribute="detalle.factura.numero")
    paciente_id = ma.fields.Integer(attribute="detalle.factura.paciente_id")
    tratamiento_id = ma.fields.Integer(allow_none=True)
    descripcion = ma.fields.String(attribute="detalle.descripcion")
    base = fields.Amount()
    porcentaje = fields.Amount()
    monto = fields.Amount()
    liquidacion_id = ma.fields.Integer(allow_none=True)


class _DeHonorarios(EntreDias):
    doctor_id = fields.Id()
    centro_id = fields.Id()


class FiltroHonorarios(PlainPageQuery, _DeHonorarios):
    """What fees can be narrowed to."""

    tratamiento_id = fields.Id()
    liquidacion_id = fields.Id()
    pendientes = fields.Flag(metadata={"description": "True: those that are in no settlement."})


class FiltroPendientes(_DeHonorarios):
    """Of what a settlement would be."""


class PendientesDeMedico(Schema):
    """What a settlement of a doctor would come to."""

    doctor_id = ma.fields.Integer()
    doctor = ma.fields.Nested(Persona, allow_none=True)
    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    cantidad = ma.fields.Integer()
    base = fields.Amount()
    total = fields.Amount()


class PendientesSalida(Schema):
    """What settlements would come to."""

    datos = ma.fields.List(ma.fields.Nested(PendientesDeMedico))
    base = fields.Amount()
    total = fields.Amount()


class LiquidacionNueva(Schema):
    """Settle what a doctor earned from `desde`, or since ever, up to `hasta`; at a centre, or at all."""

    doctor_id = fields.Id(required=True)
    centro_id = fields.Id(allow_none=True)
    desde = fields.Day(allow_none=True)
    hasta = fields.Day(required=True)


class CambioDeLiquidacion(Schema):
    """`pagada`: with `medio_pago`, at `centro_id` unless the settlement is of one. `anulada`: with `motivo`."""

    estado = fields.Choice((EstadoLiquidacion.PAGADA, EstadoLiquidacion.ANULADA), required=True)
    motivo = fields.Text(300, allow_none=True)
    medio_pago = fields.Choice(Medio, allow_none=True)
    centro_id = fields.Id(allow_none=True)


class LiquidacionSalida(ResourceSchema):
    """The settlement of a doctor's fees of a period; `base` is what was charged without tax."""

    doctor_id = ma.fields.Integer()
    doctor = ma.fields.Nested(Persona, allow_none=True)
    centro_id = ma.fields.Integer(allow_none=True)
    desde = ma.fields.Date()
    hasta = ma.fields.Date()
    base = fields.Amount()
    total = fields.Amount()
    estado = ma.fields.String(metadata={"enum": [str(uno) for uno in EstadoLiquidacion]})
    medio_pago = ma.fields.String(allow_none=True)
    pagada_en = ma.fields.DateTime(allow_none=True)
    motivo = ma.fields.String(allow_none=True)
    cerrada_por = ma.fields.String()


class FiltroLiquidaciones(PageQuery):
    """What settlements can be narrowed to."""

    doctor_id = fields.Id()
    centro_id = fields.Id()
    estado = fields.Choice(EstadoLiquidacion)


class FormatoDeReporte(QuerySchema):
    """As what the report is wanted."""

    formato = fields.Choice((*FORMATS, "pdf"), load_default="json")


class HonorariosPorTratamiento(Schema):
    """What the fees for a treatment come to."""

    tratamiento = ma.fields.Nested(Nombrado, allow_none=True)
    cantidad = ma.fields.Integer()
    base = fields.Amount()
    total = fields.Amount()


class ReporteLiquidacion(Schema):
    """A settlement with each of its lines."""

    liquidacion = ma.fields.Nested(LiquidacionSalida)
    por_tratamiento = ma.fields.List(ma.fields.Nested(HonorariosPorTratamiento))
    lineas = ma.fields.List(ma.fields.Nested(HonorarioSalida))
