"""Asking the owners of what the copies don't know yet: news may be on its way, or lost.

Each ends the current transaction, which must not have written, keeps what it is told and commits.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from comun.db import release
from comun.errors import Unavailable
from historia_clinica.casos_de_uso.referencias import activa, fusionar, recordar, recordar_paciente
from historia_clinica.clientes.admin import admin
from historia_clinica.clientes.citas import citas
from historia_clinica.extensiones import db
from historia_clinica.modelos import SIN_RELACION, CitaRef, DoctorRef, PacienteRef

logger = logging.getLogger(__name__)


def conocer_paciente(paciente_id: int) -> PacienteRef | None:
    """A patient whom no news told of so far; None when there is none. Unavailable when admin_service is down."""
    release(db.session)
    if (ficha := admin().copia("pacientes", paciente_id)) is None:
        return None
    recordar_paciente(ficha)
    if (sobreviviente := ficha["fusionado_en_id"]) is not None:
        fusionar(paciente_id, sobreviviente)
    db.session.commit()
    return db.session.get(PacienteRef, paciente_id, populate_existing=True)


def conocer_doctor(doctor_id: int) -> DoctorRef:
    """A doctor whom no news told of so far. Unavailable when admin_service is down or knows of none."""
    release(db.session)
    if (ficha := admin().copia("doctores", doctor_id)) is None:
        raise Unavailable("medico_desconocido", "Aún no se sabe de ese médico; intente de nuevo en unos segundos.")
    recordar(DoctorRef, *activa([ficha]))
    db.session.commit()
    return db.session.get_one(DoctorRef, doctor_id, populate_existing=True)


def conocer_cita(cita_id: int) -> CitaRef | None:
    """An appointment that no news told of so far; None when there is none. Unavailable when citas_service is down."""
    release(db.session)
    if (ficha := citas().cita(cita_id)) is None:
        return None
    recordar(CitaRef, ficha)
    db.session.commit()
    return db.session.get(CitaRef, cita_id, populate_existing=True)


def hay_cita(doctor_id: int, pacientes: Collection[int]) -> bool:
    """Whether citas_service knows of an appointment that lets the doctor in; False when it is down."""
    release(db.session)
    try:
        encontradas = citas().entre(doctor_id, pacientes)
    except Unavailable:
        logger.warning("citas_service can't be asked: the copies of appointments decide")
        return False
    recordar(CitaRef, *encontradas)
    db.session.commit()
    return any(ficha["estado"] not in SIN_RELACION for ficha in encontradas)
