"""The agenda of a doctor or of a centre, day by day: hours, blocks, appointments, holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from citas.dominio.agenda import Agenda
from citas.dominio.agenda import Bloqueo as BloqueoDicho
from citas.dominio.estados import Estado
from citas.dominio.intervalos import restar, unir
from citas.dominio.reloj import Intervalo, empieza, fecha_local, minuto, minuto_final, momento, termina
from citas.extensiones import db
from citas.modelos import Apartado, Bloqueo, CentroRef, Cita, DoctorRef, Ocupacion
from citas.modelos.consultas import filtrar
from citas.modelos.recursos import Recurso, TipoRecurso
from citas.modelos.reglas import agenda_del_rango
from citas.modelos.visibilidad import alcanza
from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import NotFound
from comun.times import zone

Puesto = tuple[int, int]
PERSONAL = (Scope.RED, Scope.CENTROS, Scope.MEDICO)


@dataclass(frozen=True)
class Alcance:
    """Whose agenda: that of one doctor, or of one centre; and of it what the caller may see."""

    quien: Caller
    doctor_id: int | None = None
    centro_id: int | None = None

    def alcanza(self, doctor_id: int, centro_id: int) -> bool:
        """Whether it is asked for and the caller's to see."""
        return (
            self.doctor_id in (None, doctor_id)
            and self.centro_id in (None, centro_id)
            and alcanza(self.quien, doctor_id, centro_id)
        )

    def filtro(self) -> dict[str, int]:
        """The columns that it fixes."""
        fijos = {"doctor_id": self.doctor_id, "centro_id": self.centro_id}
        return {campo: valor for campo, valor in fijos.items() if valor is not None}


@dataclass
class Hallado:
    """What is in the tables for the days asked for, by doctor, centre and day."""

    citas: dict[tuple[int, int, date], list[Cita]] = field(default_factory=lambda: defaultdict(list))
    apartados: dict[tuple[int, int, date], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    tomado: dict[int, list[Intervalo]] = field(default_factory=lambda: defaultdict(list))


def agenda_de_doctor(doctor_id: int, filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """The agenda of a doctor at all the centres that the caller may see. NotFound when it is not theirs to see."""
    propia = quien.alcance is not Scope.MEDICO or quien.doctor_id == doctor_id
    if quien.alcance not in PERSONAL or not propia or db.session.get(DoctorRef, doctor_id) is None:
        raise NotFound("No existe ese doctor, o no le corresponde ver su agenda.")
    return _ver(Alcance(quien, doctor_id=doctor_id), filtro)


def agenda_de_centro(centro_id: int, filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """The agenda of a centre: of all doctors, or of the caller's own. NotFound when it is not theirs to see."""
    suyo = quien.acts_in(centro_id) or quien.alcance is Scope.MEDICO
    if not suyo or db.session.get(CentroRef, centro_id) is None:
        raise NotFound("No existe ese centro, o no le corresponde ver su agenda.")
    return _ver(Alcance(quien, centro_id=centro_id), filtro)


def _ver(alcance: Alcance, filtro: Mapping[str, Any]) -> dict[str, Any]:
    centros = {centro.id: centro for centro in db.session.scalars(db.select(CentroRef))}
    desde, hasta = _dias(filtro, _hoy(alcance, centros))
    agenda = agenda_del_rango(desde)
    hallado = _buscar(alcance, desde, hasta, canceladas=filtro["incluir_canceladas"])
    puestos = sorted(_con_horario(agenda, alcance) | {clave[:2] for clave in (*hallado.citas, *hallado.apartados)})
    doctores = _doctores({doctor_id for doctor_id, _ in puestos})
    puestos.sort(key=lambda p: (doctores[p[0]].busqueda, p))
    _anotar_tomado(hallado, set(doctores), desde, hasta)
    bloqueos = _bloqueos(agenda, puestos, desde, hasta)
    pedido = {alcance.centro_id} if alcance.centro_id is not None else set()
    mostrados = sorted({centro_id for _, centro_id in puestos} | pedido)
    zonas = {centros[centro_id].zona_horaria for centro_id in mostrados}
    return {
        "zona_horaria": zonas.pop() if len(zonas) == 1 else None,
        "desde": desde,
        "hasta": hasta,
        "centros": [centros[centro_id] for centro_id in mostrados],
        "dias": [
            {
                "fecha": dia,
                "feriado": _feriado(agenda, mostrados, dia),
                "doctores": [
                    columna
                    for doctor_id, centro_id in puestos
                    if (columna := _columna(agenda, hallado, bloqueos, doctores[doctor_id], centro_id, dia))
                ],
            }
            for dia in (desde + timedelta(days=n) for n in range((hasta - desde).days + 1))
        ],
    }


def _hoy(alcance: Alcance, centros: Mapping[int, CentroRef]) -> date:
    """Today on the clock of the centre, or of the first centre of the network."""
    centro = centros.get(alcance.centro_id or min(centros, default=0))
    return now().astimezone(zone(centro.zona_horaria) if centro else UTC).date()


def _dias(filtro: Mapping[str, Any], hoy: date) -> tuple[date, date]:
    if "desde" in filtro:
        return filtro["desde"], filtro["hasta"]
    fecha = filtro.get("fecha", hoy)
    if filtro.get("vista") == "semana":
        lunes = fecha - timedelta(days=fecha.weekday())
        return lunes, lunes + timedelta(days=6)
    return fecha, fecha


def _con_horario(agenda: Agenda, alcance: Alcance) -> set[Puesto]:
    return {(d, c) for d, c in agenda.puestos(alcance.doctor_id, alcance.centro_id) if alcance.alcanza(d, c)}


def _doctores(ids: Iterable[int]) -> dict[int, DoctorRef]:
    return {doctor.id: doctor for doctor in db.session.scalars(db.select(DoctorRef).where(DoctorRef.id.in_(ids)))}


def _buscar(alcance: Alcance, desde: date, hasta: date, *, canceladas: bool) -> Hallado:
    hallado = Hallado()
    dias = {"desde": desde, "hasta": hasta}
    visibles = Cita.visibles_para(alcance.quien) & Cita.vivos()
    consulta = filtrar(visibles, {**alcance.filtro(), **dias}, Cita.cargar_quienes())
    if not canceladas:
        consulta = consulta.where(Cita.estado != Estado.CANCELADA)
    for cita in db.session.scalars(consulta.order_by(Cita.inicio, Cita.id)):
        hallado.citas[cita.doctor_id, cita.centro_id, cita.dia].append(cita)
    de_estos = [getattr(Apartado, campo) == valor for campo, valor in alcance.filtro().items()]
    apartados = db.select(Apartado).where(
        *de_estos, Apartado.vence_en > now(), Apartado.inicio < termina(hasta), Apartado.inicio >= empieza(desde)
    )
    for apartado in db.session.scalars(apartados.order_by(Apartado.inicio, Apartado.id)):
        zona = zone(apartado.zona_horaria)
        dia = apartado.inicio.astimezone(zona).date()
        if alcance.alcanza(apartado.doctor_id, apartado.centro_id) and desde <= dia <= hasta:
            hallado.apartados[apartado.doctor_id, apartado.centro_id, dia].append(_apartado(apartado, zona))
    return hallado


def _anotar_tomado(hallado: Hallado, doctores: set[int], desde: date, hasta: date) -> None:
    """What the doctors have anywhere, also where the caller does not see by what."""
    tomado = db.select(Ocupacion.recurso_id, Ocupacion.inicio, Ocupacion.fin).where(
        Ocupacion.de(Recurso(TipoRecurso.DOCTOR, doctor_id) for doctor_id in doctores),
        Ocupacion.entre(empieza(desde), termina(hasta)),
    )
    for doctor_id, inicio, fin in db.session.execute(tomado):
        hallado.tomado[doctor_id].append((minuto(inicio), minuto_final(fin)))
    for doctor_id, intervalos in hallado.tomado.items():
        hallado.tomado[doctor_id] = unir(intervalos)


def _bloqueos(
    agenda: Agenda, puestos: Sequence[Puesto], desde: date, hasta: date
) -> dict[tuple[int, int, date], list[dict[str, Any]]]:
    """The blocks of each doctor at each centre by the days that they touch, in order."""
    posibles = [bloqueo for bloqueo in agenda.bloqueos if any(_toca(bloqueo, *puesto) for puesto in puestos)]
    consulta = db.select(Bloqueo).where(Bloqueo.id.in_([bloqueo.id for bloqueo in posibles]))
    filas = {fila.id: fila for fila in db.session.scalars(consulta)}
    veces = [(bloqueo, vez) for bloqueo in posibles for vez in sorted(set(bloqueo.veces(desde, hasta)))]
    por_dia: dict[tuple[int, int, date], list[dict[str, Any]]] = defaultdict(list)
    for doctor_id, centro_id in puestos:
        zona = agenda.centros[centro_id].zona
        for bloqueo, (inicio, fin) in veces:
            if bloqueo.id not in filas or not _toca(bloqueo, doctor_id, centro_id):
                continue
            dia, ultimo = max(desde, fecha_local(inicio, zona)), min(hasta, fecha_local(fin - 1, zona))
            while dia <= ultimo:
                por_dia[doctor_id, centro_id, dia].append(_bloqueo(filas[bloqueo.id], inicio, fin, zona))
                dia += timedelta(days=1)
    for lista in por_dia.values():
        lista.sort(key=lambda uno: (uno["inicio"], uno["id"]))
    return por_dia


def _toca(bloqueo: BloqueoDicho, doctor_id: int, centro_id: int) -> bool:
    return (
        bloqueo.sala_id is None and bloqueo.doctor_id in (None, doctor_id) and bloqueo.centro_id in (None, centro_id)
    )


def _columna(
    agenda: Agenda,
    hallado: Hallado,
    bloqueos: Mapping[tuple[int, int, date], list[dict[str, Any]]],
    doctor: DoctorRef,
    centro_id: int,
    dia: date,
) -> dict[str, Any] | None:
    """A doctor's day at a centre; None when there is neither hours nor anything else there."""
    clave = doctor.id, centro_id, dia
    horarios = agenda.horarios_de(doctor.id, centro_id, dia) if doctor.activo else []
    if not horarios and clave not in hallado.citas and clave not in hallado.apartados:
        return None
    zona = agenda.centros[centro_id].zona
    trabajo = agenda.libres(doctor.id, centro_id, dia) if doctor.activo else ()
    return {
        "doctor": doctor,
        "centro_id": centro_id,
        "feriado": agenda.feriado(centro_id, dia),
        "horarios": horarios,
        "trabajo": [_intervalo(uno, zona) for uno in trabajo],
        "libres": [_intervalo(uno, zona) for uno in restar(trabajo, hallado.tomado.get(doctor.id, ()))],
        "bloqueos": bloqueos.get(clave, []),
        "citas": hallado.citas.get(clave, []),
        "apartados": hallado.apartados.get(clave, []),
    }


def _feriado(agenda: Agenda, centros: Sequence[int], dia: date) -> str | None:
    nombres = [agenda.feriado(centro_id, dia) for centro_id in centros]
    return nombres[0] if nombres and all(nombres) else None


def _intervalo(intervalo: Intervalo, zona: ZoneInfo) -> dict[str, Any]:
    inicio, fin = intervalo
    return {"inicio": momento(inicio).astimezone(zona), "fin": momento(fin).astimezone(zona)}


def _bloqueo(fila: Bloqueo, inicio: int, fin: int, zona: ZoneInfo) -> dict[str, Any]:
    return {"id": fila.id, "tipo": fila.tipo, "motivo": fila.motivo, **_intervalo((inicio, fin), zona)}


def _apartado(apartado: Apartado, zona: ZoneInfo) -> dict[str, Any]:
    momentos = {campo: getattr(apartado, campo).astimezone(zona) for campo in ("inicio", "fin", "vence_en")}
    return {"id": apartado.id, **momentos}
