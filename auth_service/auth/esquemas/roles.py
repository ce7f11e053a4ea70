"""Roles, permissions and integration clients."""

from typing import Any

import marshmallow as ma

from auth.dominio.permisos import ALCANCES
from comun import fields
from comun.fields import fold
from comun.schema import PageQuery, ResourceSchema, Schema

_PERMISOS_MAXIMOS = 500


class NombreDeRol(fields.Text):
    """Lower case without accents, words joined by `_`: it is part of tokens."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        nombre = "_".join(fold(super()._deserialize(value, attr, data, **kwargs)).split())
        if not nombre.replace("_", "").isalnum() or not nombre.isascii():
            raise ma.ValidationError("Solo letras, dígitos y _.")
        return nombre


class NombreDeCliente(fields.Text):
    """Lower case letters, digits, `-` and `_`: it is part of tokens."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        nombre = super()._deserialize(value, attr, data, **kwargs).lower()
        if not nombre.replace("_", "").replace("-", "").isalnum() or not nombre.isascii():
            raise ma.ValidationError("Solo letras, dígitos, - y _.")
        return nombre


class RolCambios(Schema):
    """What can be changed of a role; its name is in tokens and stays."""

    descripcion = fields.Text(200, allow_none=True)
    alcance = fields.Choice(ALCANCES)
    exige_segundo_factor = fields.Flag()


class RolNuevo(RolCambios):
    """A role and what it gives."""

    nombre = NombreDeRol(40, required=True)
    alcance = fields.Choice(ALCANCES, load_default="ninguno")
    permisos = ma.fields.List(fields.Text(60), load_default=list, validate=ma.validate.Length(max=_PERMISOS_MAXIMOS))


class RolSalida(ResourceSchema):
    """A role. `alcance`: whose rows its holders see."""

    nombre = ma.fields.String()
    descripcion = ma.fields.String(allow_none=True)
    alcance = ma.fields.String()
    exige_segundo_factor = ma.fields.Boolean()
    de_sistema = ma.fields.Boolean()
    permisos = ma.fields.List(ma.fields.String())


class PermisosDeRol(Schema):
    """All permissions of a role."""

    permisos = ma.fields.List(fields.Text(60), required=True, validate=ma.validate.Length(max=_PERMISOS_MAXIMOS))


class Permiso(Schema):
    """An entry of the catalogue."""

    permiso = ma.fields.String()
    descripcion = ma.fields.String()
    servicio = ma.fields.String()
    repartible = ma.fields.Boolean(metadata={"description": "Whether people may hold it."})


class CatalogoSalida(Schema):
    """Every permission there is."""

    datos = ma.fields.List(ma.fields.Nested(Permiso))


class ClienteCambios(Schema):
    """What can be changed of an integration client."""

    descripcion = fields.Text(200, allow_none=True)
    permisos = ma.fields.List(fields.Text(60), validate=ma.validate.Length(max=_PERMISOS_MAXIMOS))
    activo = fields.Flag()


class ClienteNuevo(ClienteCambios):
    """An integration client."""

    nombre = NombreDeCliente(60, required=True)


class ClienteSalida(ResourceSchema):
    """An integration client; never its secret."""

    nombre = ma.fields.String()
    descripcion = ma.fields.String(allow_none=True)
    permisos = ma.fields.List(ma.fields.String())
    activo = ma.fields.Boolean()


class ClienteConSecreto(ClienteSalida):
    """The client with its new secret, which is shown only here."""

    client_id = ma.fields.String()
    client_secret = ma.fields.String()


class FiltroAuditoria(PageQuery):
    """Filters of the audit."""

    class Meta(PageQuery.Meta):
        exclude = ("actualizado_desde", "incluir_eliminados")

    actor = fields.Text(80)
    accion = fields.Text(80)
    recurso = fields.Text(60)
    recurso_id = fields.Id()
    desde = fields.Instant()
    hasta = fields.Instant()


class AuditoriaSalida(Schema):
    """Who did what, when, from where; `cambios` maps fields to [before, after]."""

    id = ma.fields.Integer()
    momento = ma.fields.DateTime()
    actor = ma.fields.String()
    rol = ma.fields.String(allow_none=True)
    accion = ma.fields.String()
    recurso = ma.fields.String(allow_none=True)
    recurso_id = ma.fields.Integer(allow_none=True)
    cambios = ma.fields.Raw(allow_none=True)
    direccion_ip = ma.fields.String(allow_none=True)
    traza = ma.fields.String()
