"""Appointments of which a person has to look at what was charged."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PlainPageQuery, Schema
from facturacion.casos_de_uso.citas_por_revisar import Resolucion
from facturacion.modelos import PorRevisar


class FiltroPorRevisar(PlainPageQuery):
    """Which of them."""

    centro_id = fields.Id()
    por_revisar = fields.Choice(PorRevisar)


class ResolucionNueva(Schema):
    """What becomes of it, and why."""

    resolucion = fields.Choice(
        Resolucion,
        required=True,
        metadata={"description": "`conservar`: what was charged stays; `facturar`: a new draft of the appointment."},
    )
    motivo = fields.Text(300, required=True)


class FacturaDeCita(Schema):
    """The invoice of an appointment, in short."""

    id = ma.fields.Integer()
    numero = ma.fields.String(allow_none=True)
    estado = ma.fields.String()
    paciente_id = ma.fields.Integer()
    total = fields.Amount()
    saldo = fields.Amount()


class LineaDeCita(Schema):
    """Something that an appointment charges, as it was agreed: without tax."""

    linea = ma.fields.String(metadata={"description": "`tratamiento/12` or `extra/3`: a line of the appointment."})
    tratamiento_id = ma.fields.Integer(allow_none=True)
    descripcion = ma.fields.String()
    cantidad = ma.fields.Decimal(places=6)
    precio_unitario = ma.fields.Decimal(places=6)
    tarifa_iva = ma.fields.Decimal(allow_none=True, metadata={"description": "Of extras none: it is a setting."})


class CitaPorRevisar(Schema):
    """An appointment with its invoice: `facturado` is what that was made of, `convenido` what was done in the end."""

    cita_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    por_revisar = ma.fields.String(
        allow_none=True,
        metadata={
            "enum": [*map(str, PorRevisar), None],
            "description": "`reabierta` after its invoice was issued; completed anew and `cambiada`;"
            " `no_facturable`: something of it can't be charged as agreed, see `nota`; `sin_factura`: its invoice"
            " was annulled or credited as a whole, or its draft thrown away.",
        },
    )
    nota = ma.fields.String(allow_none=True)
    completada = ma.fields.Boolean()
    factura = ma.fields.Nested(FacturaDeCita, allow_none=True)
    facturado = ma.fields.List(ma.fields.Nested(LineaDeCita), attribute="cobrado", allow_none=True)
    convenido = ma.fields.List(ma.fields.Nested(LineaDeCita), attribute="convenidas", allow_none=True)
