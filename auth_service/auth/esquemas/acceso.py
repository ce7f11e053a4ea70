"""Signing in, renewing, signing out, and service tokens."""

from typing import Any

import marshmallow as ma

from auth.esquemas.campos import ALIAS_DE_USUARIO, Contrasena
from comun import fields
from comun.schema import Schema


class Entrada(Schema):
    """Who signs in: by user name or by email address."""

    ALIASES = ALIAS_DE_USUARIO

    nombre_usuario = fields.Text(255)
    email = fields.Text(255)
    contrasena = Contrasena(required=True)
    codigo = fields.Text(40, metadata={"description": "Second factor: of the application, or for recovery."})

    @ma.validates_schema
    def _uno_de_los_dos(self, datos: dict[str, Any], **_kwargs: Any) -> None:
        if ("nombre_usuario" in datos) == ("email" in datos):
            raise ma.ValidationError({"nombre_usuario": ["Envíe nombre_usuario o email, uno de los dos."]})


class Renovacion(Schema):
    """The refresh token, unless it comes as the bearer."""

    # Longer than any: an access token sent by mistake is a bad token (401), not bad data.
    refresh_token = fields.Secret(8192)


class Salida(Schema):
    """What to end: this session, or all of the user's."""

    refresh_token = fields.Secret(200)
    todas = fields.Flag(load_default=False)


class UsuarioDelToken(Schema):
    """Who signed in, for front ends."""

    id = ma.fields.Integer()
    username = ma.fields.String(attribute="nombre_usuario", dump_only=True)
    email = ma.fields.String(allow_none=True)
    role = ma.fields.String(attribute="rol", dump_only=True)
    full_name = ma.fields.String(attribute="nombre_completo", dump_only=True)
    nombre_usuario = ma.fields.String()
    rol = ma.fields.String()
    nombre_completo = ma.fields.String()
    centros = ma.fields.List(ma.fields.Integer())
    doctor_id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer(allow_none=True)
    segundo_factor_pendiente = ma.fields.Boolean(
        attribute="debe_segundo_factor",
        metadata={"description": "The role needs a second factor: until it is set up nothing else is allowed."},
    )


class CredencialesSalida(Schema):
    """A pair of tokens. `expires_in`: seconds."""

    access_token = ma.fields.String()
    refresh_token = ma.fields.String()
    token_type = ma.fields.String()
    expires_in = ma.fields.Integer()
    user = ma.fields.Nested(UsuarioDelToken)


class SolicitudDeToken(Schema):
    """Client credentials (RFC 6749, 4.4), as JSON."""

    grant_type = fields.Choice(["client_credentials"], required=True)
    client_id = fields.Text(60, required=True)
    client_secret = fields.Secret(200, required=True)


class TokenSalida(Schema):
    """A service's token."""

    access_token = ma.fields.String()
    token_type = ma.fields.String()
    expires_in = ma.fields.Integer()
