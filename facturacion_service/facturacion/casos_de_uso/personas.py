"""Of whom and where something is: known by the copies, or asked of admin_service while news is on its way.

Asking ends the current transaction, which must not have written, keeps what is told and commits.
"""

from __future__ import annotations

from typing import Any

from comun.auth.caller import Caller
from comun.db import release
from comun.errors import Forbidden, Invalid
from facturacion.casos_de_uso.referencias import fusionar, recordar, vigente
from facturacion.clientes.admin import admin
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, DoctorRef, PacienteRef

_COPIAS: dict[Any, str] = {PacienteRef: "pacientes", DoctorRef: "doctores", CentroRef: "centros"}


def exigir_paciente(paciente_id: int, campo: str = "paciente_id") -> int:
    """The patient's id, or that of the one into whom he was merged. Invalid when there is none.

    Unavailable when no news told of him yet and admin_service is down.
    """
    if db.session.get(PacienteRef, paciente_id) is None:
        _preguntar(PacienteRef, paciente_id, campo, "No existe ese paciente.")
    return vigente(paciente_id)


def exigir_doctor(doctor_id: int, campo: str = "doctor_id") -> int:
    """The doctor's id. Invalid when there is none; Unavailable as above."""
    if db.session.get(DoctorRef, doctor_id) is None:
        _preguntar(DoctorRef, doctor_id, campo, "No existe ese médico.")
    return doctor_id


def exigir_centro(centro_id: int, quien: Caller, campo: str = "centro_id") -> int:
    """The centre's id, where the caller acts. Invalid when there is none, Forbidden when it is not the caller's."""
    if not quien.acts_in(centro_id):
        raise Forbidden("centro_ajeno", "No actúa en ese centro.")
    if db.session.get(CentroRef, centro_id) is None:
        _preguntar(CentroRef, centro_id, campo, "No existe ese centro.")
    return centro_id


def _preguntar(modelo: Any, uno: int, campo: str, ausente: str) -> None:
    release(db.session)
    if (ficha := admin().copia(_COPIAS[modelo], uno)) is None:
        raise Invalid({campo: [ausente]})
    recordar(modelo, ficha)
    if (sobreviviente := ficha.get("fusionado_en_id")) is not None:
        fusionar(uno, sobreviviente)
    db.session.commit()
    db.session.expire_all()
