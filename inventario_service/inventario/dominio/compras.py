"""How much to buy, and in what packages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

_CERO = Decimal(0)
# Of one order.
LINEAS_MAXIMAS = 200
# Without a maximum: up to so many times the least.
VECES_EL_MINIMO = 2


@dataclass(frozen=True)
class Situacion:
    """How a product stands at a centre, in the product's own unit.

    `utilizable`: in stock, neither blocked nor expired. `en_pedido`: ordered, or about to be, and not come yet.
    `reservado`: what booked appointments will use. `minimo` 0: none was said.
    """

    utilizable: Decimal = _CERO
    en_pedido: Decimal = _CERO
    reservado: Decimal = _CERO
    minimo: Decimal = _CERO
    maximo: Decimal | None = None

    @property
    def proyectado(self) -> Decimal:
        """What there will be once the orders have come and the appointments are over."""
        return self.utilizable + self.en_pedido - self.reservado

    @property
    def objetivo(self) -> Decimal:
        """What to buy up to: the maximum, or else twice the least."""
        return self.minimo * VECES_EL_MINIMO if self.maximo is None else max(self.maximo, self.minimo)

    @property
    def por_comprar(self) -> Decimal:
        """What is missing up to the aim, once no more is in sight than the least; 0 before.

        Where no least was said, only what the appointments will miss.
        """
        alcanza = self.proyectado > self.minimo or (self.minimo == 0 and self.proyectado == 0)
        return _CERO if alcanza else max(self.objetivo - self.proyectado, _CERO)


def empaque(
    cantidad: Decimal, propia: str, presentaciones: Mapping[str, Decimal], habitual: str | None
) -> tuple[str, Decimal]:
    """In what to order so much: the unit in which it was ordered last, or else the biggest package that is filled.

    `presentaciones`: name of each package → its factor. Gives the name and the factor; the product's own unit (1)
    where no package fits.
    """
    if habitual is not None and habitual in presentaciones:
        return habitual, presentaciones[habitual]
    llenas = [(factor, nombre) for nombre, factor in presentaciones.items() if 1 < factor <= cantidad]
    if habitual is None and llenas:
        factor, nombre = max(llenas)
        return nombre, factor
    return propia, Decimal(1)


def enteros(cantidad: Decimal, factor: Decimal) -> Decimal:
    """How many whole packages of `factor` hold at least so much."""
    return (cantidad / factor).to_integral_value(ROUND_CEILING)
