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


class FichasConsulta(QuerySchema):
    """Whom and where a document names; any of them may be left out."""

    paciente_id = fields.Id()
    doctor_id = fields.Id()
    centro_id = fields.Id()
    aseguradora_id = fields.Id()


class _Identificado(Schema):
    id = fields.Id()
    nombres = ma.fields.String()
    apellidos = ma.fields.String()
    tipo_identificacion = ma.fields.String(allow_none=True)
    identificacion = ma.fields.String(allow_none=True)


class FichaDePaciente(_Identificado):
    """A patient, as documents name one."""

    fecha_nacimiento = ma.fields.Date(allow_none=True)
    genero = ma.fields.String(allow_none=True)
    direccion = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)


class FichaDeDoctor(_Identificado):
    """A doctor, as documents name one."""

    especialidades = ma.fields.List(ma.fields.String())
    registro_profesional = ma.fields.String(allow_none=True)


class FichaDeCentro(Schema):
    """A centre, as documents name one."""

    id = fields.Id()
    nombre = ma.fields.String()
    direccion = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)
    ruc = ma.fields.String(allow_none=True)
    zona_horaria = ma.fields.String()


class FichaDeAseguradora(Schema):
    """An insurer, as documents name one."""

    id = fields.Id()
    nombre = ma.fields.String()
    activo = ma.fields.Boolean()


class FichasSalida(Schema):
    """Those that were asked for."""

    paciente = ma.fields.Nested(FichaDePaciente, allow_none=True)
    doctor = ma.fields.Nested(FichaDeDoctor, allow_none=True)
    centro = ma.fields.Nested(FichaDeCentro, allow_none=True)
    aseguradora = ma.fields.Nested(FichaDeAseguradora, allow_none=True)


class CentrosConsulta(QuerySchema):
    """Centres that are asked for."""

    ids = fields.Ids(required=True, metadata={"description": "Ids, separated by commas."})


class CentrosExistentes(Schema):
    """Those of them that exist."""

    centros = ma.fields.List(ma.fields.Integer())


class ResumenConsulta(QuerySchema):
    """Days of Ecuador's calendar, both inclusive; of all patients, or of those with one of these home centres."""

    desde = fields.Day(required=True)
    hasta = fields.Day(required=True)
    centros = fields.Ids(metadata={"description": "Ids, separated by commas."})


class ResumenSalida(Schema):
    """Figures of patients."""

    pacientes_nuevos = ma.fields.Integer()


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
