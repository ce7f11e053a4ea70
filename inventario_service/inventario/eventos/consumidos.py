"""News that this service follows: of admin_service which centres and doctors there are."""

from __future__ import annotations

from comun.db import upsert_newer
from comun.events import Event
from inventario.extensiones import consumidor, db
from inventario.modelos import CentroRef, DoctorRef


@consumidor.on("centro.creado.v1", "centro.actualizado.v1", "centro.eliminado.v1")
def centro_cambio(evento: Event) -> None:
    """Keep the centre's present name and zone."""
    datos = evento.data
    upsert_newer(
        db.session,
        CentroRef.__table__,
        {
            "id": datos["id"],
            "nombre": datos["nombre"],
            "zona_horaria": datos["zona_horaria"],
            "activo": datos["activo"] and not evento.type.startswith("centro.eliminado"),
            "secuencia": evento.sequence,
        },
    )


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1", "doctor.eliminado.v1")
def doctor_cambio(evento: Event) -> None:
    """Keep the doctor's present name."""
    campos = ("id", "nombres", "apellidos")
    upsert_newer(
        db.session,
        DoctorRef.__table__,
        {**{campo: evento.data[campo] for campo in campos}, "secuencia": evento.sequence},
    )
