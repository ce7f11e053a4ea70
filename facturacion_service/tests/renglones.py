"""What stands in the notebook: invoices, payments and lines in whole cents, reckoned by fractions."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

PACIENTE, ASEGURADORA = "paciente", "aseguradora"


class Linea(NamedTuple):
    """A line as it is asked for; the discount in percent, or in cents that don't exceed the line."""

    cantidad: Decimal
    precio: Decimal
    tarifa: int
    descuento: int
    en_porcentaje: bool


class Cuanto(NamedTuple):
    """So many percent of what there is, at least a cent; and so many cents on top of it."""

    porcentaje: int
    de_mas: int = 0

    def de(self, hay: int) -> int:
        return max(hay * self.porcentaje // 100, 1) + self.de_mas


@dataclass
class Cuenta:
    """An invoice. `neto`: of each payment, what of it is in the invoice; `lineas`: id → what is left to credit."""

    id: int
    estado: str = "borrador"
    total: int = 0
    cubierto: int = 0
    acreditado: int = 0
    acreditado_a_ella: int = 0
    pagado: int = 0
    neto: dict[int, int] = field(default_factory=dict)
    lineas: dict[int, int] = field(default_factory=dict)

    @property
    def viva(self) -> bool:
        return self.estado in ("emitida", "pagada")


@dataclass
class Cobro:
    """A payment; `aplicado` to invoices now, `devuelto` to whom it came from."""

    id: int
    pagador: str
    monto: int
    aplicado: int = 0
    devuelto: int = 0

    @property
    def disponible(self) -> int:
        return self.monto - self.aplicado - self.devuelto


def centavos(importe: Any) -> int:
    """Of an amount as JSON gives it."""
    return int((Decimal(str(importe)) * 100).to_integral_exact())


def dolares(n: int) -> str:
    return f"{n // 100}.{n % 100:02d}"


def importes(linea: Linea) -> tuple[int, int, int]:
    """Discount, without tax and tax of a line, half a cent going up: by fractions, not by decimals."""
    bruto = _al_centavo(Fraction(linea.cantidad) * Fraction(linea.precio) * 100)
    descuento = linea.descuento
    if linea.en_porcentaje:
        descuento = _al_centavo(Fraction(bruto * linea.descuento, 100))
    descuento = min(descuento, bruto)
    base = bruto - descuento
    return descuento, base, _al_centavo(Fraction(base * linea.tarifa, 100))


def _al_centavo(cuanto: Fraction) -> int:
    return int(cuanto + Fraction(1, 2))


def pedidas(lineas: list[Linea]) -> list[dict[str, Any]]:
    """The lines as a request gives them."""
    return [
        {
            "descripcion": "Férula",
            "cantidad": str(linea.cantidad),
            "precio_unitario": str(linea.precio),
            "tarifa_iva": linea.tarifa,
            **(
                {"descuento_porcentaje": linea.descuento}
                if linea.en_porcentaje
                else {"descuento": dolares(importes(linea)[0])}
            ),
        }
        for linea in lineas
    ]
