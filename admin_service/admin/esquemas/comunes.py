"""What the schemas of this service share: names, identity numbers, accounts, what patients don't see of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import marshmallow as ma

from admin.dominio import identificacion, nombres
from admin.dominio.identificacion import IdentificacionInvalida, TipoIdentificacion
from comun import fields
from comun.auth.caller import Scope, caller
from comun.schema import Schema


class NombreOId(ma.fields.Field[str | int]):
    """An entry of a catalogue, by its name or by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": ["string", "integer"], **kwargs.pop("metadata", {})}, **kwargs)
        self._id, self._nombre = fields.Id(), fields.Text(120)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | int:
        campo: ma.fields.Field[Any] = self._id if isinstance(value, int) else self._nombre
        return campo.deserialize(value, attr, data)


class UnoOVarios(ma.fields.List):
    """A list, or one element of it alone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        return super()._deserialize(value if isinstance(value, list) else [value], attr, data, **kwargs)


class ConNombre(Schema):
    """`nombre`, a full name, is accepted for `nombres` + `apellidos`."""

    nombres = fields.Text(100, required=True)
    apellidos = fields.Text(100, required=True)

    @ma.pre_load
    def _separar_nombre(self, data: Any, **_kwargs: Any) -> Any:
        if not isinstance(data, Mapping) or "nombre" not in data:
            return data
        if "nombres" in data or "apellidos" in data:
            raise ma.ValidationError({"nombre": ["Se dio también como nombres y apellidos; envíe solo uno."]})
        resto = {campo: valor for campo, valor in data.items() if campo != "nombre"}
        completo = str(fields.Text(200).deserialize(data["nombre"], "nombre", data))
        try:
            resto["nombres"], resto["apellidos"] = nombres.separar(completo)
        except nombres.NombreIncompleto as error:
            raise ma.ValidationError({"nombre": [str(error)]}) from None
        return resto


class ConIdentificacion(Schema):
    """An identity number, checked and normalised; what is odd about it goes to `advertencias`."""

    ALIASES: ClassVar[Mapping[str, str]] = {
        "cedula": "identificacion",
        "dni": "identificacion",
        "id_user": "usuario_id",
    }

    tipo_identificacion = fields.Choice(
        TipoIdentificacion, allow_none=True, metadata={"description": "Guessed from the number when absent."}
    )
    identificacion = fields.Text(30, allow_none=True)

    @ma.post_load
    def _comprobar_identificacion(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        if "identificacion" not in data:
            return data
        return {**data, **identificar(data["identificacion"], data.get("tipo_identificacion"))}


def identificar(numero: str | None, tipo: str | None) -> dict[str, Any]:
    """The columns of an identity number, with `advertencias` when there are any; ValidationError when invalid."""
    if numero is None:
        return {"identificacion": None, "tipo_identificacion": None}
    try:
        hallada = identificacion.identificar(numero, TipoIdentificacion(tipo) if tipo else None)
    except IdentificacionInvalida as error:
        raise ma.ValidationError({"identificacion": [str(error)]}) from None
    columnas: dict[str, Any] = {"identificacion": hallada.numero, "tipo_identificacion": str(hallada.tipo)}
    if hallada.advertencia:
        columnas["advertencias"] = [hallada.advertencia]
    return columnas


class ConCuenta(Schema):
    """How the person's user in auth_service is made or found, on creation."""

    ALIASES: ClassVar[Mapping[str, str]] = {"username": "nombre_usuario", "password": "contrasena"}

    usuario_id = fields.Id(metadata={"description": "An existing user, to be linked."})
    nombre_usuario = fields.Text(80)
    contrasena = fields.Secret()
    crear_usuario = fields.Flag(metadata={"description": "false: no user, not even by invitation."})

    @ma.validates_schema
    def _una_sola_manera(self, data: dict[str, Any], **_kwargs: Any) -> None:
        nueva = {"nombre_usuario", "contrasena"} & set(data)
        if "usuario_id" in data and nueva:
            raise ma.ValidationError("Se vincula un usuario o se crea uno, no ambos.", "usuario_id")
        if data.get("crear_usuario") is False and (nueva or "usuario_id" in data):
            raise ma.ValidationError("No cuadra con los datos del usuario que se enviaron.", "crear_usuario")
        if "contrasena" in data and "nombre_usuario" not in data:
            raise ma.ValidationError("Falta el nombre de usuario.", "nombre_usuario")
        if "nombre_usuario" in data and "contrasena" not in data and not data.get("email"):
            raise ma.ValidationError("Falta, o un email al que enviar la invitación.", "contrasena")
        if data.get("crear_usuario") and not ({"nombre_usuario", "usuario_id"} & set(data) or data.get("email")):
            raise ma.ValidationError("Hace falta nombre_usuario y contrasena, o un email.", "crear_usuario")


class ParaPublico(Schema):
    """An answer of which patients get less than staff: without the fields in `PRIVADOS`."""

    PRIVADOS: ClassVar[frozenset[str]] = frozenset()

    @ma.post_dump
    def _sin_lo_privado(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        if caller().alcance is not Scope.PACIENTE:
            return data
        return {campo: valor for campo, valor in data.items() if campo not in self.PRIVADOS}


def advertencias() -> ma.fields.Field[Any]:
    """What is odd, but no reason to refuse; only in the answer to a write."""
    return ma.fields.List(ma.fields.String(), dump_only=True)


def hasta(cuantos: int) -> ma.validate.Length:
    """How long a list may be."""
    return ma.validate.Length(max=cuantos, error=f"Admite hasta {cuantos}.")
