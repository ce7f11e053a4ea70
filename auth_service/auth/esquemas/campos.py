"""Fields that only this service has."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from auth.dominio.nombres import LARGO_MAXIMO, normalizar_nombre_usuario, separar_nombre
from comun import fields
from comun.schema import Schema

ALIAS_DE_USUARIO = {"username": "nombre_usuario", "password": "contrasena"}


class NombreUsuario(fields.Text):
    """A user name, kept in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(LARGO_MAXIMO, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return normalizar_nombre_usuario(super()._deserialize(value, attr, data, **kwargs))
        except ValueError as error:
            raise ma.ValidationError(str(error)) from None


class Contrasena(fields.Secret):
    """A password as it was typed; what it must be is checked with the user name at hand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(1024, **kwargs)


class ConNombre(Schema):
    """`nombre`, a whole name, in place of `nombres` and `apellidos`."""

    nombre = fields.Text(240, load_only=True)

    @ma.post_load
    def _separar(self, datos: dict[str, Any], **_kwargs: Any) -> Mapping[str, Any]:
        if "nombre" not in datos:
            return datos
        if "nombres" in datos or "apellidos" in datos:
            raise ma.ValidationError({"nombre": ["Envíe nombre, o nombres y apellidos."]})
        datos["nombres"], datos["apellidos"] = separar_nombre(datos.pop("nombre"))
        return datos
