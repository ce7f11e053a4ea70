"""Appointments that the agenda's rules do not allow (any more): none is dropped in silence when rules change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_

from citas.dominio.agenda import Agenda
from citas.dominio.deseos import Deseo
from citas.dominio.estados import PENDIENTES
from citas.dominio.reloj import minuto
from citas.extensiones import db
from citas.modelos import Cita, DoctorRef
from citas.modelos.guardas import esperar_turno
from citas.modelos.recursos import Recurso, TipoRecurso
from citas.modelos.reglas import agenda_vigente
from comun.db import now
from comun.errors import Conflict
from comun.times import zone


@dataclass(frozen=True)
class CitaFuera:
    """An appointment that lies outside the rules, and why."""

    id: int
    fecha_hora: datetime
    paciente_id: int
    doctor_id: int
    centro_id: int
    motivo: str


def cambiar_reglas(
    de_quienes: ColumnElement[bool],
    doctor_id: int | None,
    cambio: Callable[[], None],
    *,
    confirmar: bool,
) -> list[CitaFuera]:
    """Do `cambio` and give the appointments among `de_quienes` that lie outside the rules by it.

    Conflict when there are any and they were not accepted (`confirmar`). `doctor_id`: whose agenda changes, None
    for that of all. Until the transaction ends nobody books there: who comes after it obeys the new rules.
    """
    doctores = [doctor_id] if doctor_id is not None else db.session.scalars(db.select(DoctorRef.id))
    if recursos := [Recurso(TipoRecurso.DOCTOR, uno) for uno in doctores]:
        esperar_turno(db.session, recursos)
    antes = agenda_vigente()
    cambio()
    db.session.flush()
    citas = _por_venir(de_quienes)
    fuera = _fuera(citas, agenda_vigente())
    if fuera:
        ya_estaban = {cita.id for cita in _fuera((c for c in citas if c.id in {f.id for f in fuera}), antes)}
        fuera = [cita for cita in fuera if cita.id not in ya_estaban]
    if fuera and not confirmar:
        una = len(fuera) == 1
        cuantas = "Una cita quedaría" if una else f"{len(fuera)} citas quedarían"
        que_hacer = "Muévala o cancélela" if una else "Muévalas o cancélelas"
        raise Conflict(
            "deja_citas_fuera",
            f"{cuantas} fuera de horario. {que_hacer}, o repita la solicitud con confirmar=true.",
            errores={"citas": [cita.id for cita in fuera]},
        )
    return fuera


def citas_fuera(visibles: ColumnElement[bool], filtro: Mapping[str, Any]) -> list[CitaFuera]:
    """All coming appointments that lie outside the rules as they are now, those asked for, in order."""
    condiciones = [visibles]
    condiciones += [getattr(Cita, campo) == filtro[campo] for campo in ("doctor_id", "centro_id") if campo in filtro]
    if "desde" in filtro:
        condiciones.append(Cita.dia >= filtro["desde"])
    if "hasta" in filtro:
        condiciones.append(Cita.dia <= filtro["hasta"])
    return _fuera(_por_venir(and_(*condiciones)), agenda_vigente())


def _por_venir(de_quienes: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """What was agreed on by the rules and lies ahead."""
    return db.session.execute(
        db.select(
            Cita.id,
            Cita.doctor_id,
            Cita.centro_id,
            Cita.sala_id,
            Cita.paciente_id,
            Cita.tratamiento_id,
            Cita.inicio,
            Cita.fin,
            Cita.zona_horaria,
        )
        .where(Cita.vivos(), Cita.estado.in_(PENDIENTES), Cita.inicio > now(), Cita.sobreturno.is_(False), de_quienes)
        .order_by(Cita.inicio, Cita.id)
    ).all()


def _fuera(citas: Iterable[Row[Any]], agenda: Agenda) -> list[CitaFuera]:
    ahora = minuto(now())
    fuera = []
    for cita in citas:
        if impedimento := agenda.impedimento(Deseo.de(cita), ahora, apartado=True):
            fuera.append(
                CitaFuera(
                    cita.id,
                    cita.inicio.astimezone(zone(cita.zona_horaria)),
                    cita.paciente_id,
                    cita.doctor_id,
                    cita.centro_id,
                    impedimento.detalle,
                )
            )
    return fuera
