"""Signed links, as their holder sees and uses them."""

import marshmallow as ma

from comun import fields
from comun.schema import Schema

# Of appointments, then of offers from the waitlist.
ACCIONES = ("confirmar", "cancelar", "otro_horario", "aceptar", "rechazar")


class AccionPedida(Schema):
    """What the holder of a link wants done."""

    accion = fields.Choice(ACCIONES, required=True)
    mensaje = fields.Text(500, allow_none=True, metadata={"description": "To the clinic."})


class EnlaceSalida(Schema):
    """What a link is for: no more of the patient than the first name."""

    tipo = ma.fields.String(metadata={"enum": ["cita", "oferta"]})
    fecha_hora = ma.fields.DateTime(metadata={"description": "On the centre's clock."})
    duracion_minutos = ma.fields.Integer()
    centro = ma.fields.String()
    doctor = ma.fields.String()
    paciente = ma.fields.String()
    estado = ma.fields.String()
    cambio_solicitado = ma.fields.Boolean(metadata={"description": "Another time was asked for."})
    vence_en = ma.fields.DateTime(allow_none=True, metadata={"description": "Until when an offer stands."})
    acciones = ma.fields.List(ma.fields.String(metadata={"enum": list(ACCIONES)}))
    mensaje = ma.fields.String(metadata={"description": "After an action: what was done."})
