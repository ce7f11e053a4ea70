"""News that this service listens to: the persons behind users, from admin_service."""

from __future__ import annotations

import logging

from sqlalchemy import ColumnElement, or_

from auth.casos_de_uso.reservas import confirmar
from auth.dominio.personas import Persona
from auth.dominio.roles import ADMIN
from auth.eventos.emitidos import anunciar
from auth.extensiones import consumidor, db
from auth.modelos import Usuario
from comun import audit
from comun.errors import Conflict, NotFound
from comun.events import Event, redact
from comun.events.consumer import superseded

logger = logging.getLogger(__name__)

VISIBLES_EN_EVENTOS = ("nombre_usuario", "email", "nombres", "apellidos")


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1")
def vincular_doctor(evento: Event) -> None:
    """The user that the doctor has now, and no other, stands for the doctor."""
    if not superseded(evento):
        _vincular(evento, Persona(doctor_id=evento.data["id"]), Usuario.doctor_id == evento.data["id"])


@consumidor.on("paciente.creado.v1", "paciente.actualizado.v1")
def vincular_paciente(evento: Event) -> None:
    """The user that the patient has now, and no other, stands for the patient."""
    if not superseded(evento):
        _vincular(evento, Persona(paciente_id=evento.data["id"]), Usuario.paciente_id == evento.data["id"])


@consumidor.on("doctor.eliminado.v1")
def cerrar_doctor(evento: Event) -> None:
    """The deleted doctor's user can't sign in any more."""
    _cerrar(Usuario.doctor_id == evento.data["id"])


@consumidor.on("paciente.eliminado.v1")
def cerrar_paciente(evento: Event) -> None:
    """The deleted patient's user can't sign in any more."""
    _cerrar(Usuario.paciente_id == evento.data["id"])


@consumidor.on("paciente.fusionado.v1")
def fusionar_paciente(evento: Event) -> None:
    """The survivor keeps one user; another one that the absorbed record had is closed."""
    superviviente, absorbido = evento.data["id"], evento.data["absorbido_id"]
    de_alguno = Usuario.paciente_id.in_((superviviente, absorbido))
    for usuario in _usuarios(de_alguno, Usuario.id != (evento.data.get("usuario_id") or 0)):
        _desactivar(usuario)
        usuario.paciente_id = None
    db.session.flush()
    heredado = _usuarios(Usuario.id == (evento.data.get("usuario_id") or 0), Usuario.paciente_id == absorbido)
    for usuario in heredado:
        usuario.paciente_id = None
    db.session.flush()
    _vincular(evento, Persona(paciente_id=superviviente), Usuario.paciente_id == superviviente)


@consumidor.on("paciente.anonimizado.v1")
def anonimizar_paciente(evento: Event) -> None:
    """Nothing of the person stays in the user, its audit rows and the news about it; an administrator stays."""
    # After a merge the absorbed record's user is linked to nobody.
    suyo = or_(Usuario.paciente_id == evento.data["id"], Usuario.id == evento.data.get("usuario_id"))
    for usuario in _usuarios(suyo):
        if usuario.rol == ADMIN:  # what is known of an administrator is known of the staff
            _desvincular(usuario, Persona(paciente_id=evento.data["id"]))
        else:
            _olvidar(usuario)


def _olvidar(usuario: Usuario) -> None:
    _desactivar(usuario)
    usuario.nombre_usuario, usuario.email = f"anonimo.{usuario.id}", None
    usuario.nombres, usuario.apellidos = "Anonimizado", ""
    usuario.contrasena_hash = None
    db.session.flush()
    audit.forget_values("usuario", usuario.id)
    redact(f"usuario/{usuario.id}", {campo: getattr(usuario, campo) for campo in VISIBLES_EN_EVENTOS})


def _vincular(evento: Event, persona: Persona, de_la_persona: ColumnElement[bool]) -> None:
    usuario_id = evento.data.get("usuario_id")
    for anterior in _usuarios(de_la_persona, Usuario.id != (usuario_id or 0)):
        _desvincular(anterior, persona)
    db.session.flush()
    if usuario_id is None:
        return
    try:
        confirmar(usuario_id, persona)
    except (NotFound, Conflict) as error:
        # Delivering it again would not change anything.
        logger.warning("%s can't be linked to its user: %s", evento.subject, error)


def _desvincular(usuario: Usuario, persona: Persona) -> None:
    usuario.reserva_clave = None
    if persona.doctor_id is not None:
        usuario.doctor_id = None
    else:
        usuario.paciente_id = None
    usuario.renovar_tokens()
    anunciar(usuario, "actualizado")


def _cerrar(de_la_persona: ColumnElement[bool]) -> None:
    for usuario in _usuarios(de_la_persona):
        _desactivar(usuario)


def _desactivar(usuario: Usuario) -> None:
    # Whoever is made anew of the same data is not given this one.
    usuario.reserva_clave = None
    # An administrator who is a doctor too stays an administrator.
    if usuario.activo and usuario.rol != ADMIN:
        usuario.desactivar()
        anunciar(usuario, "desactivado")


def _usuarios(*condiciones: ColumnElement[bool]) -> list[Usuario]:
    return list(db.session.scalars(Usuario.para_cambiar(*condiciones, Usuario.vivos())))
