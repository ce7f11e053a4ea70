"""Free slots: the grid of the hours, without what is taken."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from citas.dominio.agenda import Agenda, Comienzos
from citas.dominio.intervalos import choca
from citas.dominio.politicas import Politica
from citas.dominio.reloj import DIA, Intervalo


@dataclass(frozen=True)
class Sesion:
    """A group session that has places left."""

    centro_id: int
    inicio: int
    fin: int
    tratamiento_id: int | None
    lugares: int
    sala_id: int | None = None


@dataclass(frozen=True)
class Ocupado:
    """What is taken: per doctor and per room, of the assistant and of the patient. Each list sorted by its start."""

    doctores: Mapping[int, Sequence[Intervalo]] = field(default_factory=dict)
    salas: Mapping[int, Sequence[Intervalo]] = field(default_factory=dict)
    asistente: Sequence[Intervalo] = ()
    paciente: Sequence[Intervalo] = ()
    sesiones: Mapping[int, Sequence[Sesion]] = field(default_factory=dict)


class Turno(NamedTuple):
    """A slot that can be booked: [inicio, fin), with the room that it would take and the places left."""

    doctor_id: int
    centro_id: int
    inicio: int
    fin: int
    sala_id: int | None = None
    lugares: int = 1


@dataclass(frozen=True)
class Busqueda:
    """What is looked for, at each of the `puestos` (doctor, centre), on the days [desde, hasta] of the centre."""

    puestos: Sequence[tuple[int, int]]
    desde: date
    hasta: date
    tratamiento_id: int | None = None
    duracion_minutos: int | None = None
    sala_id: int | None = None


def salas_posibles(agenda: Agenda, busqueda: Busqueda) -> set[int]:
    """All rooms whose occupation matters to the search."""
    if busqueda.sala_id is not None:
        return {busqueda.sala_id}
    salas = {
        sala_id
        for _, centro_id in busqueda.puestos
        if (tipo := agenda.politica(centro_id, busqueda.tratamiento_id).tipo_sala)
        for sala_id in agenda.salas_de(centro_id, tipo)
    }
    return salas | agenda.salas_habituales({doctor_id for doctor_id, _ in busqueda.puestos})


def turnos(agenda: Agenda, busqueda: Busqueda, ocupado: Ocupado, ahora: int) -> Iterator[Turno]:
    """All slots, by doctor and centre, then in order of time."""
    dias = [busqueda.desde + timedelta(days=n) for n in range((busqueda.hasta - busqueda.desde).days + 1)]
    for doctor_id, centro_id in busqueda.puestos:
        puesto = _Puesto(agenda, busqueda, ocupado, doctor_id, centro_id, ahora)
        for dia in dias:
            yield from puesto.del_dia(dia)


class _Puesto:
    """One doctor at one centre."""

    def __init__(
        self, agenda: Agenda, busqueda: Busqueda, ocupado: Ocupado, doctor_id: int, centro_id: int, ahora: int
    ) -> None:
        self.agenda, self.busqueda, self.ocupado = agenda, busqueda, ocupado
        self.doctor_id, self.centro_id = doctor_id, centro_id
        self.politica: Politica = agenda.politica(centro_id, busqueda.tratamiento_id)
        self.duracion = busqueda.duracion_minutos or self.politica.duracion_minutos
        self.antes, self.despues = self.politica.holgura_antes_minutos, self.politica.holgura_despues_minutos
        self.primero = max(ahora + 1, ahora + self.politica.anticipacion_minutos)
        horizonte = self.politica.horizonte_dias
        self.ultimo = None if horizonte is None else ahora + horizonte * DIA
        self.tomado = ocupado.doctores.get(doctor_id, ())
        self.finales = [fin for _, fin in self.tomado]
        self.sesiones = {
            sesion.inicio: sesion
            for sesion in ocupado.sesiones.get(doctor_id, ())
            if sesion.centro_id == centro_id
            and sesion.tratamiento_id == busqueda.tratamiento_id
            and sesion.fin - sesion.inicio == self.duracion
        }

    def del_dia(self, dia: date) -> Iterator[Turno]:
        """The slots of a day."""
        rejillas = self.agenda.comienzos(self.doctor_id, self.centro_id, dia)
        if not rejillas:
            return
        libres = self.agenda.libres_desde(self.doctor_id, self.centro_id, dia)
        for rejilla in rejillas:
            salas = self.agenda.salas_para(self.centro_id, self.politica, self.busqueda.sala_id, rejilla.sala_id)
            for inicio in self._con_el_doctor_libre(rejilla, libres):
                if (turno := self._turno(inicio, salas, dia)) is not None:
                    yield turno

    def _con_el_doctor_libre(self, rejilla: Comienzos, libres: Sequence[Intervalo]) -> Iterator[int]:
        """Starts at which the doctor works long enough and is free, or has a group session of this kind."""
        # Both lists are sorted and without overlaps, so one look at each of their intervals is enough.
        libre, tomado = 0, bisect_left(self.finales, rejilla.primero - self.antes)
        idos = max(0, -((rejilla.primero - self.primero) // rejilla.paso))
        for inicio in range(rejilla.primero + idos * rejilla.paso, rejilla.fin, rejilla.paso):
            if self.ultimo is not None and inicio > self.ultimo:
                return
            fin = inicio + self.duracion
            while libre < len(libres) and libres[libre][1] < fin:
                libre += 1
            if libre == len(libres):
                return
            if libres[libre][0] > inicio:
                continue
            while tomado < len(self.tomado) and self.tomado[tomado][1] <= inicio - self.antes:
                tomado += 1
            if tomado == len(self.tomado) or self.tomado[tomado][0] >= fin + self.despues or inicio in self.sesiones:
                yield inicio

    def _turno(self, inicio: int, salas: Sequence[int] | None, dia: date) -> Turno | None:
        fin = inicio + self.duracion
        if self.ocupado.paciente and choca(inicio, fin, self.ocupado.paciente):
            return None
        if sesion := self.sesiones.get(inicio):
            return Turno(self.doctor_id, self.centro_id, inicio, fin, sesion.sala_id, sesion.lugares)
        if self.ocupado.asistente and choca(inicio - self.antes, fin + self.despues, self.ocupado.asistente):
            return None
        sala_id = None
        if salas is not None:
            sala_id = next((sala for sala in salas if self._sala_libre(sala, inicio, fin, dia)), None)
            if sala_id is None:
                return None
        return Turno(self.doctor_id, self.centro_id, inicio, fin, sala_id, self.politica.capacidad)

    def _sala_libre(self, sala_id: int, inicio: int, fin: int, dia: date) -> bool:
        return not choca(inicio - self.antes, fin + self.despues, self.ocupado.salas.get(sala_id, ())) and not choca(
            inicio, fin, self.agenda.sala_fuera_de_servicio(sala_id, dia, dia + timedelta(days=1))
        )
