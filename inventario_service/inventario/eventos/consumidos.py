"""News that this service follows: which centres and doctors there are, and what becomes of appointments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from comun.db import insert_all, upsert_newer
from comun.events import Event
from inventario.casos_de_uso.consumo import Completada
from inventario.extensiones import consumidor, db, pendientes
from inventario.modelos import CentroRef, CitaRef, CitaTratamientoRef, DoctorRef

SUCESOS = (
    "programada",
    "confirmada",
    "reprogramada",
    "cancelada",
    "en_sala",
    "en_curso",
    "completada",
    "reabierta",
    "no_asistio",
    "tratamientos_cambiados",
)
COMPLETADA = "completada"


@consumidor.on("centro.creado.v1", "centro.actualizado.v1", "centro.eliminado.v1")
def centro_cambio(evento: Event) -> None:
    """Keep the centre's present name and zone."""
    upsert_newer(db.session, CentroRef.__table__, evento.row)


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1", "doctor.eliminado.v1")
def doctor_cambio(evento: Event) -> None:
    """Keep the doctor's present name."""
    upsert_newer(db.session, DoctorRef.__table__, evento.row)


@consumidor.on_many(*(f"cita.{suceso}.v1" for suceso in SUCESOS))
def citas_cambiaron(eventos: Sequence[Event]) -> None:
    """Keep each appointment and its treatments, unless later news is known; have what it used taken or given back."""
    antes, primeras = _estados_anteriores(eventos)
    nuevos = [evento for evento in eventos if evento.key in antes]
    if not nuevos:
        return
    tratamientos = {evento.data["id"]: _tratamientos(evento.data) for evento in nuevos}
    # Of an appointment that was not known so far everything is said already, and nothing is to be replaced.
    if conocidas := [evento for evento in nuevos if evento.data["id"] not in primeras]:
        upsert_newer(db.session, CitaRef.__table__, [_copia(evento) for evento in conocidas])
        suyas = CitaTratamientoRef.cita_id.in_([evento.data["id"] for evento in conocidas])
        db.session.execute(db.delete(CitaTratamientoRef).where(suyas))
    lineas = [
        {"cita_id": cita_id, "tratamiento_id": tratamiento_id, "cantidad": cantidad}
        for cita_id, suyos in tratamientos.items()
        for tratamiento_id, cantidad in suyos.items()
    ]
    if lineas:
        insert_all(db.session, CitaTratamientoRef.__table__, lineas)
    for evento in nuevos:
        _encargar(evento, antes[evento.key], tratamientos[evento.data["id"]])


def _estados_anteriores(eventos: Sequence[Event]) -> tuple[dict[tuple[str, str], str | None], set[int]]:
    """Of the events that nothing later is known of: the state that its appointment was in (None: unknown so far).

    And the appointments of which this is the first news: they are kept now. The rows of all are locked: whoever
    has other news of the same appointments waits.
    """
    tabla: Any = CitaRef.__table__
    copias = [_copia(evento) for evento in eventos]
    primeras = set(insert_all(db.session, tabla, copias, absent=True, returning=(tabla.c.id,)).scalars())
    filas: dict[int, Any] = {}
    if otras := {evento.data["id"] for evento in eventos} - primeras:
        conocidas = db.select(CitaRef.id, CitaRef.secuencia, CitaRef.estado).where(CitaRef.id.in_(otras))
        filas = {fila.id: fila for fila in db.session.execute(conocidas.order_by(CitaRef.id).with_for_update())}
    antes: dict[tuple[str, str], str | None] = {}
    for evento in eventos:
        fila = filas.get(evento.data["id"])
        if fila is None:
            antes[evento.key] = None
        elif fila.secuencia < evento.sequence:
            antes[evento.key] = fila.estado
    return antes, primeras


def _encargar(evento: Event, antes: str | None, tratamientos: Mapping[int, Decimal]) -> None:
    """Have the worker take what a completed appointment used, or give back what one used that is so no longer."""
    clave = f"cita/{evento.data['id']}"
    if evento.type == f"cita.{COMPLETADA}.v1":
        datos = evento.data
        completada = Completada(
            datos["id"], evento.sequence, datos["centro_id"], datos["doctor_id"], evento.time, tratamientos
        )
        pendientes.add(clave, completada.como_tarea())
    elif evento.data["estado"] != COMPLETADA and (antes == COMPLETADA or evento.type == "cita.reabierta.v1"):
        pendientes.add(clave, {})


def _copia(evento: Event) -> dict[str, Any]:
    datos = evento.data
    return {
        "id": datos["id"],
        "centro_id": datos["centro_id"],
        "doctor_id": datos["doctor_id"],
        "fecha_hora": datetime.fromisoformat(datos["fecha_hora"]),
        "estado": datos["estado"],
        "secuencia": evento.sequence,
    }


def _tratamientos(datos: Mapping[str, Any]) -> dict[int, Decimal]:
    """How often each is done; the same one may be on several lines."""
    veces: dict[int, Decimal] = defaultdict(Decimal)
    for linea in datos.get("tratamientos") or ():
        veces[linea["tratamiento_id"]] += Decimal(str(linea["cantidad"]))
    return {tratamiento_id: cantidad for tratamiento_id, cantidad in veces.items() if cantidad > 0}
