"""Units: what is typed in, in the unit that stock is counted in."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from comun.fields import fold

# Decimal multiples of the units of mass, volume and length that a clinic uses (SI).
_METRICAS: dict[str, dict[str, Decimal]] = {
    "volumen": {"ul": Decimal("0.001"), "ml": Decimal(1), "cc": Decimal(1), "cl": Decimal(10), "l": Decimal(1000)},
    "masa": {"ug": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000), "kg": Decimal(1_000_000)},
    "longitud": {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000)},
}
CANTIDAD_MAXIMA = Decimal(10) ** 9
SEXTO = Decimal("0.000001")


class UnidadIncompatible(ValueError):
    """That unit is no package of the product and can't be converted into its own."""


def factor(unidad: str | None, propia: str, presentaciones: Mapping[str, Decimal]) -> Decimal:
    """How many of the product's own unit one `unidad` is; 1 when none is given.

    `presentaciones`: folded name of each package of the product → its factor; they win over metric units.
    Raises UnidadIncompatible.
    """
    if unidad is None or fold(unidad) == fold(propia):
        return Decimal(1)
    if (de_paquete := presentaciones.get(fold(unidad))) is not None:
        return de_paquete
    for clase in _METRICAS.values():
        if fold(unidad) in clase and fold(propia) in clase:
            return clase[fold(unidad)] / clase[fold(propia)]
    raise UnidadIncompatible(f"«{unidad}» no se convierte a «{propia}».")


def en_propia(cantidad: Decimal, factor_: Decimal) -> Decimal:
    """A quantity in the product's own unit, to six decimals."""
    return (cantidad * factor_).quantize(SEXTO)


def exacta_en_propia(cantidad: Decimal, factor_: Decimal) -> Decimal:
    """The same for what a person typed in: ValueError when it can't be told to six decimals, or is too much."""
    propia = en_propia(cantidad, factor_)
    if propia != cantidad * factor_:
        raise ValueError("No se puede expresar con seis decimales en la unidad del producto.")
    if propia.copy_abs() >= CANTIDAD_MAXIMA:
        raise ValueError("Es demasiado grande.")
    return propia


def escrita(cantidad: Decimal) -> str:
    """A quantity as a person writes it: without zeros that say nothing."""
    return f"{cantidad.normalize():f}"
