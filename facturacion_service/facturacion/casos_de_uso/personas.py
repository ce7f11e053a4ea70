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
    if not _conocido(PacienteRef, paciente_id):
        raise Invalid({campo: ["No existe ese paciente."]})
    return vigente(paciente_id)


def tomar_paciente(paciente_id: int) -> int:
    """Whose it is from now on: held until the transaction ends, so that a merge comes before or after it."""
    tabla = PacienteRef.__table__
    fila = db.session.execute(
        db.select(tabla.c.id, tabla.c.fusionado_en_id).where(tabla.c.id == paciente_id).with_for_update(read=True)
    ).one()
    return int(fila.fusionado_en_id or fila.id)


def noticia_de(paciente_id: int, *, hasta_el_fin: bool = False) -> int | None:
    """The number of the last news of him, to see whether more comes; until the end of the transaction none does."""
    tabla = PacienteRef.__table__
    suya = db.select(tabla.c.secuencia).where(tabla.c.id == paciente_id)
    secuencia: int | None = db.session.scalar(suya.with_for_update(read=True) if hasta_el_fin else suya)
    return secuencia


def exigir_doctor(doctor_id: int, campo: str = "doctor_id") -> int:
    """The doctor's id. Invalid when there is none; Unavailable as above."""
    if not _conocido(DoctorRef, doctor_id):
        raise Invalid({campo: ["No existe ese médico."]})
    return doctor_id


def exigir_centro(centro_id: int, quien: Caller, campo: str = "centro_id") -> int:
    """The centre's id, where the caller acts. Invalid when there is none, Forbidden when it is not the caller's."""
    if not quien.acts_in(centro_id):
        raise Forbidden("centro_ajeno", "No actúa en ese centro.")
    if not _conocido(CentroRef, centro_id):
        raise Invalid({campo: ["No existe ese centro."]})
    return centro_id


def conocer(modelo: Any, uno: int) -> bool:
    """Whether there is or ever was that patient, doctor or centre: what was done is charged though they are gone.

    Unavailable as above.
    """
    return _conocido(modelo, uno, eliminados=True)


def _conocido(modelo: Any, uno: int, *, eliminados: bool = False) -> bool:
    if db.session.get(modelo, uno) is not None:
        return True
    release(db.session)
    if (ficha := admin().copia(_COPIAS[modelo], uno, eliminados=eliminados)) is None:
        return False
    recordar(modelo, ficha)
    if (sobreviviente := ficha.get("fusionado_en_id")) is not None:
        fusionar(uno, sobreviviente)
    db.session.commit()
    db.session.expire_all()
    return True
