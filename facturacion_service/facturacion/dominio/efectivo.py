"""Cash: the notes and coins of the US dollar, which is the currency of Ecuador."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from comun.money import ZERO

DENOMINACIONES = tuple(
    Decimal(valor) for valor in ("100", "50", "20", "10", "5", "2", "1", "0.50", "0.25", "0.10", "0.05", "0.01")
)


def suma(cuantas: Mapping[Decimal, int]) -> Decimal:
    """What so many of each note and coin come to. ValueError when there is no such note or coin."""
    if ajenas := [valor for valor in cuantas if valor not in DENOMINACIONES]:
        raise ValueError(f"no such note or coin: {ajenas[0]}")
    return sum((valor * cantidad for valor, cantidad in cuantas.items()), ZERO)
