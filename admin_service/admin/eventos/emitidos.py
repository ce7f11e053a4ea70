"""News that this service sends: each change of a centre, a doctor or a patient."""

from __future__ import annotations

from typing import Any

from admin.extensiones import db
from admin.modelos import Centro, Doctor, Paciente
from comun.events import emit


def datos_centro(centro: Centro) -> dict[str, Any]:
    """What others may know of a centre and its rooms."""
    salas = sorted((sala for sala in centro.salas if sala.eliminado_en is None), key=lambda sala: sala.id)
    return {
        **{campo: getattr(centro, campo) for campo in ("id", "codigo", "nombre", "zona_horaria", "activo")},
        "salas": [{campo: getattr(sala, campo) for campo in ("id", "nombre", "tipo", "activa")} for sala in salas],
    }


def datos_doctor(doctor: Doctor) -> dict[str, Any]:
    """What others may know of a doctor."""
    campos = ("id", "nombres", "apellidos", "activo", "usuario_id", "email", "telefono", "especialidades")
    return {**{campo: getattr(doctor, campo) for campo in campos}, "servicios": sorted(doctor.servicios)}


def datos_paciente(paciente: Any) -> dict[str, Any]:
    """What others may know of a patient (or of a row of its table)."""
    campos = ("id", "nombres", "apellidos", "telefono", "email", "estado_paciente", "usuario_id")
    return {campo: getattr(paciente, campo) for campo in campos}


def anunciar_centro(centro: Centro, suceso: str) -> None:
    """Emit `centro.<suceso>.v1` in the current transaction: each change of the centre or of its rooms."""
    db.session.flush()  # a new room has its id only then
    emit(f"centro.{suceso}.v1", f"centro/{centro.id}", datos_centro(centro))


def anunciar_doctor(doctor: Doctor, suceso: str) -> None:
    """Emit `doctor.<suceso>.v1` in the current transaction."""
    emit(f"doctor.{suceso}.v1", f"doctor/{doctor.id}", datos_doctor(doctor))


def anunciar_paciente(paciente: Paciente, suceso: str, **mas: Any) -> None:
    """Emit `paciente.<suceso>.v1` in the current transaction."""
    emit(f"paciente.{suceso}.v1", f"paciente/{paciente.id}", {**datos_paciente(paciente), **mas})
