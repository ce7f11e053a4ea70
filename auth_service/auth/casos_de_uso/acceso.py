"""Signing in, staying in, signing out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from flask import current_app
from sqlalchemy import select

from auth import contrasenas
from auth.casos_de_uso.segundo_factor import codigo_valido
from auth.dominio.frenos import Freno
from auth.extensiones import db
from auth.huellas import huella
from auth.modelos import FrenoAcceso, Sesion, TokenRenovacion, Usuario
from auth.tokens import token_de_usuario, vida_segundos
from comun import audit
from comun.db import now
from comun.errors import Conflict, Problem

AGENTE_MAXIMO = 200


@dataclass(frozen=True)
class Origen:
    """Where a request comes from."""

    direccion: str
    agente: str


@dataclass(frozen=True)
class Credenciales:
    """What a user gets who signed in or renewed a session. `expires_in` is in seconds."""

    user: Usuario
    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "bearer"  # noqa: S105 - the name of the scheme


def entrar(identificador: str, contrasena: str, codigo: str | None, origen: Origen) -> Credenciales:
    """Open a session.

    Problem 401, the same for an unknown user, a wrong password and an account that is not active;
    `segundo_factor_requerido` or `segundo_factor_incorrecto` once the password was right; 429 after too many
    failures. An attempt is counted before it is known how it ends, so that many at once are not let through.
    """
    usuario = Usuario.de_identificador(identificador)
    frenos = _Frenos(f"cuenta:{usuario.id}" if usuario else f"cuenta:{huella(identificador.lower())}", origen)
    frenos.contar()
    guardado = usuario.contrasena_hash if usuario and usuario.puede_entrar else None
    if not contrasenas.coincide(guardado, contrasena) or usuario is None or guardado is None:
        _rechazar(usuario)
    nuevo = contrasenas.cifrar(contrasena) if contrasenas.desactualizada(guardado) else guardado
    # It may have been changed or closed while the password was being checked: read it anew, which `refresh` refuses.
    usuario = db.session.scalars(Usuario.para_cambiar(Usuario.id == usuario.id)).one()
    if not usuario.puede_entrar or usuario.contrasena_hash != guardado:
        _rechazar(usuario)
    if usuario.segundo_factor:
        _exigir_codigo(usuario, codigo, frenos)
    usuario.contrasena_hash = nuevo
    frenos.soltar()
    usuario.anotar_acceso()
    audit.record("usuario", usuario.id, accion="auth:acceso")
    return _abrir_sesion(usuario, origen)


def exigir_contrasena(usuario: Usuario, contrasena: str, origen: Origen, campo: str = "contrasena_actual") -> None:
    """Problem 422 when this is not the password of the signed-in user; throttled like signing in. Commits."""
    frenos = _Frenos(f"cuenta:{usuario.id}", origen)
    frenos.contar()
    if not contrasenas.coincide(usuario.contrasena_hash, contrasena):
        raise Problem(422, "contrasena_incorrecta", errores={campo: ["No es la contraseña actual."]})
    frenos.soltar()
    db.session.commit()


def renovar(token: str, llegada: datetime) -> Credenciales:
    """A new pair of tokens for a refresh token, which is spent by it.

    Problem 401 when it is unknown, expired or its session over. One that was spent before the request came
    (`llegada`) was copied: its session ends. One that was spent while the request was under way lost a race
    against its twin: 409, and nothing else happens.
    """
    registro = TokenRenovacion.de_token(token)
    if registro is None:
        raise _sesion_terminada()
    sesion = db.session.get_one(Sesion, registro.sesion_id)
    if not registro.gastar():
        db.session.refresh(registro)
        gracia = timedelta(seconds=current_app.config["AUTH_REFRESH_GRACE_SECONDS"])
        if registro.usado_en is not None and registro.usado_en + gracia >= llegada:
            raise Conflict("renovacion_simultanea", "Otra solicitud renovó ya esta sesión; use sus tokens.")
        sesion.cerrar()
        audit.record("usuario", sesion.usuario_id, accion="auth:token_reutilizado")
        db.session.commit()
        raise _sesion_terminada()
    usuario = db.session.scalar(select(Usuario).where(Usuario.id == sesion.usuario_id))
    if registro.expira_en <= now() or not sesion.viva or usuario is None or not usuario.puede_entrar:
        raise _sesion_terminada()
    return _credenciales(usuario, sesion)


def salir(usuario_id: int, sesion_id: str, refresh_token: str | None, *, todas: bool) -> None:
    """End this session (and that of the refresh token, if it is the same user's), or all of the user's."""
    if todas:
        Usuario.de_id(usuario_id).cerrar_sesiones()
        return
    ids = {sesion_id}
    if refresh_token and (registro := TokenRenovacion.de_token(refresh_token)):
        ids.add(registro.sesion_id)
    propias = select(Sesion).where(Sesion.id.in_(ids), Sesion.usuario_id == usuario_id)
    for sesion in db.session.scalars(propias):
        sesion.cerrar()


def frenar_registro(origen: Origen) -> None:
    """Problem 429 after too many self-registrations from one address. Commits."""
    ventana = timedelta(seconds=current_app.config["AUTH_LOGIN_WINDOW_SECONDS"])
    freno = Freno(current_app.config["AUTH_REGISTRATIONS_PER_ADDRESS"], ventana)
    espera = FrenoAcceso.contar(f"registro:{origen.direccion}", freno)
    db.session.commit()
    if espera:
        raise _espere(espera)


class _Frenos:
    """The two counters of an attempt, always taken in this order: opposite orders would deadlock."""

    def __init__(self, cuenta: str, origen: Origen) -> None:
        ajustes = current_app.config
        ventana = timedelta(seconds=ajustes["AUTH_LOGIN_WINDOW_SECONDS"])
        self._cuenta, self._direccion = cuenta, f"direccion:{origen.direccion}"
        self._por_cuenta = Freno(ajustes["AUTH_LOGIN_PER_ACCOUNT"], ventana)
        self._por_direccion = Freno(ajustes["AUTH_LOGIN_PER_ADDRESS"], ventana)

    def contar(self) -> None:
        """Count the attempt and commit; Problem 429 when it is one too many."""
        esperas = (
            FrenoAcceso.contar(self._direccion, self._por_direccion),
            FrenoAcceso.contar(self._cuenta, self._por_cuenta),
        )
        db.session.commit()
        if any(esperas):
            raise _espere(max(esperas))

    def soltar(self) -> None:
        """It was the right person."""
        FrenoAcceso.devolver(self._direccion)
        FrenoAcceso.soltar(self._cuenta)

    def devolver(self) -> None:
        """It neither failed nor succeeded."""
        FrenoAcceso.devolver(self._direccion)
        FrenoAcceso.devolver(self._cuenta)


def _exigir_codigo(usuario: Usuario, codigo: str | None, frenos: _Frenos) -> None:
    if codigo is None:
        frenos.devolver()
        db.session.commit()
        raise Problem(401, "segundo_factor_requerido", "Envíe también el código de su aplicación de autenticación.")
    if not codigo_valido(usuario, codigo):
        audit.record("usuario", usuario.id, accion="auth:segundo_factor_fallido")
        db.session.commit()
        raise Problem(401, "segundo_factor_incorrecto", "El código no es correcto, caducó o ya se usó.")


def _abrir_sesion(usuario: Usuario, origen: Origen) -> Credenciales:
    vida = timedelta(days=current_app.config["AUTH_SESSION_DAYS"])
    sesion = Sesion(
        id=uuid.uuid4().hex,
        usuario_id=usuario.id,
        expira_en=now() + vida,
        direccion_ip=origen.direccion,
        agente=origen.agente[:AGENTE_MAXIMO],
    )
    db.session.add(sesion)
    db.session.flush()
    return _credenciales(usuario, sesion)


def _credenciales(usuario: Usuario, sesion: Sesion) -> Credenciales:
    return Credenciales(
        user=usuario,
        access_token=token_de_usuario(usuario, sesion.id),
        refresh_token=sesion.emitir_renovacion(),
        expires_in=vida_segundos(),
    )


def _rechazar(usuario: Usuario | None) -> NoReturn:
    audit.record("usuario", usuario.id if usuario else None, accion="auth:acceso_fallido")
    db.session.commit()
    raise Problem(401, "credenciales_invalidas", "El usuario o la contraseña no son correctos.")


def _sesion_terminada() -> Problem:
    return Problem(401, "sesion_terminada", "La sesión terminó; inicie sesión de nuevo.")


def _espere(segundos: int) -> Problem:
    return Problem(
        429,
        "demasiados_intentos",
        "Demasiados intentos fallidos; espere antes de probar otra vez.",
        headers={"Retry-After": str(segundos)},
    )
