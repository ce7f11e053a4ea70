"""The seal of a row of the trace: HMAC-SHA256 over the row and the seal of the one before it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

# What is sealed, in this order. Adding to it would leave old rows without a seal that can be told.
CAMPOS = (
    "numero",
    "momento",
    "actor",
    "nombre",
    "rol",
    "doctor_id",
    "paciente_id",
    "accion",
    "que",
    "recurso_id",
    "resultado",
    "relacion",
    "motivo",
    "huella",
    "direccion_ip",
    "traza",
)


def sellar(fila: Mapping[str, Any], anterior: str, clave: str) -> str:
    """The seal of a row (hexadecimal) that follows the one with the seal `anterior`."""
    contenido = json.dumps([_llano(fila[campo]) for campo in CAMPOS], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(clave.encode(), f"{anterior}\n{contenido}".encode(), hashlib.sha256).hexdigest()


def sello_valido(fila: Mapping[str, Any], anterior: str, claves: Iterable[str]) -> bool:
    """Whether the row has the seal that it must have, by one of the keys."""
    return any(hmac.compare_digest(sellar(fila, anterior, clave), fila["sello"]) for clave in claves)


def _llano(valor: Any) -> Any:
    return valor.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(valor, datetime) else valor
