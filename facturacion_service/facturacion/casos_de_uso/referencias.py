"""Keeping the copies of what other services own, in the current transaction. What is newer stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select, update

from comun.db import insert_if_absent, upsert_newer
from facturacion.extensiones import db
from facturacion.modelos import (
    CentroRef,
    Cotizacion,
    DoctorRef,
    Factura,
    NotaCredito,
    PacienteRef,
    Pago,
    Transaccion,
    TratamientoRef,
)

Ficha = Mapping[str, Any]

CAMPOS: dict[Any, tuple[str, ...]] = {
    PacienteRef: ("nombres", "apellidos", "estado_paciente"),
    DoctorRef: ("nombres", "apellidos", "activo"),
    CentroRef: ("nombre", "zona_horaria", "activo"),
    TratamientoRef: ("codigo", "nombre", "activo"),
}
_DE_PACIENTES: tuple[Any, ...] = (Factura, NotaCredito, Cotizacion, Pago, Transaccion)


def recordar(modelo: Any, *fichas: Ficha) -> None:
    """Keep what is told of one or several, each with its `secuencia`."""
    if fichas:
        filas = [
            {"id": f["id"], "secuencia": f["secuencia"], **{campo: f[campo] for campo in CAMPOS[modelo]}}
            for f in fichas
        ]
        upsert_newer(db.session, modelo.__table__, filas)


def fusionar(absorbido: int, sobreviviente: int) -> None:
    """From now on what was the absorbed patient's is the survivor's. May be done again.

    Documents still name the buyer to whom they were made out.
    """
    tabla = PacienteRef.__table__
    # Whoever merges him too at this moment comes first, or waits and then takes along what is his by then.
    suyo = select(tabla.c.fusionado_en_id).where(tabla.c.id == sobreviviente)
    sobreviviente = db.session.scalar(suyo.with_for_update(read=True)) or sobreviviente
    # News of the two come in any order: there may be no copy yet.
    nadie = {"nombres": "", "apellidos": "", "estado_paciente": "inactivo", "secuencia": 0}
    insert_if_absent(db.session, tabla, {"id": absorbido, **nadie})
    db.session.execute(select(tabla.c.id).where(tabla.c.id == absorbido).with_for_update())
    db.session.execute(
        update(tabla)
        .where(or_(tabla.c.id == absorbido, tabla.c.fusionado_en_id == absorbido), tabla.c.id != sobreviviente)
        .values(fusionado_en_id=sobreviviente)
    )
    for modelo in _DE_PACIENTES:
        suyas = modelo.__table__
        db.session.execute(update(suyas).where(suyas.c.paciente_id == absorbido).values(paciente_id=sobreviviente))


def vigente(paciente_id: int) -> int:
    """Whose what comes for that patient is: the one into whom he was merged, or himself."""
    tabla = PacienteRef.__table__
    return db.session.scalar(select(tabla.c.fusionado_en_id).where(tabla.c.id == paciente_id)) or paciente_id
