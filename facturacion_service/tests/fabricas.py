"""Rows that tests start from, written as the service itself would have."""

from __future__ import annotations

from typing import Any

from flask import Flask

from facturacion.extensiones import db
from facturacion.modelos import CentroRef, DoctorRef, PacienteRef, PuntoEmision, TratamientoRef

ZONAS = {1: "America/Guayaquil", 2: "America/Guayaquil", 3: "Pacific/Galapagos"}


def conocer_centros(app: Flask, *ids: int) -> None:
    """Centres are known, as events tell: 1 and 2 on the mainland, 3 in Galápagos; all of them, when none is named."""
    _conocer(app, *map(_centro, ids or ZONAS))


def conocer_clinica(app: Flask) -> None:
    """All centres, doctors 7 and 8, patients 1 and 2 are known, where nobody was."""
    with app.app_context():
        db.session.add_all([*map(_centro, ZONAS), *map(_doctor, (7, 8)), *map(_paciente, (1, 2))])
        db.session.commit()


def conocer_paciente(app: Flask, paciente_id: int = 1, **campos: Any) -> None:
    """A patient is known, as events tell."""
    _conocer(app, _paciente(paciente_id, **campos))


def conocer_doctor(app: Flask, doctor_id: int = 7, **campos: Any) -> None:
    """A doctor is known."""
    _conocer(app, _doctor(doctor_id, **campos))


def conocer_tratamiento(app: Flask, tratamiento_id: int, **campos: Any) -> None:
    """A treatment is known."""
    datos = {"codigo": f"T-{tratamiento_id}", "nombre": f"Tratamiento {tratamiento_id}"} | campos
    _conocer(app, TratamientoRef(id=tratamiento_id, secuencia=1, **datos))


def nuevo_punto(app: Flask, centro_id: int = 1, *, punto: str = "001", principal: bool = True) -> int:
    """An emission point of a known centre: establishment `001` of centre 1, `002` of centre 2."""
    with app.app_context():
        fila = PuntoEmision(
            centro_id=centro_id,
            establecimiento=f"{centro_id:03d}",
            punto=punto,
            nombre="Recepción",
            principal=principal,
        )
        db.session.add(fila)
        db.session.commit()
        return fila.id


def _centro(numero: int) -> CentroRef:
    return CentroRef(id=numero, nombre=f"Centro {numero}", zona_horaria=ZONAS[numero], secuencia=1)


def _doctor(doctor_id: int, **campos: Any) -> DoctorRef:
    nombres = {"nombres": "Ana Lucía", "apellidos": f"Muñoz {doctor_id}"}
    return DoctorRef(id=doctor_id, secuencia=1, **{**nombres, **campos})


def _paciente(paciente_id: int, **campos: Any) -> PacienteRef:
    nombres = {"nombres": "María José", "apellidos": f"Núñez Peña {paciente_id}"}
    return PacienteRef(id=paciente_id, secuencia=1, **{**nombres, **campos})


def _conocer(app: Flask, *filas: Any) -> None:
    with app.app_context():
        for fila in filas:
            db.session.merge(fila)
        db.session.commit()
