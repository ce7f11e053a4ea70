"""/auth/login, refresh, logout, token, and the public keys."""

from typing import Any

from flask import current_app, request
from flask.views import MethodView

from auth.blueprints.base import auth_bp, origen
from auth.casos_de_uso.acceso import entrar, renovar, salir
from auth.casos_de_uso.clientes import token_de_cliente
from auth.confianza import documento_jwks
from auth.esquemas.acceso import (
    CredencialesSalida,
    Entrada,
    Renovacion,
    Salida,
    SolicitudDeToken,
    TokenSalida,
)
from auth.extensiones import db
from comun.api import no_content
from comun.auth.caller import caller
from comun.db import now
from comun.errors import Invalid

_SIN_GUARDAR = {"Cache-Control": "no-store"}


@auth_bp.route("/login")
class Login(MethodView):
    @auth_bp.public_secret
    @auth_bp.arguments(Entrada)
    @auth_bp.response(200, CredencialesSalida)
    def post(self, datos: dict[str, Any]) -> Any:
        """Sign in by user name or email."""
        identificador = datos.get("nombre_usuario") or datos["email"]
        return entrar(identificador, datos["contrasena"], datos.get("codigo"), origen()), 200, _SIN_GUARDAR


@auth_bp.route("/refresh")
class Refresh(MethodView):
    @auth_bp.public_secret
    @auth_bp.arguments(Renovacion)
    @auth_bp.response(200, CredencialesSalida)
    def post(self, datos: dict[str, Any]) -> Any:
        """New tokens for a refresh token, given in the body or as the bearer. It is good once."""
        llegada = now()
        esquema, _, portador = request.headers.get("Authorization", "").partition(" ")
        token = datos.get("refresh_token") or (portador.strip() if esquema.lower() == "bearer" else None)
        if not token:
            raise Invalid({"refresh_token": ["Falta el token de renovación."]})
        return renovar(token, llegada), 200, _SIN_GUARDAR


@auth_bp.route("/logout")
class Logout(MethodView):
    @auth_bp.permission("auth:perfil")
    @auth_bp.arguments(Salida)
    @auth_bp.response(204)
    def post(self, datos: dict[str, Any]) -> Any:
        """End this session, or with `todas` every session of the user."""
        quien = caller()
        if quien.usuario_id is not None:
            salir(quien.usuario_id, quien.sesion, datos.get("refresh_token"), todas=datos["todas"])
        return no_content()


@auth_bp.route("/token")
class Token(MethodView):
    @auth_bp.public_secret
    @auth_bp.arguments(SolicitudDeToken)
    @auth_bp.response(200, TokenSalida)
    def post(self, datos: dict[str, Any]) -> Any:
        """A token for a service or an integration client (client credentials)."""
        return token_de_cliente(datos["client_id"], datos["client_secret"]), 200, _SIN_GUARDAR


@auth_bp.route("/.well-known/jwks.json")
class Jwks(MethodView):
    @auth_bp.public
    @auth_bp.response(200)
    def get(self) -> Any:
        """The public keys (RFC 7517) that verify access tokens."""
        documento = documento_jwks(db.session.connection())
        return current_app.json.response(documento), 200, {"Cache-Control": "public, max-age=60"}
