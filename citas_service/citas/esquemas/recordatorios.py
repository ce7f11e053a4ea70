"""Reminders of an appointment."""

import marshmallow as ma

from citas.modelos.recordatorio import EstadoRecordatorio
from comun.schema import Schema


class RecordatorioSalida(Schema):
    """A reminder, planned or dealt with."""

    id = ma.fields.Integer()
    cita_id = ma.fields.Integer()
    antelacion_minutos = ma.fields.Integer(
        metadata={"description": "How long before the start; 0 for one that somebody sent by hand."}
    )
    vence = ma.fields.DateTime(metadata={"description": "When it is due."})
    estado = ma.fields.String(
        metadata={
            "enum": [str(e) for e in EstadoRecordatorio],
            "description": "`tarde`: noticed too late and not sent; `anulado`: the appointment does not stand.",
        }
    )
    resuelto_en = ma.fields.DateTime(allow_none=True)
    por = ma.fields.String(allow_none=True, metadata={"description": "Who sent it by hand."})


class RecordatorioEnviado(Schema):
    """A reminder that was sent just now."""

    cita_id = ma.fields.Integer()
    enviado_en = ma.fields.DateTime(attribute="resuelto_en")
