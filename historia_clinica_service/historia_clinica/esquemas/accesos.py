"""Who looked at a record, and emergency access."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, PlainPageQuery, ResourceSchema, Schema
from historia_clinica.casos_de_uso.acceso import Accion
from historia_clinica.esquemas.comunes import Periodo
from historia_clinica.modelos import Relacion, Resultado


class AnotacionSalida(Schema):
    """A row of the trace."""

    numero = ma.fields.Integer()
    momento = ma.fields.DateTime()
    actor = ma.fields.String(metadata={"description": "`usuario:7`, a service, or the system."})
    nombre = ma.fields.String()
    rol = ma.fields.String()
    doctor_id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer()
    accion = ma.fields.String(metadata={"enum": [str(una) for una in Accion]})
    que = ma.fields.String(metadata={"description": "Which part of the record."})
    recurso_id = ma.fields.Integer(allow_none=True)
    resultado = ma.fields.String(metadata={"enum": [str(uno) for uno in Resultado]})
    relacion = ma.fields.String(metadata={"enum": [str(una) for una in Relacion]})
    motivo = ma.fields.String(allow_none=True)
    huella = ma.fields.String(allow_none=True, metadata={"description": "SHA-256 of what was signed."})
    direccion_ip = ma.fields.String(allow_none=True)
    traza = ma.fields.String()


class FiltroAccesos(Periodo, PlainPageQuery):
    """Which rows of one record."""

    accion = fields.Choice(Accion)
    resultado = fields.Choice(Resultado)


class FiltroBitacora(FiltroAccesos):
    """Which rows of all records."""

    paciente_id = fields.Id()
    doctor_id = fields.Id()
    actor = fields.Text(80)
    relacion = fields.Choice(Relacion)


class EmergenciaNueva(Schema):
    """Why a record must be opened now."""

    motivo = fields.Text(
        300, required=True, validate=ma.validate.Length(min=10), metadata={"description": "≥ 10 letters."}
    )


class EmergenciaSalida(ResourceSchema):
    """An emergency access."""

    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    motivo = ma.fields.String()
    desde = ma.fields.DateTime()
    hasta = ma.fields.DateTime()
    revisada_en = ma.fields.DateTime(allow_none=True)
    revisada_por = ma.fields.String(allow_none=True)
    justificada = ma.fields.Boolean(allow_none=True)
    comentario = ma.fields.String(allow_none=True)


class FiltroEmergencias(PageQuery):
    """Which emergency accesses."""

    paciente_id = fields.Id()
    doctor_id = fields.Id()
    revisada = fields.Flag()


class RevisionDeEmergencia(Schema):
    """What the administration says of it."""

    justificada = fields.Flag(required=True)
    comentario = fields.Text(500, allow_none=True)
