"""Named queries over appointments."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.sql.base import ExecutableOption

from citas.dominio.estados import PENDIENTES
from citas.dominio.reloj import empieza, termina
from citas.extensiones import db
from citas.modelos.cita import Cita
from citas.modelos.guardas import esperar_turno
from citas.modelos.referencias import DoctorRef, PacienteRef
from comun.fields import fold


def filtrar(
    visibles: ColumnElement[bool], filtro: Mapping[str, Any], cargar: Sequence[ExecutableOption] | None = None
) -> Select[Any]:
    """The appointments that the caller sees and the filter asks for, with all that is shown of them by default."""
    opciones = Cita.cargar() if cargar is None else cargar
    return db.select(Cita).where(visibles, *condiciones(filtro)).options(*opciones)


def condiciones(filtro: Mapping[str, Any]) -> Iterator[ColumnElement[bool]]:
    """What the filter asks for."""
    for campo in ("doctor_id", "centro_id", "paciente_id", "serie_id", "estado"):
        if campo in filtro:
            yield getattr(Cita, campo) == filtro[campo]
    if "cambio_solicitado" in filtro:
        # Written as the partial index has it.
        pedido = Cita.cambio_solicitado_en.is_not(None) & Cita.estado.in_(PENDIENTES)
        yield pedido if filtro["cambio_solicitado"] else ~pedido
    if "fecha" in filtro:
        yield Cita.dia == filtro["fecha"]
    # What the days say of the start adds nothing, but lets a list that is ordered by it begin there.
    if "desde" in filtro:
        yield and_(Cita.dia >= filtro["desde"], Cita.inicio >= empieza(filtro["desde"]))
    if "hasta" in filtro:
        yield and_(Cita.dia <= filtro["hasta"], Cita.inicio < termina(filtro["hasta"]))
    for palabra in fold(filtro.get("q", "")).split():
        yield _menciona(palabra)


def con_turno(cita: Cita) -> Cita:
    """The appointment as it is now that nobody else can change it, until the transaction ends."""
    esperar_turno(db.session, cita.recursos())
    return db.session.scalars(
        db.select(Cita)
        .where(Cita.id == cita.id)
        .options(*Cita.cargar())
        .with_for_update(of=Cita)
        .execution_options(populate_existing=True)
    ).one()


def _menciona(palabra: str) -> ColumnElement[bool]:
    """The word is part of the patient's or the doctor's name, or of the motive."""
    return or_(
        Cita.busqueda.contains(palabra, autoescape=True),
        Cita.paciente_id.in_(
            db.select(PacienteRef.id).where(PacienteRef.busqueda.contains(palabra, autoescape=True))
        ),
        Cita.doctor_id.in_(db.select(DoctorRef.id).where(DoctorRef.busqueda.contains(palabra, autoescape=True))),
    )
