"""Who and where, as documents say it: asked of admin_service when they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from comun.db import release
from historia_clinica.clientes.admin import admin
from historia_clinica.extensiones import db


@dataclass(frozen=True)
class Fichas:
    """`paciente`: nombres, apellidos, tipo_identificacion, identificacion, fecha_nacimiento, genero, direccion,
    telefono, email; `doctor`: nombres, apellidos, especialidades, identificacion, registro_profesional;
    `centro`: nombre, direccion, telefono, ruc, zona_horaria. Empty of whom there is none.
    """

    paciente: Mapping[str, Any]
    doctor: Mapping[str, Any]
    centro: Mapping[str, Any]


def fichas(paciente_id: int, doctor_id: int | None = None, centro_id: int | None = None) -> Fichas:
    """Ask for them; ends the current transaction, which must not have written. Unavailable when it is down."""
    release(db.session)
    dadas = admin().fichas(paciente_id, doctor_id, centro_id)
    return Fichas(*({**(dadas.get(quien) or {})} for quien in ("paciente", "doctor", "centro")))
