"""The agenda's rules as the database has them, worked out once per process and version."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, or_

from citas.dominio import agenda as dominio
from citas.dominio.agenda import Agenda
from citas.dominio.politicas import Politica as PoliticaDicha
from citas.dominio.reloj import empieza
from citas.extensiones import db
from citas.modelos.horario import Bloqueo, CalendarioCentro, Horario
from citas.modelos.politica import Politica
from citas.modelos.referencias import CentroRef, DoctorRef, TratamientoRef
from citas.modelos.version import version_agenda, vigilar
from comun.db import now
from comun.fields import fold
from comun.times import zone

# Whose holidays and whose clock count where no centre says otherwise.
PAIS = "EC"
ZONA = "America/Guayaquil"

vigilar(Horario, Bloqueo, CalendarioCentro, Politica)

_CALENDARIOS, _CENTROS = db.select(CalendarioCentro), db.select(CentroRef)
_DOCTORES, _TRATAMIENTOS = db.select(DoctorRef), db.select(TratamientoRef)
_HORARIOS = db.select(Horario).where(Horario.vivos())
_POLITICAS = db.select(Politica).where(Politica.vivos())
_BLOQUEOS = db.select(Bloqueo).where(
    Bloqueo.vivos(), or_(Bloqueo.termina.is_(None), Bloqueo.termina >= bindparam("desde"))
)


class AgendaVigente:
    """The rules from yesterday on, renewed when their version has grown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: int | None = None
        self._hasta: datetime | None = None
        self._agenda: Agenda | None = None

    def __call__(self) -> Agenda:
        """As the current transaction sees them."""
        db.session.flush()
        if db.session.info.get("agenda_cambia"):
            return _cambiada()
        version = version_agenda()
        with self._lock:
            if self._agenda is None or version != self._version or self._hasta is None or now() > self._hasta:
                self._agenda = leer_agenda(now() - timedelta(days=2))
                # Days that went by are let go, and what was worked out for them.
                self._version, self._hasta = version, now() + timedelta(hours=12)
            return self._agenda

    def conocida(self) -> Agenda:
        """As this process knew them last, without asking: for what need not be exact."""
        agenda = self._agenda
        return self() if agenda is None or db.session.info.get("agenda_cambia") else agenda


def _cambiada() -> Agenda:
    """With what the current transaction changes; read anew after each change, also of those that end meanwhile."""
    info = db.session.info
    de = info["agenda_cambia"], version_agenda()
    if "agenda_leida" not in info or info["agenda_leida"][0] != de:
        info["agenda_leida"] = de, leer_agenda(now() - timedelta(days=2))
    leida: Agenda = info["agenda_leida"][1]
    return leida


def agenda_vigente() -> Agenda:
    """The rules that hold now."""
    vigente: AgendaVigente = current_app.extensions["agenda"]
    return vigente()


def agenda_conocida() -> Agenda:
    """The rules, as of a moment ago: to be followed by `agenda_vigente` where they decide."""
    vigente: AgendaVigente = current_app.extensions["agenda"]
    return vigente.conocida()


def agenda_del_rango(desde: date) -> Agenda:
    """The rules for days from that one on, be they past."""
    inicio = empieza(desde)
    return agenda_vigente() if inicio >= now() - timedelta(days=2) else leer_agenda(inicio)


def leer_agenda(desde: datetime) -> Agenda:
    """All rules, with the blocks that end after `desde`. For the past too, as far as they were kept."""
    calendarios = {c.id: c for c in db.session.scalars(_CALENDARIOS)}
    centros = db.session.scalars(_CENTROS).all()
    return Agenda(
        base=PoliticaDicha(duracion_minutos=current_app.config["CITAS_DURACION_MINUTOS"]),
        centros={centro.id: _centro(centro, calendarios.get(centro.id)) for centro in centros},
        doctores={doctor.id: _doctor(doctor) for doctor in db.session.scalars(_DOCTORES)},
        horarios=[_horario(fila) for fila in db.session.scalars(_HORARIOS)],
        bloqueos=[_bloqueo(fila) for fila in db.session.scalars(_BLOQUEOS, {"desde": desde})],
        politicas={(fila.centro_id, fila.tratamiento_id): fila.dicho() for fila in db.session.scalars(_POLITICAS)},
        duraciones={uno.id: uno.duracion_minutos for uno in db.session.scalars(_TRATAMIENTOS)},
        salas=[
            dominio.Sala(sala["id"], centro.id, sala["tipo"])
            for centro in centros
            for sala in sorted(centro.salas, key=_por_id)
            if sala["activa"]
        ],
    )


def _por_id(sala: dict[str, Any]) -> int:
    numero: int = sala["id"]
    return numero


def _centro(centro: CentroRef, calendario: CalendarioCentro | None) -> dominio.Centro:
    return dominio.Centro(
        id=centro.id,
        zona=zone(centro.zona_horaria),
        activo=centro.activo,
        pais=calendario.pais if calendario else PAIS,
        abre=frozenset(date.fromisoformat(dia) for dia in (calendario.abre if calendario else ())),
    )


def _doctor(doctor: DoctorRef) -> dominio.Doctor:
    return dominio.Doctor(
        id=doctor.id,
        activo=doctor.activo,
        especialidades=frozenset(fold(nombre) for nombre in doctor.especialidades),
        servicios=frozenset(doctor.servicios),
    )


def _horario(fila: Horario) -> dominio.Horario:
    return dominio.Horario(
        id=fila.id,
        doctor_id=fila.doctor_id,
        centro_id=fila.centro_id,
        dia_semana=fila.dia_semana,
        desde=fila.desde,
        hasta=fila.hasta,
        turno=fila.turno_minutos,
        sala_id=fila.sala_id,
        vigente_desde=fila.vigente_desde,
        vigente_hasta=fila.vigente_hasta,
    )


def _bloqueo(fila: Bloqueo) -> dominio.Bloqueo:
    return dominio.Bloqueo(
        id=fila.id,
        inicio=fila.inicio,
        fin=fila.fin,
        zona=zone(fila.zona_horaria),
        regla=fila.rrule,
        doctor_id=fila.doctor_id,
        centro_id=fila.centro_id,
        sala_id=fila.sala_id,
    )
