"""What is attached to a record."""

from __future__ import annotations

from enum import StrEnum


class Categoria(StrEnum):
    """What a file shows."""

    RADIOGRAFIA = "radiografia"
    FOTOGRAFIA = "fotografia"
    CONSENTIMIENTO = "consentimiento"
    EXAMEN = "examen"
    INFORME = "informe"
    OTRO = "otro"


def clave_de_miniatura(clave: str) -> str:
    """The key under which the thumbnail of a file is kept."""
    return f"{clave}.miniatura.jpg"
