"""What a booking asks about its doctor, centre, patient and room: one statement, each by primary key."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    select,
    union_all,
)

from admin.extensiones import db, tablas
from admin.modelos.catalogo import Entrada
from admin.modelos.centro import Centro, Sala
from admin.modelos.doctor import Doctor, DoctorServicio, doctor_especialidad
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
    pedidos = tuple(nombre for nombre in _FICHAS if f"{nombre}_id" in ids)
    if not pedidos:
        return {}
    valores = {f"un_{nombre}": ids[f"{nombre}_id"] for nombre in pedidos}
    sujetos = {f"sujeto_{nombre}": f"{nombre}/{ids[f'{nombre}_id']}" for nombre in pedidos if nombre != "sala"}
    fila = db.session.execute(_consulta(pedidos), {**valores, **sujetos}).mappings().one()
    respuesta = {nombre: _ficha(fila, nombre) for nombre in pedidos}
    _completar(respuesta.get("doctor"), respuesta.get("centro"))
    return respuesta


def _completar(doctor: Ficha | None, centro: Ficha | None) -> None:
    """Add what each has several of: specialties and treatments of the doctor, rooms of the centre."""
    if doctor is None and centro is None:
        return
    ids = {"un_doctor": doctor and doctor["id"], "un_centro": centro and centro["id"]}
    filas = db.session.execute(_DETALLES, ids).all()
    if doctor is not None:
        doctor["especialidades"] = [fila.nombre for fila in filas if fila.que == "especialidad"]
        doctor["servicios"] = sorted(fila.id for fila in filas if fila.que == "servicio")
    if centro is not None:
        salas = sorted((fila for fila in filas if fila.que == "sala"), key=lambda fila: fila.id)
        centro["salas"] = [{campo: getattr(sala, campo) for campo in _DE_SALA} for sala in salas]


@cache
def _consulta(pedidos: tuple[str, ...]) -> Select[Any]:
    """The statement for these: every booking asks it, so it is put together once."""
    columnas: list[ColumnElement[Any]] = []
    origen: Any = select(literal(1).label("uno")).subquery()
    for nombre in pedidos:
        tabla, campos = _FICHAS[nombre]
        origen = origen.outerjoin(tabla, (tabla.id == bindparam(f"un_{nombre}")) & tabla.vivos())
        columnas += [getattr(tabla, campo).label(f"{nombre}_{campo}") for campo in campos]
        if nombre != "sala":
            columnas.append(_secuencia(bindparam(f"sujeto_{nombre}")).label(f"{nombre}_secuencia"))
    return select(*columnas).select_from(origen)


def _ficha(fila: Any, nombre: str) -> Ficha | None:
    if fila[f"{nombre}_id"] is None:
        return None
    campos = [*_FICHAS[nombre][1], *(["secuencia"] if nombre != "sala" else [])]
    return {campo: fila[f"{nombre}_{campo}"] for campo in campos}


def _secuencia(sujeto: ColumnElement[str]) -> Any:
    eventos = tablas.outbox
    return select(func.coalesce(func.max(eventos.c.secuencia), 0)).where(eventos.c.sujeto == sujeto).scalar_subquery()


_DE_SALA = ("id", "nombre", "tipo", "activa")


# Typed, for PostgreSQL to take the same columns of several selects for one.
_SIN_TEXTO, _SIN_DECIR = cast(None, String), cast(None, Boolean)


def _detalle(
    que: str,
    numero: Any,
    nombre: Any = _SIN_TEXTO,
    tipo: Any = _SIN_TEXTO,
    activa: Any = _SIN_DECIR,
) -> Select[Any]:
    return select(
        literal(que).label("que"),
        numero.label("id"),
        nombre.label("nombre"),
        tipo.label("tipo"),
        activa.label("activa"),
    )


_DETALLES = union_all(
    _detalle("especialidad", Entrada.id, Entrada.nombre)
    .join(doctor_especialidad, doctor_especialidad.c.especialidad_id == Entrada.id)
    .where(doctor_especialidad.c.doctor_id == bindparam("un_doctor", type_=Integer)),
    _detalle("servicio", DoctorServicio.tratamiento_id).where(
        DoctorServicio.doctor_id == bindparam("un_doctor", type_=Integer)
    ),
    _detalle("sala", Sala.id, Sala.nombre, Sala.tipo, Sala.activa).where(
        Sala.centro_id == bindparam("un_centro", type_=Integer), Sala.vivos()
    ),
).order_by("nombre")
