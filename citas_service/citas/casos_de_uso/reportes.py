"""Reports of appointments and of productivity."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from citas.dominio.intervalos import total
from citas.extensiones import db
from citas.modelos import CentroRef, Cita, DoctorRef
from citas.modelos.reglas import agenda_del_rango
from citas.modelos.reportes import (
    contar,
    contar_por_estado,
    doctores_de,
    en_rango,
    minutos,
    pacientes_atendidos,
)
from citas.modelos.visibilidad import alcanza
from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import NotFound
from comun.times import zone

SEGUNDOS_POR_DIA = 86_400


@dataclass
class Cifras:
    """Counts that can be added up, and what follows from them."""

    programadas: int = 0
    atendidas: int = 0
    canceladas: int = 0
    reprogramadas: int = 0
    no_asistio: int = 0
    sobreturnos: int = 0
    antelacion_segundos: float = 0
    minutos_ofrecidos: int = 0
    minutos_reservados: int = 0
    minutos_atendidos: int = 0

    @property
    def pendientes(self) -> int:
        """What is neither over nor given up."""
        return self.programadas - self.atendidas - self.canceladas - self.reprogramadas - self.no_asistio

    @property
    def tasa_no_asistencia(self) -> float | None:
        return _tasa(self.no_asistio, self.atendidas + self.no_asistio)

    @property
    def antelacion_promedio_dias(self) -> float | None:
        if not self.programadas:
            return None
        return round(self.antelacion_segundos / self.programadas / SEGUNDOS_POR_DIA, 2)

    @property
    def ocupacion(self) -> float | None:
        return _tasa(self.minutos_reservados, self.minutos_ofrecidos)

    def como_dict(self) -> dict[str, Any]:
        """All of it by name."""
        derivadas = ("pendientes", "tasa_no_asistencia", "antelacion_promedio_dias", "ocupacion")
        return {nombre: getattr(self, nombre) for nombre in (*_SUMABLES, *derivadas)}


_SUMABLES = tuple(campo.name for campo in fields(Cifras))


def _tasa(parte: float, todo: float) -> float | None:
    return round(parte / todo, 4) if todo else None


def _sumar(varias: Iterable[Cifras]) -> Cifras:
    suma = Cifras()
    for cifras in varias:
        for campo in _SUMABLES:
            setattr(suma, campo, getattr(suma, campo) + getattr(cifras, campo))
    return suma


def reporte_de_citas(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """Counts of the appointments that the caller may see, in total and by day, doctor, centre or specialty."""
    desde, hasta = _rango(filtro)
    agrupar = filtro["agrupar"]
    rango = en_rango(desde, hasta, centro_id=filtro.get("centro_id"), doctor_id=filtro.get("doctor_id"))
    por = {"dia": Cita.dia, "centro": Cita.centro_id}.get(agrupar, Cita.doctor_id)
    grupos = _grupos(rango, quien, _de_especialidad(filtro), por)
    return {
        "desde": desde,
        "hasta": hasta,
        "agrupar": agrupar,
        "totales": _sumar(grupos.values()).como_dict(),
        "filas": [{agrupar: grupo, **cifras.como_dict()} for grupo, cifras in _nombrar(agrupar, grupos)],
    }


def productividad(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """What each doctor was booked for and attended, against what the hours offered."""
    desde, hasta = _rango(filtro)
    rango = en_rango(desde, hasta, centro_id=filtro.get("centro_id"))
    cifras = _productividad(rango, quien, _de_especialidad(filtro))
    doctores = _doctores(cifras)
    return {
        "desde": desde,
        "hasta": hasta,
        "totales": _sumar(cifras.values()).como_dict(),
        "doctores": [{"doctor": doctor, **cifras[doctor.id].como_dict()} for doctor in doctores],
    }


def productividad_de_doctor(doctor_id: int, filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """The figures of one doctor, at the caller's centres. NotFound when they are not theirs to see."""
    doctor = db.session.get(DoctorRef, doctor_id)
    suyo = quien.alcance in (Scope.RED, Scope.CENTROS) or (
        quien.alcance is Scope.MEDICO and quien.doctor_id == doctor_id
    )
    if doctor is None or not suyo:
        raise NotFound("No existe ese doctor, o no le corresponde ver sus cifras.")
    desde, hasta = _rango(filtro)
    rango = en_rango(desde, hasta, centro_id=filtro.get("centro_id"))
    cifras = _productividad(rango, quien, [doctor_id]).get(doctor_id, Cifras())
    return {"desde": desde, "hasta": hasta, "doctor": doctor, **cifras.como_dict()}


def resumen_de_citas(consulta: Mapping[str, Any]) -> dict[str, Any]:
    """How many appointments there are by state, on the days that are asked for or today."""
    cuales = _de_hoy() if "desde" not in consulta else Cita.dia.between(consulta["desde"], consulta["hasta"])
    if "centros" in consulta:
        cuales &= Cita.centro_id.in_(consulta["centros"])
    if "doctor_id" in consulta:
        cuales &= Cita.doctor_id == consulta["doctor_id"]
    por_estado, reprogramadas = contar_por_estado(cuales)
    return {
        "total": sum(por_estado.values()),
        "por_estado": por_estado,
        "reprogramadas": reprogramadas,
        "pacientes_atendidos": pacientes_atendidos(cuales),
    }


def _de_hoy() -> ColumnElement[bool]:
    """What is today where it takes place."""
    momento = now()
    por_dia: dict[date, list[int]] = {}
    for centro_id, zona in db.session.execute(db.select(CentroRef.id, CentroRef.zona_horaria)):
        por_dia.setdefault(momento.astimezone(zone(zona)).date(), []).append(centro_id)
    return or_(db.false(), *(and_(Cita.dia == dia, Cita.centro_id.in_(ids)) for dia, ids in por_dia.items()))


def _productividad(rango: Mapping[str, Any], quien: Caller, doctores: Collection[int] | None) -> dict[int, Cifras]:
    cifras = _grupos(rango, quien, doctores, Cita.doctor_id)
    for doctor_id, (reservados, atendidos) in minutos(rango, quien, doctores).items():
        cifras[doctor_id].minutos_reservados = reservados
        cifras[doctor_id].minutos_atendidos = atendidos
    for doctor_id, ofrecidos in _ofrecidos(rango, quien, doctores).items():
        cifras.setdefault(doctor_id, Cifras()).minutos_ofrecidos = ofrecidos
    return cifras


def _ofrecidos(rango: Mapping[str, Any], quien: Caller, doctores: Collection[int] | None) -> dict[int, int]:
    """Doctor → minutes of hours without holidays, closures and blocks, where the caller may see them.

    An inactive one offers nothing from today on.
    """
    agenda = agenda_del_rango(rango["desde"])
    ofrecidos: dict[int, int] = {}
    for doctor_id, centro_id in sorted({(horario.doctor_id, horario.centro_id) for horario in agenda.horarios}):
        if not alcanza(quien, doctor_id, centro_id) or rango.get("centro_id", centro_id) != centro_id:
            continue
        if doctores is not None and doctor_id not in doctores:
            continue
        hasta = rango["hasta"]
        if not agenda.doctores[doctor_id].activo:
            hasta = min(hasta, now().astimezone(agenda.centros[centro_id].zona).date() - timedelta(days=1))
        dias = (rango["desde"] + timedelta(days=n) for n in range((hasta - rango["desde"]).days + 1))
        suma = sum(total(agenda.libres(doctor_id, centro_id, dia)) for dia in dias)
        ofrecidos[doctor_id] = ofrecidos.get(doctor_id, 0) + suma
    return ofrecidos


def _grupos(rango: Mapping[str, Any], quien: Caller, doctores: Collection[int] | None, por: Any) -> dict[Any, Cifras]:
    return {
        fila.grupo: Cifras(
            fila.programadas,
            fila.atendidas,
            fila.canceladas,
            fila.reprogramadas,
            fila.no_asistio,
            fila.sobreturnos,
            float(fila.antelacion_segundos),
        )
        for fila in contar(rango, quien, doctores, por)
    }


def _nombrar(agrupar: str, grupos: Mapping[Any, Cifras]) -> list[tuple[Any, Cifras]]:
    """The groups as they are shown, in order."""
    if agrupar == "dia":
        return list(grupos.items())
    if agrupar == "centro":
        consulta = db.select(CentroRef).where(CentroRef.id.in_(grupos)).order_by(CentroRef.nombre, CentroRef.id)
        return [(centro, grupos[centro.id]) for centro in db.session.scalars(consulta)]
    doctores = _doctores(grupos)
    if agrupar == "doctor":
        return [(doctor, grupos[doctor.id]) for doctor in doctores]
    por_especialidad: dict[str | None, list[Cifras]] = {}
    for doctor in doctores:
        nombres: list[str | None] = [*doctor.especialidades]
        for especialidad in nombres or [None]:
            por_especialidad.setdefault(especialidad, []).append(grupos[doctor.id])
    ordenadas = sorted(por_especialidad, key=lambda nombre: (nombre is None, nombre or ""))
    return [(especialidad, _sumar(por_especialidad[especialidad])) for especialidad in ordenadas]


def _doctores(ids: Iterable[int]) -> list[DoctorRef]:
    consulta = db.select(DoctorRef).where(DoctorRef.id.in_(list(ids)))
    return sorted(db.session.scalars(consulta), key=lambda doctor: (doctor.apellidos, doctor.nombres, doctor.id))


def _de_especialidad(filtro: Mapping[str, Any]) -> list[int] | None:
    return doctores_de(filtro["especialidad"]) if "especialidad" in filtro else None


def _rango(filtro: Mapping[str, Any]) -> tuple[date, date]:
    """The days asked for; the current month, or the rest of the month of the one that is given."""
    desde, hasta = filtro.get("desde"), filtro.get("hasta")
    mes = desde or hasta or _hoy(filtro.get("centro_id"))
    desde = desde or mes.replace(day=1)
    if hasta is None:
        hasta = (mes.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return desde, hasta


def _hoy(centro_id: int | None) -> date:
    """Today on the clock of the centre, or of the first of the network."""
    de_este = CentroRef.id == centro_id if centro_id is not None else db.true()
    zona = db.session.scalar(db.select(CentroRef.zona_horaria).where(de_este).order_by(CentroRef.id).limit(1))
    return now().astimezone(zone(zona) if zona else UTC).date()
