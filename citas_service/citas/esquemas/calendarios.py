"""Calendar feeds."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class CalendarioNuevo(Schema):
    """Whose feed; the caller's own when nobody is named."""

    doctor_id = fields.Id()
    paciente_id = fields.Id()
    nombre = fields.Text(80, allow_none=True, metadata={"description": "What calendar programs show."})
    con_nombres = fields.Flag(
        load_default=False, metadata={"description": "A doctor's names the patients; else their initials."}
    )


class CalendarioSalida(ResourceSchema):
    """A feed. Its address is told only when it is made."""

    doctor_id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)
    nombre = ma.fields.String(allow_none=True)
    con_nombres = ma.fields.Boolean()


class CalendarioCreado(CalendarioSalida):
    """A new feed, with the address to give to a calendar program."""

    url = ma.fields.String(metadata={"description": "Whoever knows it can read the feed, until it is revoked."})


class FiltroCalendarios(PageQuery):
    """What the list can be narrowed to."""

    doctor_id = fields.Id()
    paciente_id = fields.Id()
