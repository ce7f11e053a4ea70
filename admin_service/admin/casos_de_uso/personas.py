"""What making and changing doctors and patients has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma

from admin.esquemas.comunes import identificar
from admin.extensiones import db, restricciones
from admin.modelos import Doctor, Paciente
from comun.errors import Invalid


def exigir_libre(modelo: type[Doctor] | type[Paciente], datos: Mapping[str, Any], campos: Sequence[str]) -> None:
    """Conflict when a living row has one of these values already.

    The database refuses it all the same; this tells before a user is reserved for nothing.
    """
    for campo in campos:
        if datos.get(campo) is None:
            continue
        ocupado = db.exists().where(getattr(modelo, campo) == datos[campo], modelo.vivos())
        if db.session.scalar(db.select(ocupado)):
            raise restricciones.conflict(f"uq_{modelo.__tablename__}_{campo}")


def reidentificar(persona: Doctor | Paciente, cambios: dict[str, Any]) -> list[str]:
    """Check the number again when only its type changes; what is odd about it."""
    if "tipo_identificacion" in cambios and "identificacion" not in cambios:
        try:
            cambios |= identificar(persona.identificacion, cambios["tipo_identificacion"])
        except ma.ValidationError as error:
            raise Invalid(error.normalized_messages()) from None
    avisos: list[str] = cambios.pop("advertencias", [])
    return avisos
