"""News that this service sends: each change of a centre, a doctor or a patient."""

from __future__ import annotations

from typing import Any

from admin.modelos import Centro, Doctor, Paciente
from comun.events import emit


def datos_centro(centro: Any) -> dict[str, Any]:
    """What others may know of a centre (or of a row of its table)."""
    return {campo: getattr(centro, campo) for campo in ("id", "codigo", "nombre", "zona_horaria", "activo")}


def datos_doctor(doctor: Any, especialidades: list[str]) -> dict[str, Any]:
    """What others may know of a doctor (or of a row of its table)."""
    campos = ("id", "nombres", "apellidos", "activo", "usuario_id", "email", "telefono")
    return {**{campo: getattr(doctor, campo) for campo in campos}, "especialidades": especialidades}


def datos_paciente(paciente: Any) -> dict[str, Any]:
    """What others may know of a patient (or of a row of its table)."""
    campos = ("id", "nombres", "apellidos", "telefono", "email", "estado_paciente", "usuario_id")
    return {campo: getattr(paciente, campo) for campo in campos}


def anunciar_centro(centro: Centro, suceso: str) -> None:
    """Emit `centro.<suceso>.v1` in the current transaction."""
    emit(f"centro.{suceso}.v1", f"centro/{centro.id}", datos_centro(centro))


def anunciar_doctor(doctor: Doctor, suceso: str) -> None:
    """Emit `doctor.<suceso>.v1` in the current transaction."""
    emit(f"doctor.{suceso}.v1", f"doctor/{doctor.id}", datos_doctor(doctor, doctor.especialidades))


def anunciar_paciente(paciente: Paciente, suceso: str, **mas: Any) -> None:
    """Emit `paciente.<suceso>.v1` in the current transaction."""
    emit(f"paciente.{suceso}.v1", f"paciente/{paciente.id}", {**datos_paciente(paciente), **mas})
