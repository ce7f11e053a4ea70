"""The agenda's rules: when somebody works, which policy holds, whether a wish keeps to both.

All that is said about time here is about instants (`reloj`); who is already taken is not known here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from zoneinfo import ZoneInfo

from citas.dominio import feriados
from citas.dominio.deseos import Deseo, Impedimento
from citas.dominio.intervalos import cabe, choca, restar, unir
from citas.dominio.politicas import Politica, resolver
from citas.dominio.recurrencia import repeticiones
from citas.dominio.reloj import DIA, Intervalo, fecha_local, franja, instante_local


@dataclass(frozen=True)
class Horario:
    """A doctor's hours at a centre on a weekday: minutes since midnight on the centre's clock, [desde, hasta).

    `dia_semana` is 0 for Monday; `turno` the minutes from one offered start to the next; dates inclusive.
    """

    id: int
    doctor_id: int
    centro_id: int
    dia_semana: int
    desde: int
    hasta: int
    turno: int
    sala_id: int | None = None
    vigente_desde: date | None = None
    vigente_hasta: date | None = None

    def rige(self, dia: date) -> bool:
        """Whether it holds on that day."""
        return (
            dia.weekday() == self.dia_semana
            and (self.vigente_desde is None or dia >= self.vigente_desde)
            and (self.vigente_hasta is None or dia <= self.vigente_hasta)
        )


@dataclass(frozen=True)
class Bloqueo:
    """Time at which a doctor, a room or a whole centre is not there. All that is given must match.

    `inicio` and `fin` are readings of `zona`'s clock; with a `regla` (RRULE) it comes again.
    """

    id: int
    inicio: datetime
    fin: datetime
    zona: ZoneInfo
    regla: str | None = None
    doctor_id: int | None = None
    centro_id: int | None = None
    sala_id: int | None = None

    def veces(self, desde: date, hasta: date) -> Iterator[Intervalo]:
        """Its instants that touch the days [desde, hasta], with a day to spare on both sides."""
        largo = self.fin - self.inicio
        if self.regla is None:
            if self.inicio.date() <= hasta + timedelta(days=1) and self.fin.date() >= desde - timedelta(days=1):
                yield instante_local(self.inicio, self.zona), instante_local(self.fin, self.zona)
            return
        for vez in repeticiones(
            self.regla, self.inicio, desde - largo - timedelta(days=1), hasta + timedelta(days=1)
        ):
            yield instante_local(vez, self.zona), instante_local(vez + largo, self.zona)


@dataclass(frozen=True)
class Centro:
    """A centre as the agenda knows it. `pais`: whose holidays it keeps, None for none; `abre`: on which it works."""

    id: int
    zona: ZoneInfo
    activo: bool = True
    pais: str | None = None
    abre: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Doctor:
    """A doctor as the agenda knows it; no `servicios`: any treatment. Specialties are folded names."""

    id: int
    activo: bool = True
    especialidades: frozenset[str] = frozenset()
    servicios: frozenset[int] = frozenset()

    def ofrece(self, tratamiento_id: int | None) -> bool:
        """Whether the treatment is among what this doctor does."""
        return tratamiento_id is None or not self.servicios or tratamiento_id in self.servicios


@dataclass(frozen=True)
class Sala:
    """A room of a centre."""

    id: int
    centro_id: int
    tipo: str


@dataclass(frozen=True)
class Comienzos:
    """The grid of the range of hours [inicio, fin): starts from `primero` every `paso` minutes."""

    inicio: int
    fin: int
    primero: int
    paso: int
    sala_id: int | None


@dataclass
class Agenda:
    """All rules of the network at one version of them."""

    base: Politica
    centros: Mapping[int, Centro] = field(default_factory=dict)
    doctores: Mapping[int, Doctor] = field(default_factory=dict)
    horarios: Iterable[Horario] = ()
    bloqueos: Iterable[Bloqueo] = ()
    politicas: Mapping[tuple[int | None, int | None], Mapping[str, object]] = field(default_factory=dict)
    salas: Sequence[Sala] = ()
    # How long treatments take by themselves, in minutes.
    duraciones: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._horarios: dict[int, list[Horario]] = defaultdict(list)
        for horario in sorted(self.horarios, key=lambda h: (h.desde, h.id)):
            self._horarios[horario.doctor_id].append(horario)
        self._de_doctor: dict[int, list[Bloqueo]] = defaultdict(list)
        self._de_centro: dict[int, list[Bloqueo]] = defaultdict(list)
        self._de_sala: dict[int, list[Bloqueo]] = defaultdict(list)
        for bloqueo in self.bloqueos:
            if bloqueo.doctor_id is not None:
                self._de_doctor[bloqueo.doctor_id].append(bloqueo)
            elif bloqueo.sala_id is not None:
                self._de_sala[bloqueo.sala_id].append(bloqueo)
            elif bloqueo.centro_id is not None:
                self._de_centro[bloqueo.centro_id].append(bloqueo)
        self._politicas: dict[tuple[int, int | None], Politica] = {}
        self._libres: dict[tuple[int, int, date], tuple[Intervalo, ...]] = {}
        self._libres_desde: dict[tuple[int, int, date], tuple[Intervalo, ...]] = {}
        self._comienzos: dict[tuple[int, int, date], tuple[Comienzos, ...]] = {}

    # ---- Who and which ------------------------------------------------------------------------------------

    def politica(self, centro_id: int, tratamiento_id: int | None) -> Politica:
        """The policy of a treatment at a centre: network, centre, treatment, treatment at the centre; last wins.

        How long the treatment takes by itself goes before what is said of all treatments.
        """
        clave = centro_id, tratamiento_id
        if clave not in self._politicas:
            capas = [self.politicas.get(lugar, {}) for lugar in ((None, None), (centro_id, None))]
            if tratamiento_id is not None:
                capas.append({"duracion_minutos": self.duraciones.get(tratamiento_id)})
                capas += [self.politicas.get((lugar, tratamiento_id), {}) for lugar in (None, centro_id)]
            self._politicas[clave] = resolver(self.base, capas)
        return self._politicas[clave]

    def duracion(self, centro_id: int, pedidos: Sequence[tuple[int, Decimal]]) -> int:
        """Minutes that these treatments take together, each so many times; a group session takes what it takes.

        The first is the one whose policy holds; none: what the centre takes for any appointment.
        """
        politica = self.politica(centro_id, pedidos[0][0] if pedidos else None)
        if not pedidos or politica.capacidad > 1:
            return politica.duracion_minutos
        return ceil(sum(self.politica(centro_id, uno).duracion_minutos * veces for uno, veces in pedidos))

    def hay_grupos(self) -> bool:
        """Whether any policy makes group sessions."""
        return any((capa.get("capacidad") or 1) != 1 for capa in self.politicas.values())

    def tiene_horario(self, doctor_id: int) -> bool:
        """Whether the doctor has any hours at all, be they past."""
        return bool(self._horarios.get(doctor_id))

    def puestos(
        self,
        doctor_id: int | None = None,
        centro_id: int | None = None,
        especialidad: str | None = None,
        tratamiento_id: int | None = None,
    ) -> list[tuple[int, int]]:
        """(doctor, centre) where there are hours of active doctors that fit; `especialidad` folded."""
        return sorted(
            {
                (horario.doctor_id, horario.centro_id)
                for horarios in ([self._horarios.get(doctor_id, [])] if doctor_id else self._horarios.values())
                for horario in horarios
                if (centro_id is None or horario.centro_id == centro_id)
                and self._atiende(horario.doctor_id, especialidad, tratamiento_id)
                and (centro := self.centros.get(horario.centro_id))
                and centro.activo
            }
        )

    def _atiende(self, doctor_id: int, especialidad: str | None, tratamiento_id: int | None) -> bool:
        doctor = self.doctores.get(doctor_id)
        return (
            doctor is not None
            and doctor.activo
            and doctor.ofrece(tratamiento_id)
            and (especialidad is None or especialidad in doctor.especialidades)
        )

    def salas_de(self, centro_id: int, tipo: str) -> list[int]:
        """Rooms of that kind at a centre, in order."""
        return [sala.id for sala in self.salas if sala.centro_id == centro_id and sala.tipo == tipo]

    def centro_de_sala(self, sala_id: int) -> int | None:
        """The centre of a room in service; None when there is none."""
        return next((sala.centro_id for sala in self.salas if sala.id == sala_id), None)

    def colegas(self, doctor_id: int, centro_id: int, tratamiento_id: int | None) -> list[tuple[int, int]]:
        """Doctors at the centre who share a specialty with this one, and offer the treatment."""
        doctor = self.doctores.get(doctor_id)
        especialidades = doctor.especialidades if doctor else frozenset()
        return [
            puesto
            for puesto in self.puestos(centro_id=centro_id, tratamiento_id=tratamiento_id)
            if especialidades & self.doctores[puesto[0]].especialidades
        ]

    def salas_habituales(self, doctores: Collection[int]) -> set[int]:
        """Rooms in which these doctors sit by their hours."""
        return {h.sala_id for doctor_id in doctores for h in self._horarios.get(doctor_id, ()) if h.sala_id}

    def salas_para(
        self, centro_id: int, politica: Politica, pedida: int | None, habitual: int | None
    ) -> Sequence[int] | None:
        """The rooms of which an appointment takes one, the first that is free; None when it needs none.

        The one asked for; else one of the kind that the policy names, the doctor's own first; else the doctor's.
        """
        if pedida is not None:
            return [pedida]
        if politica.tipo_sala:
            return sorted(self.salas_de(centro_id, politica.tipo_sala), key=lambda sala: sala != habitual)
        return None if habitual is None else [habitual]

    # ---- When ---------------------------------------------------------------------------------------------

    def horarios_de(self, doctor_id: int, centro_id: int, dia: date) -> list[Horario]:
        """The ranges of hours that hold on a day, in order."""
        return [h for h in self._horarios.get(doctor_id, ()) if h.centro_id == centro_id and h.rige(dia)]

    def feriado(self, centro_id: int, dia: date) -> str | None:
        """The name of the holiday on which the centre is closed."""
        centro = self.centros[centro_id]
        return None if dia in centro.abre else feriados.nombre(centro.pais, dia)

    def bloqueado(self, doctor_id: int, centro_id: int, desde: date, hasta: date) -> list[Intervalo]:
        """When the doctor is not there, or the centre is closed, on days of the centre's calendar."""
        return [
            vez
            for bloqueo in (*self._de_doctor.get(doctor_id, ()), *self._de_centro.get(centro_id, ()))
            if bloqueo.centro_id in (None, centro_id)
            for vez in bloqueo.veces(desde, hasta)
        ]

    def sala_fuera_de_servicio(self, sala_id: int, desde: date, hasta: date) -> list[Intervalo]:
        """When the room can't be used."""
        return [vez for bloqueo in self._de_sala.get(sala_id, ()) for vez in bloqueo.veces(desde, hasta)]

    def libres(self, doctor_id: int, centro_id: int, dia: date) -> tuple[Intervalo, ...]:
        """When the doctor works at the centre on a day: hours without holiday, closures and blocks."""
        clave = doctor_id, centro_id, dia
        if clave not in self._libres:
            zona = self.centros[centro_id].zona
            trabajo = unir(
                (inicio, fin)
                for horario in self.horarios_de(doctor_id, centro_id, dia)
                for inicio, fin, _ in franja(dia, horario.desde, horario.hasta, zona)
            )
            if trabajo and self.feriado(centro_id, dia):
                trabajo = []
            if trabajo:
                trabajo = restar(trabajo, self.bloqueado(doctor_id, centro_id, dia, dia))
            self._libres[clave] = tuple(trabajo)
        return self._libres[clave]

    def libres_desde(self, doctor_id: int, centro_id: int, dia: date) -> tuple[Intervalo, ...]:
        """`libres` of the day and of the next one: what begins late may end after midnight."""
        clave = doctor_id, centro_id, dia
        if clave not in self._libres_desde:
            manana = self.libres(doctor_id, centro_id, dia + timedelta(days=1))
            self._libres_desde[clave] = tuple(unir((*self.libres(doctor_id, centro_id, dia), *manana)))
        return self._libres_desde[clave]

    def comienzos(self, doctor_id: int, centro_id: int, dia: date) -> tuple[Comienzos, ...]:
        """Where appointments are offered to begin on a day, whether or not the time is free."""
        clave = doctor_id, centro_id, dia
        if clave not in self._comienzos:
            self._comienzos[clave] = tuple(self._rejilla(doctor_id, centro_id, dia))
        return self._comienzos[clave]

    def _rejilla(self, doctor_id: int, centro_id: int, dia: date) -> Iterator[Comienzos]:
        zona = self.centros[centro_id].zona
        dias = (dia - date(1970, 1, 1)).days
        for horario in self.horarios_de(doctor_id, centro_id, dia):
            for inicio, fin, avance in franja(dia, horario.desde, horario.hasta, zona):
                # On the clock the grid begins with the range, also in the second of two pieces.
                desfase = (inicio + avance - dias * DIA - horario.desde) % horario.turno
                yield Comienzos(inicio, fin, inicio + (-desfase) % horario.turno, horario.turno, horario.sala_id)

    def sala_habitual(self, deseo: Deseo) -> int | None:
        """The room in which the doctor sits at the start of the wish."""
        for rejilla in self.comienzos(deseo.doctor_id, deseo.centro_id, self.dia(deseo)):
            if rejilla.inicio <= deseo.inicio < rejilla.fin:
                return rejilla.sala_id
        return None

    def dia(self, deseo: Deseo) -> date:
        """The day of its start on the centre's calendar."""
        return fecha_local(deseo.inicio, self.centros[deseo.centro_id].zona)

    # ---- Whether ------------------------------------------------------------------------------------------

    def impedimento(self, deseo: Deseo, ahora: int, *, apartado: bool = False) -> Impedimento | None:
        """What of hours, blocks and policies speaks against the wish; None when nothing does.

        `apartado`: it was put aside in time, so that how far off it is was judged then.
        """
        doctor = self.doctores.get(deseo.doctor_id)
        if doctor is not None and not all(doctor.ofrece(uno) for uno in (deseo.tratamiento_id, *deseo.otros)):
            return Impedimento("tratamiento_no_ofrecido", "El doctor no ofrece ese tratamiento.")
        return (None if apartado else self._a_destiempo(deseo, ahora)) or self._fuera_de_horario(deseo)

    def _a_destiempo(self, deseo: Deseo, ahora: int) -> Impedimento | None:
        politica = self.politica(deseo.centro_id, deseo.tratamiento_id)
        if deseo.inicio < ahora + politica.anticipacion_minutos:
            return Impedimento(
                "anticipacion_insuficiente",
                f"Se agenda con al menos {_duracion(politica.anticipacion_minutos)} de anticipación.",
            )
        if politica.horizonte_dias is not None and deseo.inicio > ahora + politica.horizonte_dias * DIA:
            return Impedimento(
                "fuera_de_horizonte", f"Se agenda hasta con {politica.horizonte_dias} días de anticipación."
            )
        return None

    def _fuera_de_horario(self, deseo: Deseo) -> Impedimento | None:
        dia = self.dia(deseo)
        if deseo.sala_id is not None and choca(
            deseo.inicio, deseo.fin, self.sala_fuera_de_servicio(deseo.sala_id, dia, dia + timedelta(days=1))
        ):
            return Impedimento("fuera_de_horario", "La sala está fuera de servicio en ese horario.")
        if choca(
            deseo.inicio, deseo.fin, self.bloqueado(deseo.doctor_id, deseo.centro_id, dia, dia + timedelta(days=1))
        ):
            return Impedimento("fuera_de_horario", "El doctor no atiende en ese horario: está bloqueado.")
        if not self.tiene_horario(deseo.doctor_id):
            return None
        if cabe(deseo.inicio, deseo.fin, self.libres_desde(deseo.doctor_id, deseo.centro_id, dia)):
            return None
        if feriado := self.feriado(deseo.centro_id, dia):
            return Impedimento("fuera_de_horario", f"El centro no atiende ese día: {feriado}.")
        return Impedimento("fuera_de_horario", "El doctor no atiende en ese horario en ese centro.")


def _duracion(minutos: int) -> str:
    if minutos % DIA == 0:
        return f"{minutos // DIA} días" if minutos != DIA else "un día"
    return f"{minutos // 60} horas" if minutos % 60 == 0 else f"{minutos} minutos"
