"""Doctors."""

from typing import ClassVar

import marshmallow as ma

from admin.esquemas.comunes import (
    ConCuenta,
    ConIdentificacion,
    ConNombre,
    NombreOId,
    ParaPublico,
    UnoOVarios,
    advertencias,
    hasta,
)
from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class DoctorCambios(ConNombre, ConIdentificacion):
    """What can be changed of a doctor."""

    ALIASES: ClassVar = {
        **ConIdentificacion.ALIASES,
        "especialidad": "especialidades",
        "centro_id": "centros",
        "id_centro": "centros",
    }

    registro_profesional = fields.Text(60, allow_none=True)
    telefono = fields.Phone(allow_none=True)
    email = fields.Email(allow_none=True)
    usuario_id = fields.Id(metadata={"description": "An existing user, to be linked."})
    activo = fields.Flag()
    especialidades = UnoOVarios(
        NombreOId(), validate=hasta(50), metadata={"description": "Names or ids of the catalogue."}
    )
    centros = UnoOVarios(fields.Id(), validate=hasta(200))
    servicios = ma.fields.List(fields.Id(), validate=hasta(1000), metadata={"description": "Ids of treatments."})


class DoctorNuevo(ConCuenta, DoctorCambios):
    """A new doctor, and how the user is made."""

    ALIASES: ClassVar = {**ConCuenta.ALIASES, **DoctorCambios.ALIASES}


class DoctorSalida(ResourceSchema, ParaPublico):
    """A doctor."""

    PRIVADOS = frozenset(
        {
            *("tipo_identificacion", "identificacion", "telefono", "email", "usuario_id"),
            *("creado_en", "actualizado_en", "eliminado_en"),
        }
    )

    nombres = ma.fields.String()
    apellidos = ma.fields.String()
    nombre_completo = ma.fields.String()
    especialidades = ma.fields.List(ma.fields.String())
    tipo_identificacion = ma.fields.String(allow_none=True)
    identificacion = ma.fields.String(allow_none=True)
    registro_profesional = ma.fields.String(allow_none=True)
    telefono = ma.fields.String(allow_none=True)
    email = ma.fields.String(allow_none=True)
    usuario_id = ma.fields.Integer(allow_none=True)
    activo = ma.fields.Boolean()
    servicios = ma.fields.List(ma.fields.Integer())
    centros = ma.fields.List(ma.fields.Integer(), attribute="centro_ids")
    advertencias = advertencias()


class FiltroDoctores(PageQuery):
    """What the list of doctors can be narrowed to."""

    ALIASES: ClassVar = ConIdentificacion.ALIASES

    q = fields.Text(100, metadata={"description": "Part of name, identification, phone or email."})
    especialidad = fields.Text(120, metadata={"description": "Name."})
    especialidad_id = fields.Id()
    centro_id = fields.Id()
    tratamiento_id = fields.Id(metadata={"description": "Who offers this treatment."})
    identificacion = fields.Text(30)
    usuario_id = fields.Id()
    activo = fields.Flag()


class Servicios(Schema):
    """The treatments that a doctor offers."""

    servicios = ma.fields.List(
        fields.Id(), required=True, validate=hasta(1000), metadata={"description": "Ids of treatments."}
    )
