"""What a record consists of: each part tells itself, for the whole as JSON, in print, as FHIR, as statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from historia_clinica.casos_de_uso.acceso import Acceso

Filas = list[dict[str, Any]]
Contar = Callable[["Acceso", int | None], Filas]


@dataclass(frozen=True)
class Parte:
    """A part of a record. `contar(acceso, limite)`: its rows, the newest first, at most so many (None: all)."""

    nombre: str
    titulo: str
    orden: int
    contar: Contar


_PARTES: dict[str, Parte] = {}


def parte(nombre: str, titulo: str, orden: int) -> Callable[[Contar], Contar]:
    """Declare how a part tells itself. What a caller may not see (`acceso.solo_firmado`) it leaves out."""

    def declarar(contar: Contar) -> Contar:
        _PARTES[nombre] = Parte(nombre, titulo, orden, contar)
        return contar

    return declarar


def partes() -> list[Parte]:
    """All of them, in the order of a record."""
    return sorted(_PARTES.values(), key=lambda una: una.orden)
