"""Finding a place for an appointment or a hold: the rules of the agenda, its room, its time. One way for all.

Whoever books, moves, repeats, puts aside or takes from the waitlist goes through `acomodar`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from citas.casos_de_uso.tratamientos import todos_los_de
from citas.dominio.agenda import Agenda
from citas.dominio.deseos import Deseo
from citas.dominio.intervalos import choca
from citas.dominio.reloj import minuto
from citas.extensiones import db
from citas.modelos import Apartado, AsistenteRef, Cita, Ocupacion, Sesion
from citas.modelos.apartado import soltar_vencidos
from citas.modelos.cita import DURACION_MAXIMA, DURACION_MINIMA
from citas.modelos.guardas import esperar_turno
from citas.modelos.ocupacion import tomas_de
from citas.modelos.recursos import Recurso, TipoRecurso
from citas.modelos.reglas import agenda_conocida, agenda_vigente
from citas.modelos.sesion import entrar_en_sesion
from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True)
class Condiciones:
    """How strictly the rules hold. `sobreturno`: why they need not; `apartado`: it was put aside in time."""

    quien: Caller
    sobreturno: str | None = None
    apartado: bool = False


def condiciones_de(datos: Mapping[str, Any], quien: Caller) -> Condiciones:
    """Those that a request asks for. Forbidden without the permission, Invalid without a reason."""
    if not datos.get("sobreturno"):
        if datos.get("motivo_sobreturno"):
            raise Invalid({"motivo_sobreturno": ["Solo acompaña a un sobreturno."]})
        return Condiciones(quien)
    if not quien.can("citas:sobreturno"):
        raise Forbidden("sobreturno_no_permitido", "No tiene permiso para agendar un sobreturno.")
    if not datos.get("motivo_sobreturno"):
        raise Invalid({"motivo_sobreturno": ["Diga por qué se agenda fuera de las reglas."]})
    return Condiciones(quien, sobreturno=datos["motivo_sobreturno"])


def acomodar(turno: Cita | Apartado, condiciones: Condiciones) -> None:
    """Hold the agenda's rules against it, find its room and take its time; adds it to the session.

    Conflict when a rule speaks against it (and no reason overrides that); IntegrityError when doctor, patient,
    room or assistant is taken, which nothing overrides.
    """
    salas = _salas_posibles(turno, agenda_conocida())
    agenda = _en_turno([*turno.recursos(), *_como_recursos(salas)])
    if salas is not None:
        turno.sala_id = _elegir_sala(turno, salas, agenda)
    _exigir_reglas(turno, condiciones, agenda)
    db.session.add(turno)
    db.session.flush()
    politica = agenda.politica(turno.centro_id, turno.tratamiento_id)
    if politica.capacidad > 1:
        _entrar_en_sesion(turno, politica.capacidad)
    turno.ocupar()


def recursos_posibles(turno: Cita | Apartado) -> list[Recurso]:
    """Who and what it may take: itself, and all rooms of which `acomodar` would choose one."""
    return [*turno.recursos(), *_como_recursos(_salas_posibles(turno, agenda_conocida()))]


def exigir_reglas(turno: Cita, condiciones: Condiciones) -> None:
    """As `acomodar` does, for an appointment that keeps its place but not its length or its room."""
    _exigir_reglas(turno, condiciones, _en_turno(turno.recursos()))


def exigir_plazo(cita: Cita, quien: Caller) -> None:
    """Conflict when a patient may not cancel or move by themselves any more."""
    if quien.alcance is not Scope.PACIENTE:
        return
    politica = agenda_vigente().politica(cita.centro_id, cita.tratamiento_id)
    if cita.inicio - now() < timedelta(minutes=politica.cancelacion_minutos):
        raise Conflict("fuera_de_plazo", "Ya no se puede cancelar ni mover por este medio; llame a la clínica.")


def usar_apartado(apartado_id: int, cita: Cita, condiciones: Condiciones) -> Condiciones:
    """Give the hold's time to the appointment: the hold is gone. Conflict when it is not for this appointment."""
    apartado = Apartado.en_turno(
        Apartado.id == apartado_id,
        Apartado.vivos(),
        Apartado.visibles_para(condiciones.quien),
        ademas=cita.recursos(),
    )
    if apartado is None:
        raise Conflict("apartado_vencido", "El apartado no existe o ya venció; busque otro turno.")
    if apartado.es_de_oferta() and apartado.por != condiciones.quien.actor:
        raise Conflict("apartado_de_oferta", "El turno está ofrecido a una persona de la lista de espera.")
    lo_mismo = ("doctor_id", "centro_id", "inicio", "fin", "tratamiento_id")
    if any(getattr(apartado, campo) != getattr(cita, campo) for campo in lo_mismo) or (
        apartado.paciente_id not in (None, cita.paciente_id)
    ):
        raise Conflict("apartado_distinto", "El apartado es para otra cita: otro doctor, centro, horario o paciente.")
    for campo in ("sala_id", "asistente_id"):
        if getattr(cita, campo) is None:
            setattr(cita, campo, getattr(apartado, campo))
    apartado.soltar()
    db.session.flush()
    return replace(condiciones, apartado=True)


def duracion_de(datos: Mapping[str, Any], agenda: Agenda, quien: Caller) -> int:
    """How many minutes it is to take: as asked for, else what policy and treatments say.

    Invalid when a patient asks for another length, unless it is what was agreed on for what they move; or when the
    treatments together take longer than an appointment can be.
    """
    habitual = max(agenda.duracion(datos["centro_id"], todos_los_de(datos)), DURACION_MINIMA)
    duracion: int = datos.get("duracion_minutos") or habitual
    if quien.alcance is Scope.PACIENTE and duracion not in (habitual, datos.get("duracion_acordada")):
        raise Invalid({"duracion_minutos": [f"La fija la clínica: {habitual} minutos."]})
    if duracion > DURACION_MAXIMA:
        raise Invalid({"tratamientos": [f"Juntos toman {duracion} minutos; una cita dura hasta {DURACION_MAXIMA}."]})
    return duracion


def asistente_activo(asistente_id: int | None) -> AsistenteRef | None:
    """The assistant with that id. Invalid when there is none, Conflict when inactive."""
    if asistente_id is None:
        return None
    asistente = db.session.get(AsistenteRef, asistente_id)
    if asistente is None:
        raise Invalid({"asistente_id": ["No existe ese asistente."]})
    if not asistente.activo:
        raise Conflict("asistente_inactivo", "El asistente está inactivo y no recibe citas.")
    return asistente


def _en_turno(recursos: Sequence[Recurso]) -> Agenda:
    """The rules as they are now that it is one's turn for all of these: nobody else can change the doctor's hours."""
    esperar_turno(db.session, recursos)
    agenda = agenda_vigente()
    if agenda.hay_grupos():
        soltar_vencidos(recursos)
    return agenda


def _exigir_reglas(turno: Cita | Apartado, condiciones: Condiciones, agenda: Agenda) -> None:
    impedimento = agenda.impedimento(Deseo.de(turno), minuto(now()), apartado=condiciones.apartado)
    if impedimento is None:
        return
    if condiciones.sobreturno is None or isinstance(turno, Apartado):
        raise Conflict(impedimento.codigo, impedimento.detalle)
    turno.sobreturno, turno.motivo_sobreturno = True, condiciones.sobreturno


def _salas_posibles(turno: Cita | Apartado, agenda: Agenda) -> Sequence[int] | None:
    if turno.sala_id is not None:
        return None
    politica = agenda.politica(turno.centro_id, turno.tratamiento_id)
    return agenda.salas_para(turno.centro_id, politica, None, agenda.sala_habitual(Deseo.de(turno)))


def _como_recursos(salas: Sequence[int] | None) -> list[Recurso]:
    return [Recurso(TipoRecurso.SALA, sala) for sala in salas or ()]


def _elegir_sala(turno: Cita | Apartado, salas: Sequence[int], agenda: Agenda) -> int:
    """The first that is free and in service; else the first, for the clash to be told. Conflict without any."""
    if not salas:
        raise Conflict("sin_sala", "El centro no tiene una sala del tipo que pide el tratamiento.")
    if len(salas) == 1:
        return salas[0]
    (desde, hasta) = next((toma.inicio, toma.fin) for toma in tomas_de(turno))
    tomadas = db.select(Ocupacion.recurso_id).where(
        Ocupacion.de(_como_recursos(salas)), Ocupacion.entre(desde, hasta)
    )
    ocupadas = set(db.session.scalars(tomadas))
    deseo = Deseo.de(turno)
    dia = agenda.dia(deseo)
    for sala in salas:
        fuera = agenda.sala_fuera_de_servicio(sala, dia, dia + timedelta(days=1))
        if sala not in ocupadas and not choca(deseo.inicio, deseo.fin, fuera):
            return sala
    return salas[0]


def _entrar_en_sesion(turno: Cita | Apartado, capacidad: int) -> None:
    campos = ("doctor_id", "centro_id", "sala_id", "asistente_id", "tratamiento_id", "inicio", "fin")
    buscada = Sesion(capacidad=capacidad, **{campo: getattr(turno, campo) for campo in campos})
    de_la_sesion = [toma for toma in tomas_de(turno) if toma.recurso.tipo is not TipoRecurso.PACIENTE]
    sesion = entrar_en_sesion(buscada, de_la_sesion)
    # All of a session are where it is, whatever room would have been free for a new one.
    turno.sesion_id, turno.sala_id, turno.asistente_id = sesion.id, sesion.sala_id, sesion.asistente_id
