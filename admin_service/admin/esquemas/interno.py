"""Questions of other services."""

from typing import ClassVar

import marshmallow as ma

from admin.esquemas.comunes import ConIdentificacion, ConNombre
from admin.modelos.paciente import GENEROS
from comun import fields
from comun.schema import QuerySchema, Schema


class ReservaConsulta(QuerySchema):
    """Who and where a booking is for; any of them may be left out."""

    doctor_id = fields.Id()
    centro_id = fields.Id()
    paciente_id = fields.Id()
    sala_id = fields.Id()


class CentrosConsulta(QuerySchema):
    """Centres that are asked for."""

    ids = fields.Ids(required=True, metadata={"description": "Ids, separated by commas."})


class CentrosExistentes(Schema):
    """Those of them that exist."""

    centros = ma.fields.List(ma.fields.Integer())


class PacienteRegistrado(ConNombre, ConIdentificacion):
    """What someone who registers tells of himself."""

    ALIASES: ClassVar = ConIdentificacion.ALIASES

    email = fields.Email(allow_none=True)
    telefono = fields.Phone(allow_none=True)
    fecha_nacimiento = fields.Day(allow_none=True)
    genero = fields.Choice(GENEROS, allow_none=True)
    direccion = fields.Text(255, allow_none=True)


class PacienteCreado(Schema):
    """The patient's record."""

    paciente_id = ma.fields.Integer()


class PersonasDeUsuario(Schema):
    """Who a user is."""

    doctor_id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)
