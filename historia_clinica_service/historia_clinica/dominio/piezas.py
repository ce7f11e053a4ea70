"""Teeth and their surfaces, as the FDI numbers them (ISO 3950): quadrant, then place from the midline."""

from __future__ import annotations

from collections.abc import Iterable

PERMANENTES = tuple(cuadrante * 10 + lugar for cuadrante in (1, 2, 3, 4) for lugar in range(1, 9))
TEMPORALES = tuple(cuadrante * 10 + lugar for cuadrante in (5, 6, 7, 8) for lugar in range(1, 6))
PIEZAS = (*PERMANENTES, *TEMPORALES)

# Mesial, distal, occlusal (incisal of front teeth), vestibular, lingual (palatal above).
SUPERFICIES = ("M", "D", "O", "V", "L")
_OTROS_NOMBRES = {"I": "O", "B": "V", "P": "L"}

# As they stand in the picture of a mouth that faces its reader: the patient's right side on the left.
FILAS = (
    tuple(range(18, 10, -1)) + tuple(range(21, 29)),
    tuple(range(55, 50, -1)) + tuple(range(61, 66)),
    tuple(range(85, 80, -1)) + tuple(range(71, 76)),
    tuple(range(48, 40, -1)) + tuple(range(31, 39)),
)

_EXISTENTES = frozenset(PIEZAS)


def existe(pieza: int) -> bool:
    """Whether the FDI gives a tooth this number."""
    return pieza in _EXISTENTES


def es_temporal(pieza: int) -> bool:
    """Whether it is a milk tooth."""
    return pieza >= 50


def es_superior(pieza: int) -> bool:
    """Whether it stands in the upper jaw."""
    return pieza // 10 in (1, 2, 5, 6)


def es_derecha(pieza: int) -> bool:
    """Whether it stands on the patient's right side."""
    return pieza // 10 in (1, 4, 5, 8)


def sucesora(pieza: int) -> int | None:
    """The permanent tooth that takes the place of a milk tooth; None for a permanent one."""
    return pieza - 40 if es_temporal(pieza) else None


def tiene_furca(pieza: int) -> bool:
    """Whether it has several roots: molars and the upper first premolars."""
    lugar = pieza % 10
    return lugar >= (4 if es_temporal(pieza) else 6) or pieza in (14, 24)


def leer_superficies(letras: str | Iterable[str]) -> str:
    """`"mod"` or `["M", "O", "D"]` in the fixed order M D O V L: `"MDO"`.

    I (incisal) is O, B (buccal) is V, P (palatal) is L. ValueError on other letters, or one twice.
    """
    leidas = [_OTROS_NOMBRES.get(letra.strip().upper(), letra.strip().upper()) for letra in letras]
    if sobran := sorted(set(leidas) - set(SUPERFICIES)):
        raise ValueError(f"No hay superficie {', '.join(sobran)}: son M, D, O (I), V (B) y L (P).")
    if len(set(leidas)) < len(leidas):
        raise ValueError("Una superficie está dos veces.")
    return "".join(letra for letra in SUPERFICIES if letra in leidas)
