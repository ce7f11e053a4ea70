"""Access tokens: what they say of users and of services."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g
from flask_jwt_extended import JWTManager, create_access_token

from auth.dominio.permisos import PROPIOS
from auth.dominio.servicios import permisos_de_servicio
from auth.llavero import llavero
from auth.modelos import Usuario

ROL_DE_SERVICIOS = "servicio"
# Users may hold that role too; when it changes for them, the services' tokens stay good.
_SIEMPRE = 2**31 - 1


def init_firma(app: Flask) -> None:
    """Let flask-jwt-extended sign with the key that `_firmar` chose."""
    app.config["JWT_COOKIE_CSRF_PROTECT"] = False  # no cookies, so no claim for them in every token
    manager: JWTManager = app.extensions["flask-jwt-extended"]

    @manager.encode_key_loader
    def clave_privada(_identidad: str) -> Any:
        return g.clave_firma


def vida_segundos() -> int:
    """Life of an access token."""
    segundos: int = current_app.config["AUTH_ACCESS_SECONDS"]
    return segundos


def token_de_usuario(usuario: Usuario, sesion_id: str) -> str:
    """What the user may do now. Whoever owes a second factor may only set it up."""
    permisos = PROPIOS if usuario.debe_segundo_factor else usuario.permisos
    return _firmar(
        str(usuario.id),
        sid=sesion_id,
        uv=usuario.version_token,
        rol=usuario.rol,
        rv=usuario.entidad_rol.version_token,
        alcance=usuario.entidad_rol.alcance,
        permisos=sorted(permisos),
        centros=usuario.centros,
        doctor_id=usuario.doctor_id,
        paciente_id=usuario.paciente_id,
        nombre_usuario=usuario.nombre_usuario,
    )


def token_de_servicio(nombre: str, permisos: Iterable[str], version: int = 1) -> str:
    """A machine's token: all rows, but only the permissions that it was given."""
    sujeto = f"servicio:{nombre}"
    return _firmar(
        sujeto,
        sid=sujeto,
        uv=version,
        rol=ROL_DE_SERVICIOS,
        rv=_SIEMPRE,
        alcance="red",
        permisos=sorted(permisos),
        centros=[],
        doctor_id=None,
        paciente_id=None,
        nombre_usuario=sujeto,
    )


def _firmar(sujeto: str, **claims: Any) -> str:
    kid, g.clave_firma = llavero().activa()
    return create_access_token(
        identity=sujeto,
        additional_claims=claims,
        additional_headers={"kid": kid},
        expires_delta=timedelta(seconds=vida_segundos()),
    )


class TokenPropio:
    """This service's own service token, signed here: asking itself over HTTP could wait for itself."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._candado = threading.Lock()
        self._token = ""
        self._renovar_en = 0.0

    def __call__(self) -> str:
        """A valid token; renewed at two thirds of its life."""
        with self._candado:
            if time.monotonic() >= self._renovar_en:
                with self._app.app_context():
                    self._token = token_de_servicio("auth", permisos_de_servicio("auth"))
                    self._renovar_en = time.monotonic() + vida_segundos() * 2 / 3
            return self._token

    def discard(self, token: str) -> None:
        """Forget a token that was refused."""
        with self._candado:
            if token == self._token:
                self._renovar_en = 0.0
