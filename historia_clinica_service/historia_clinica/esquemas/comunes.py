"""What answers about a record have in common."""

import marshmallow as ma

from comun import fields
from comun.schema import Schema


class ConAlertas(Schema):
    """What every answer about one patient's record carries."""

    alertas = ma.fields.List(
        ma.fields.Dict(),
        dump_only=True,
        metadata={"description": "What must be seen whenever the record is opened, the gravest first."},
    )


class Persona(Schema):
    """A person by name."""

    id = fields.Id(dump_only=True)
    nombres = ma.fields.String(dump_only=True)
    apellidos = ma.fields.String(dump_only=True)


# What lists of a record tell besides their rows.
CON_ALERTAS = {"alertas": ConAlertas().declared_fields["alertas"]}
