"""What a booking asks about its doctor, centre, patient and room: one statement, each by primary key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from admin.extensiones import db, tablas
from admin.modelos.catalogo import Entrada
from admin.modelos.centro import Centro, Sala
from admin.modelos.doctor import Doctor, doctor_especialidad
from admin.modelos.paciente import Paciente

Ficha = dict[str, Any]

_FICHAS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "doctor": (Doctor, ("id", "nombres", "apellidos", "activo", "usuario_id")),
    "centro": (Centro, ("id", "nombre", "zona_horaria", "activo")),
    "paciente": (
        Paciente,
        ("id", "nombres", "apellidos", "telefono", "email", "estado_paciente", "usuario_id"),
    ),
    "sala": (Sala, ("id", "nombre", "centro_id", "activa")),
}


def fichas(**ids: int) -> dict[str, Ficha | None]:
    """`doctor_id=1, centro_id=2, …` → what there is of each asked for, None for what does not exist.

    `secuencia` is the number of the last event about it, to compare this answer with events.
    """
    pedidos = {nombre: ids[f"{nombre}_id"] for nombre in _FICHAS if f"{nombre}_id" in ids}
    if not pedidos:
        return {}
    columnas: list[ColumnElement[Any]] = []
    origen: Any = select(literal(1).label("uno")).subquery()
    for nombre, fila_id in pedidos.items():
        tabla, campos = _FICHAS[nombre]
        origen = origen.outerjoin(tabla, (tabla.id == fila_id) & tabla.vivos())
        columnas += [getattr(tabla, campo).label(f"{nombre}_{campo}") for campo in campos]
        if nombre != "sala":
            columnas.append(_secuencia(f"{nombre}/{fila_id}").label(f"{nombre}_secuencia"))
    fila = db.session.execute(select(*columnas).select_from(origen)).mappings().one()
    respuesta = {nombre: _ficha(fila, nombre) for nombre in pedidos}
    if (doctor := respuesta.get("doctor")) is not None:
        doctor["especialidades"] = _especialidades(doctor["id"])
    return respuesta


def _ficha(fila: Any, nombre: str) -> Ficha | None:
    if fila[f"{nombre}_id"] is None:
        return None
    campos = [*_FICHAS[nombre][1], *(["secuencia"] if nombre != "sala" else [])]
    return {campo: fila[f"{nombre}_{campo}"] for campo in campos}


def _secuencia(sujeto: str) -> Any:
    eventos = tablas.outbox
    return select(func.coalesce(func.max(eventos.c.secuencia), 0)).where(eventos.c.sujeto == sujeto).scalar_subquery()


def _especialidades(doctor_id: int) -> list[str]:
    entradas = (
        select(Entrada.nombre)
        .join(doctor_especialidad, doctor_especialidad.c.especialidad_id == Entrada.id)
        .where(doctor_especialidad.c.doctor_id == doctor_id)
        .order_by(Entrada.nombre)
    )
    return [*db.session.scalars(entradas)]
