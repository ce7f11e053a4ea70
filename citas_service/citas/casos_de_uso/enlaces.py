"""Signed links: what their holder can see and do without signing in.

A link names a kind of thing and one of that kind. `ACCIONES` says, per kind, what it is about and what can be done.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any, Protocol

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from citas.casos_de_uso.acomodar import exigir_plazo
from citas.dominio.estados import PENDIENTES, Estado
from citas.eventos.emitidos import anunciar
from citas.extensiones import db
from citas.modelos import Cita, Oferta
from citas.modelos.consultas import con_turno
from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import Conflict, Invalid, Problem

# Whoever holds a link acts as its patient, but is known as no person.
ENLACE = Caller(sujeto="enlace", alcance=Scope.PACIENTE, permisos=frozenset({"citas:confirmar", "citas:cancelar"}))


class Asunto(Protocol):
    """What links of one kind are about. Both raise NotFound when it is over, or not there any more."""

    def describir(self, asunto_id: int) -> dict[str, Any]:
        """What the holder is shown, as `EnlaceSalida` has it. Changes nothing."""

    def hacer(self, asunto_id: int, accion: str, mensaje: str | None) -> dict[str, Any]:
        """Do one of the `acciones` of the description, in the current transaction; the description after it.

        Invalid for an action of another kind, Conflict when it can't be done any more.
        """


ACCIONES: dict[str, Asunto] = {}


def enlace_de_cita(cita: Cita) -> str:
    """The address with which the patient sees, confirms or cancels the appointment."""
    return _enlace("cita", cita.id)


def enlace_de_oferta(oferta: Oferta) -> str:
    """The address with which one who waits takes the offered time, or leaves it."""
    return _enlace("oferta", oferta.id)


def abrir(token: str) -> tuple[Asunto, int]:
    """What the link is about, and its id. Problem 404 when it is none of ours."""
    for tipo, asunto in ACCIONES.items():
        try:
            firmado = _firma(tipo).loads(token)
        except BadData:
            continue
        if firmado[0] == tipo:
            return asunto, firmado[1]
    raise Problem(404, "enlace_invalido", "El enlace no es válido; pida otro a la clínica.")


def _enlace(tipo: str, asunto_id: int) -> str:
    return f"{current_app.config['CITAS_ENLACES_URL']}{_firma(tipo).dumps([tipo, asunto_id])}"


def _firma(tipo: str) -> URLSafeSerializer:
    # itsdangerous signs with the last.
    claves = list(reversed(current_app.config["CITAS_SECRET_KEY"]))
    return URLSafeSerializer(
        claves,
        salt=f"citas.enlace.{tipo}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )


class EnlaceDeCita:
    """An appointment, until it ends. The link of one that was moved is a link to the one in its place."""

    def describir(self, asunto_id: int) -> dict[str, Any]:
        return _descripcion(_vigente(asunto_id))

    def hacer(self, asunto_id: int, accion: str, mensaje: str | None) -> dict[str, Any]:
        hechos = {"confirmar": _confirmar, "cancelar": _cancelar, "otro_horario": _pedir_otro_horario}
        if accion not in hechos:
            raise Invalid({"accion": [f"Debe ser una de: {', '.join(hechos)}."]})
        cita = con_turno(_vigente(asunto_id))
        if cita.reprogramada_en_id is not None or cita.eliminado_en is not None:
            raise Conflict("cambio_simultaneo", "La cita acaba de cambiar; ábrala otra vez.")
        return {"mensaje": hechos[accion](cita, mensaje), **_descripcion(cita)}


ACCIONES["cita"] = EnlaceDeCita()


def _vigente(cita_id: int) -> Cita:
    cita = primera = _leer(cita_id)
    while cita.reprogramada_en_id is not None:
        cita = _leer(cita.reprogramada_en_id)
    # Given to another patient, it is none of this one's business.
    if cita.paciente_id != primera.paciente_id:
        raise Problem(404, "enlace_vencido", "La cita ya no existe.")
    if cita.fin <= now():
        raise Problem(404, "enlace_vencido", "El enlace ya no sirve: la hora de la cita pasó.")
    return cita


def _leer(cita_id: int) -> Cita:
    cita = db.session.scalar(db.select(Cita).where(Cita.id == cita_id, Cita.vivos()).options(*Cita.cargar_quienes()))
    if cita is None:
        raise Problem(404, "enlace_vencido", "La cita ya no existe.")
    return cita


def _descripcion(cita: Cita) -> dict[str, Any]:
    return {
        "tipo": "cita",
        "fecha_hora": cita.fecha_hora,
        "duracion_minutos": cita.duracion_minutos,
        "centro": cita.centro.nombre,
        "doctor": cita.doctor.nombre_completo,
        "paciente": cita.paciente.nombres.partition(" ")[0],
        "estado": cita.estado,
        "cambio_solicitado": cita.cambio_solicitado_en is not None,
        "acciones": _acciones(cita),
    }


def _acciones(cita: Cita) -> list[str]:
    if not _por_venir(cita):
        return []
    acciones = ["otro_horario"]
    try:
        exigir_plazo(cita, _portador(cita))
        acciones.insert(0, "cancelar")
    except Conflict:
        # Too late for that; the clinic can still be asked for another time.
        acciones = ["otro_horario"]
    if cita.estado == Estado.PROGRAMADA or cita.cambio_solicitado_en is not None:
        acciones.insert(0, "confirmar")
    return acciones


def _por_venir(cita: Cita) -> bool:
    return cita.estado in (Estado.PROGRAMADA, Estado.CONFIRMADA) and cita.inicio > now()


def _portador(cita: Cita) -> Caller:
    return replace(ENLACE, paciente_id=cita.paciente_id)


def _exigir_por_venir(cita: Cita) -> None:
    if cita.estado in PENDIENTES and not _por_venir(cita):
        raise Conflict("transicion_ilegal", "La cita ya empezó, o ya llegó usted a ella.")


def _confirmar(cita: Cita, mensaje: str | None) -> str:
    _exigir_por_venir(cita)
    if cita.estado != Estado.CONFIRMADA:
        cita.cambiar_estado(Estado.CONFIRMADA, _portador(cita), mensaje)
        anunciar(cita, "confirmada", mensaje)
    # Whoever will come does not ask for another time any more.
    cita.cambio_solicitado_en = cita.cambio_solicitado = None
    return "Cita confirmada. Le esperamos."


def _cancelar(cita: Cita, mensaje: str | None) -> str:
    if cita.estado in PENDIENTES:
        exigir_plazo(cita, _portador(cita))
    cita.cancelar(_portador(cita), mensaje)
    anunciar(cita, "cancelada", mensaje)
    return "Cita cancelada."


def _pedir_otro_horario(cita: Cita, mensaje: str | None) -> str:
    _exigir_por_venir(cita)
    if cita.estado not in PENDIENTES:
        raise Conflict("transicion_ilegal", f"La cita está {cita.estado}; pida una nueva a la clínica.")
    if cita.cambio_solicitado_en is None or cita.cambio_solicitado != mensaje:
        cita.cambio_solicitado_en, cita.cambio_solicitado = now(), mensaje
        anunciar(cita, "cambio_solicitado", mensaje)
    return "La clínica le llamará para acordar otro horario. Mientras tanto, su cita sigue en pie."
