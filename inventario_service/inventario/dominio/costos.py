"""What a treatment costs by its recipe, and what remains of its price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from inventario.dominio.recetas import RecetaVigente, necesidades
from inventario.dominio.unidades import SEXTO

_CENTESIMA = Decimal("0.01")


@dataclass(frozen=True)
class Costo:
    """Of the materials of one treatment, to six decimals; `opcional` is the part that may be left out."""

    total: Decimal = Decimal(0)
    opcional: Decimal = Decimal(0)


def costo_de(tratamiento_id: int, recetas: Mapping[int, RecetaVigente], costos: Mapping[int, Decimal]) -> Costo:
    """What it costs when all is used that the recipes say, of alternatives the first; `costos`: of one unit each.

    A product whose cost is not known costs nothing.
    """
    total = opcional = Decimal(0)
    for necesidad in necesidades(tratamiento_id, Decimal(1), recetas):
        producto_id, cantidad = necesidad.opciones[0]
        costo = cantidad * costos.get(producto_id, Decimal(0))
        total += costo
        opcional += costo if necesidad.opcional else 0
    return Costo(total.quantize(SEXTO), opcional.quantize(SEXTO))


def productos_de(tratamiento_id: int, recetas: Mapping[int, RecetaVigente]) -> set[int]:
    """All products that it may use, alternatives too."""
    return {producto for cada in necesidades(tratamiento_id, Decimal(1), recetas) for producto in cada.productos}


def margen(precio: Decimal, costo: Decimal) -> tuple[Decimal, Decimal | None]:
    """What remains of a price (without tax), and how much of it that is in percent; None of a price of 0."""
    queda = precio - costo
    return queda, (queda * 100 / precio).quantize(_CENTESIMA) if precio else None
