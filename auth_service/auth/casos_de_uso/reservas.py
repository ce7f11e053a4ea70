"""A user and its person (doctor, patient) are made in two services, and are never left half made.

The user is reserved first: it holds the name and can't sign in. Then the person is made with the user's id.
Then the reservation is confirmed, by a call or by the event of the person, whichever comes first. One that
nobody confirms is settled by `resolver`, which asks whether the person exists.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from auth import contrasenas
from auth.clientes.admin import admin
from auth.dominio.nombres import proponer_nombre_usuario
from auth.dominio.personas import Persona
from auth.eventos.emitidos import anunciar
from auth.extensiones import db
from auth.modelos import Rol, Usuario
from comun import audit
from comun.db import now, release
from comun.errors import Conflict, NotFound, Problem, Unavailable
from comun.http import RemoteProblem

logger = logging.getLogger(__name__)

VIDA = timedelta(minutes=15)


def reservar(datos: Mapping[str, Any]) -> Usuario:
    """Hold a user name for a person that is about to be made; commits.

    The same `clave` again gives the same user. So does the same `nombre_usuario` with the same password as
    long as it is a mere reservation: that is a retry. Conflict when the name is somebody else's.
    """
    clave = datos.get("clave") or f"registro:{uuid.uuid4().hex}"
    contrasena = datos.get("contrasena")
    previo = _de_clave(clave) or _de_nombre(datos.get("nombre_usuario"))
    rol = Rol.de_nombre(datos["rol"])
    release(db.session)
    if previo is not None and previo.reserva_clave == clave and previo.reservado_hasta is None:
        return previo
    if previo is not None and previo.reserva_clave != clave and not _es_reintento(previo, contrasena):
        raise Conflict("nombre_usuario_duplicado", "Ya existe un usuario con ese nombre.")
    nombre = datos.get("nombre_usuario") or (previo.nombre_usuario if previo else None) or _nombre_libre(datos)
    if contrasena is not None:
        contrasenas.exigir_aceptable(contrasena, nombre)
    release(db.session)
    hash_nuevo = contrasenas.cifrar(contrasena) if contrasena is not None else None
    usuario = previo or Usuario()
    usuario.nombre_usuario, usuario.contrasena_hash = nombre, hash_nuevo
    usuario.email, usuario.nombres, usuario.apellidos = datos.get("email"), datos["nombres"], datos["apellidos"]
    usuario.entidad_rol = rol
    usuario.reserva_clave, usuario.reservado_hasta = clave, now() + VIDA
    db.session.add(usuario)
    db.session.commit()
    return usuario


def confirmar(usuario_id: int, persona: Persona) -> Usuario:
    """Make the reservation a user, or link a user that exists already; idempotent.

    NotFound when there is no such user, Conflict when it stands for somebody else.
    """
    # Read anew: admin_service may have confirmed it while this session, which reserved it, waited.
    usuario = db.session.scalar(Usuario.para_cambiar(Usuario.id == usuario_id, Usuario.vivos()))
    if usuario is None:
        raise NotFound("No existe ese usuario.")
    if usuario.reservado_hasta is None and _es_de(usuario, persona):
        return usuario
    if _es_de_otra(usuario, persona):
        raise Conflict("usuario_de_otra_persona", "Ese usuario ya es de otra persona.")
    nuevo = usuario.reservado_hasta is not None
    usuario.doctor_id = persona.doctor_id or usuario.doctor_id
    usuario.paciente_id = persona.paciente_id or usuario.paciente_id
    usuario.reservado_hasta = None
    if nuevo:
        anunciar(usuario, "creado")
        if usuario.contrasena_hash is None and usuario.email:
            anunciar(usuario, "invitado")
    else:
        usuario.renovar_tokens()
        anunciar(usuario, "actualizado")
    return usuario


def soltar(usuario_id: int, cual: ColumnElement[bool] | None = None) -> None:
    """Give up a reservation, if it is one as `cual` says; a user that was confirmed meanwhile stays. Commits."""
    cual = Usuario.reservado_hasta.is_not(None) if cual is None else cual
    usuario = db.session.scalar(Usuario.para_cambiar(Usuario.id == usuario_id, cual))
    if usuario is not None:
        db.session.delete(usuario)
    db.session.commit()


def resolver() -> int:
    """Settle reservations that nobody confirmed in time, by asking admin_service; how many."""
    audit.set_action("trabajo:resolver_reservas")
    vencidas = db.session.scalars(
        select(Usuario.id).where(Usuario.reservado_hasta < now(), Usuario.vivos()).order_by(Usuario.id)
    ).all()
    release(db.session)
    for usuario_id in vencidas:
        try:
            _resolver_una(usuario_id)
        except Unavailable:
            logger.warning("reservations stay open: admin_service is down")
            return 0
        except (Problem, RemoteProblem) as error:
            db.session.rollback()
            logger.error("reservation %s can't be settled: %s", usuario_id, error)
    return len(vencidas)


def _resolver_una(usuario_id: int) -> None:
    persona = admin().persona_de(usuario_id)
    if persona.existe:
        confirmar(usuario_id, persona)
        db.session.commit()
    else:
        # Somebody may have taken it up again while admin_service was asked.
        soltar(usuario_id, Usuario.reservado_hasta < now())


def _de_clave(clave: str) -> Usuario | None:
    return db.session.scalar(select(Usuario).where(Usuario.reserva_clave == clave, Usuario.vivos()))


def _de_nombre(nombre: str | None) -> Usuario | None:
    if nombre is None:
        return None
    return db.session.scalar(select(Usuario).where(Usuario.nombre_usuario == nombre, Usuario.vivos()))


def _es_reintento(previo: Usuario, contrasena: str | None) -> bool:
    return (
        previo.reservado_hasta is not None
        and contrasena is not None
        and contrasenas.coincide(previo.contrasena_hash, contrasena)
    )


def _nombre_libre(datos: Mapping[str, Any]) -> str:
    base = proponer_nombre_usuario(datos["nombres"], datos["apellidos"], datos.get("email"))
    if _de_nombre(base) is None:
        return base
    # Random instead of counted: two at once would count to the same number.
    return f"{base}.{secrets.randbelow(10**6):06d}"


def _es_de(usuario: Usuario, persona: Persona) -> bool:
    return all(nuevo is None or getattr(usuario, campo) == nuevo for campo, nuevo in vars(persona).items())


def _es_de_otra(usuario: Usuario, persona: Persona) -> bool:
    return any(
        nuevo is not None and getattr(usuario, campo) not in (None, nuevo) for campo, nuevo in vars(persona).items()
    )
