"""Transactions of the cash desk as they come in, go out and are asked for, and their reports."""

import marshmallow as ma

from comun import fields, sheets
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from facturacion.dominio.medios import Medio
from facturacion.esquemas.comunes import EntreDias, Monto, Nombrado, Persona
from facturacion.modelos import EstadoTransaccion, Origen, TipoTransaccion


class TransaccionEditada(Schema):
    """What can be corrected of a transaction that was written by hand.

    `fecha_transaccion` without an offset is read on the centre's clock. `motivo`: why it is annulled.
    """

    tipo_transaccion = fields.Choice(TipoTransaccion)
    monto = Monto()
    medio_pago = fields.Choice(Medio)
    concepto = fields.Text(200)
    doctor_id = fields.Id(allow_none=True)
    paciente_id = fields.Id(allow_none=True)
    fecha_transaccion = fields.Moment()
    comentario = fields.Text(500, allow_none=True)
    estado = fields.Choice(EstadoTransaccion)
    motivo = fields.Text(300)


class TransaccionNueva(Schema):
    """Money that comes in or goes out for something else than what has an operation of its own.

    In cash it goes into the caller's open till. Now, when it has no `fecha_transaccion`.
    """

    tipo_transaccion = fields.Choice(TipoTransaccion, required=True)
    centro_id = fields.Id(metadata={"description": "May be absent when there is only one."})
    monto = Monto(required=True)
    medio_pago = fields.Choice(Medio, required=True)
    concepto = fields.Text(200, required=True)
    doctor_id = fields.Id(allow_none=True)
    paciente_id = fields.Id(allow_none=True)
    fecha_transaccion = fields.Moment()
    comentario = fields.Text(500, allow_none=True)
    estado = fields.Choice(
        (EstadoTransaccion.PENDIENTE, EstadoTransaccion.COMPLETADO), load_default=EstadoTransaccion.COMPLETADO
    )


class EstadoDeTransaccion(Schema):
    """Where a transaction goes; why, when it is annulled."""

    estado = fields.Choice((EstadoTransaccion.COMPLETADO, EstadoTransaccion.ANULADO), required=True)
    motivo = fields.Text(300)


class TransaccionSalida(ResourceSchema):
    """A transaction. `origen` and `referencia` (`pago/7`) say what it came of; `caja_id`: the till it is in."""

    tipo_transaccion = ma.fields.String(metadata={"enum": [str(uno) for uno in TipoTransaccion]})
    origen = ma.fields.String(metadata={"enum": [str(uno) for uno in Origen]})
    referencia = ma.fields.String(allow_none=True)
    centro_id = ma.fields.Integer()
    caja_id = ma.fields.Integer(allow_none=True)
    doctor_id = ma.fields.Integer(allow_none=True)
    doctor = ma.fields.Nested(Persona, allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)
    paciente = ma.fields.Nested(Persona, allow_none=True)
    concepto = ma.fields.String()
    monto = fields.Amount()
    medio_pago = ma.fields.String(metadata={"enum": [str(uno) for uno in Medio]})
    fecha_transaccion = ma.fields.DateTime()
    dia = ma.fields.Date(metadata={"description": "On the centre's calendar."})
    comentario = ma.fields.String(allow_none=True)
    estado = ma.fields.String(metadata={"enum": [str(uno) for uno in EstadoTransaccion]})
    motivo_anulacion = ma.fields.String(allow_none=True)
    registrada_por = ma.fields.String()


class _Cuales(EntreDias):
    """Which transactions. `fecha` is a day of its own; `q` is looked for in what it was for and in its comment."""

    ALIASES = {"type": "tipo_transaccion"}

    fecha = fields.Day()
    tipo_transaccion = fields.Choice(TipoTransaccion)
    origen = fields.Choice(Origen)
    estado = fields.Choice(EstadoTransaccion)
    medio_pago = fields.Choice(Medio)
    centro_id = fields.Id()
    doctor_id = fields.Id()
    paciente_id = fields.Id()
    caja_id = fields.Id()
    q = fields.Text(100)


class FiltroTransacciones(_Cuales, PageQuery):
    """What the list can be narrowed to."""


class FiltroArchivoTransacciones(_Cuales):
    """What the file can be narrowed to."""

    formato = fields.Choice(sheets.FILES, load_default="csv")


class _FiltroReporte(QuerySchema):
    """What a report of the cash desk can be narrowed to; as a file it has a line for each combination."""

    ALIASES = {"type": "tipo_transaccion"}

    tipo_transaccion = fields.Choice(TipoTransaccion)
    origen = fields.Choice(Origen)
    medio_pago = fields.Choice(Medio)
    centro_id = fields.Id()
    doctor_id = fields.Id()
    formato = fields.Choice(sheets.FORMATS, load_default="json")


class FiltroResumen(_FiltroReporte, EntreDias):
    """All days, unless it is narrowed to some."""

    fecha = fields.Day()


class FiltroDiario(_FiltroReporte):
    """One day of each centre's own calendar; today when absent."""

    fecha = fields.Day()


class FiltroMensual(_FiltroReporte):
    """One month, `AAAA-MM`; the current one when absent."""

    mes = fields.Text(7, validate=ma.validate.Regexp(r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$", error="Debe ser AAAA-MM."))


class Cifras(Schema):
    """Completed transactions: what came in, what went out, the difference, and how many they are."""

    ingresos = fields.Amount(signed=True)
    egresos = fields.Amount(signed=True)
    balance = fields.Amount(signed=True)
    transacciones = ma.fields.Integer()


class PorTipo(Schema):
    """Of one type."""

    tipo_transaccion = ma.fields.String()
    importe = fields.Amount(signed=True)
    transacciones = ma.fields.Integer()


class PorMedio(Cifras):
    """By one means of payment."""

    medio_pago = ma.fields.String()


class PorOrigen(Cifras):
    """Of one origin."""

    origen = ma.fields.String()


class PorDoctor(Cifras):
    """Of one doctor; null: of none."""

    doctor = ma.fields.Nested(Persona, allow_none=True)


class PorCentro(Cifras):
    """At one centre."""

    centro = ma.fields.Nested(Nombrado)


class ResumenSalida(Cifras):
    """The cash desk in figures; each breakdown adds up to them."""

    desde = ma.fields.Date(allow_none=True)
    hasta = ma.fields.Date(allow_none=True)
    por_tipo = ma.fields.List(ma.fields.Nested(PorTipo))
    por_medio_pago = ma.fields.List(ma.fields.Nested(PorMedio))
    por_origen = ma.fields.List(ma.fields.Nested(PorOrigen))
    por_doctor = ma.fields.List(ma.fields.Nested(PorDoctor))
    por_centro = ma.fields.List(ma.fields.Nested(PorCentro))


class DiarioSalida(ResumenSalida):
    """One day."""

    fecha = ma.fields.Date()


class PorDia(Cifras):
    """Of one day."""

    fecha = ma.fields.Date()


class MensualSalida(ResumenSalida):
    """One month, with each of its days."""

    mes = ma.fields.String()
    por_dia = ma.fields.List(ma.fields.Nested(PorDia))
