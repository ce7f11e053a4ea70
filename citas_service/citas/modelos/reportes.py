"""What reports count: aggregates over appointments, a few statements whatever the range."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, extract, func

from citas.dominio.estados import Estado
from citas.extensiones import db
from citas.modelos.cita import Cita
from citas.modelos.consultas import condiciones
from citas.modelos.referencias import DoctorRef
from comun.auth.caller import Caller
from comun.fields import fold

# A moved one is cancelled with another in its place.
MOVIDA = Cita.reprogramada_en_id.is_not(None)


def _cuantas(condicion: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condicion, 1), else_=0)), 0)


CUENTAS: dict[str, ColumnElement[Any]] = {
    "programadas": func.count(Cita.id),
    "atendidas": _cuantas(Cita.estado == Estado.COMPLETADA),
    "canceladas": _cuantas((Cita.estado == Estado.CANCELADA) & ~MOVIDA),
    "reprogramadas": _cuantas(MOVIDA),
    "no_asistio": _cuantas(Cita.estado == Estado.NO_ASISTIO),
    "sobreturnos": _cuantas(Cita.sobreturno.is_(True)),
    "antelacion_segundos": func.coalesce(
        func.sum(extract("epoch", Cita.inicio) - extract("epoch", Cita.creado_en)), 0
    ),
}


def doctores_de(especialidad: str) -> list[int]:
    """The doctors with that specialty, whatever its case and accents."""
    buscada = fold(especialidad)
    filas = db.session.execute(db.select(DoctorRef.id, DoctorRef.especialidades))
    return [doctor_id for doctor_id, nombres in filas if buscada in {fold(nombre) for nombre in nombres}]


def _contadas(filtro: Mapping[str, Any], quien: Caller, doctores: Collection[int] | None) -> ColumnElement[bool]:
    condicion = and_(Cita.visibles_para(quien), Cita.vivos(), *condiciones(filtro))
    return condicion if doctores is None else condicion & Cita.doctor_id.in_(doctores)


def contar(
    filtro: Mapping[str, Any], quien: Caller, doctores: Collection[int] | None, por: ColumnElement[Any]
) -> Sequence[Row[Any]]:
    """The counts of the days [desde, hasta] for each value of `por`, named `grupo`; what was deleted left out.

    `filtro` as for lists of appointments; `doctores`: only theirs.
    """
    cuentas = [cuenta.label(nombre) for nombre, cuenta in CUENTAS.items()]
    consulta = db.select(por.label("grupo"), *cuentas).where(_contadas(filtro, quien, doctores))
    return db.session.execute(consulta.group_by(por).order_by(por)).all()


def contar_por_estado(cuales: ColumnElement[bool]) -> tuple[dict[str, int], int]:
    """State → how many of these appointments are in it, moved ones left out; and how many were moved."""
    consulta = db.select(Cita.estado, MOVIDA.label("movida"), func.count()).where(cuales, Cita.vivos())
    por_estado = {str(estado): 0 for estado in Estado}
    movidas = 0
    for estado, movida, cuantas in db.session.execute(consulta.group_by(Cita.estado, MOVIDA)):
        if movida:
            movidas += cuantas
        else:
            por_estado[estado] += cuantas
    return por_estado, movidas


def pacientes_atendidos(cuales: ColumnElement[bool]) -> int:
    """How many patients were attended at these appointments."""
    consulta = db.select(func.count(func.distinct(Cita.paciente_id)))
    atendidas = consulta.where(cuales, Cita.vivos(), Cita.estado == Estado.COMPLETADA)
    return db.session.scalar(atendidas) or 0


def minutos(filtro: Mapping[str, Any], quien: Caller, doctores: Collection[int] | None) -> dict[int, tuple[int, int]]:
    """Doctor → minutes that were booked and were not given back in time, and those of them that were attended.

    What begins together, as in a group session, counts once: the longest of it.
    """
    atendido = case((Cita.estado == Estado.COMPLETADA, Cita.duracion_minutos), else_=0)
    ratos = (
        db.select(
            Cita.doctor_id,
            func.max(Cita.duracion_minutos).label("reservado"),
            func.max(atendido).label("atendido"),
        )
        .where(_contadas(filtro, quien, doctores), Cita.estado != Estado.CANCELADA)
        .group_by(Cita.doctor_id, Cita.inicio)
        .subquery()
    )
    consulta = db.select(ratos.c.doctor_id, func.sum(ratos.c.reservado), func.sum(ratos.c.atendido))
    return {
        doctor_id: (int(reservados), int(atendidos))
        for doctor_id, reservados, atendidos in db.session.execute(consulta.group_by(ratos.c.doctor_id))
    }


def en_rango(desde: date, hasta: date, **campos: int | None) -> dict[str, Any]:
    """The filter of a report: its days, and what it is narrowed to."""
    return {"desde": desde, "hasta": hasta, **{k: v for k, v in campos.items() if v is not None}}
