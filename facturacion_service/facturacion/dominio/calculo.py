"""What lines come to, by the rules of the tax authority (SRI, ficha técnica de comprobantes electrónicos).

Each line is rounded to the cent, without tax and its tax; totals are sums of lines and rounded no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from comun.money import ZERO, cents

# `codigoPorcentaje` of each rate of IVA, in percent.
CODIGOS_IVA = {
    Decimal(0): "0",
    Decimal(5): "5",
    Decimal(12): "2",
    Decimal(13): "10",
    Decimal(14): "3",
    Decimal(15): "4",
}
NO_OBJETO, EXENTO = "6", "7"  # not subject to IVA, exempt of it: neither is the same as 0 %
_CIEN = Decimal(100)


class LineaInvalida(ValueError):
    """A line that can't be charged; `campo` says what is wrong with it, the message why, in Spanish."""

    def __init__(self, campo: str, mensaje: str) -> None:
        super().__init__(mensaje)
        self.campo = campo


@dataclass(frozen=True)
class Importes:
    """What a line comes to, in US dollars: before discount, the discount, without tax, the tax, and all."""

    bruto: Decimal
    descuento: Decimal
    base: Decimal
    iva: Decimal

    @property
    def total(self) -> Decimal:
        return self.base + self.iva


def importes(
    cantidad: Decimal,
    precio_unitario: Decimal,
    tarifa_iva: Decimal,
    *,
    descuento: Decimal | None = None,
    porcentaje: Decimal | None = None,
) -> Importes:
    """A line's amounts. The discount is an amount, or a percentage of what it is before.

    Raises LineaInvalida: a rate that the tax authority doesn't know, a too great a discount, or two.
    """
    if tarifa_iva not in CODIGOS_IVA:
        raise LineaInvalida("tarifa_iva", f"No es una tarifa de IVA: admite {_tarifas()}.")
    if descuento is not None and porcentaje is not None:
        raise LineaInvalida("descuento_porcentaje", "Dé el descuento en dólares o en porcentaje, no ambos.")
    bruto = cents(cantidad * precio_unitario)
    if porcentaje is not None:
        descuento = cents(bruto * porcentaje / _CIEN)
    descuento = cents(descuento or ZERO)
    if not 0 <= descuento <= bruto:
        raise LineaInvalida("descuento", "El descuento no puede superar el valor de la línea.")
    base = bruto - descuento
    return Importes(bruto, descuento, base, cents(base * tarifa_iva / _CIEN))


def codigo_iva(tarifa: Decimal, especial: str | None = None) -> str:
    """`codigoPorcentaje` of a rate; `especial` (NO_OBJETO, EXENTO) goes with 0 % only. Raises LineaInvalida."""
    if especial is None:
        return CODIGOS_IVA[tarifa]
    if tarifa != 0:
        raise LineaInvalida("codigo_iva", "Lo no objeto de IVA y lo exento van con tarifa 0.")
    return especial


def parte(importes_: Importes, cantidad: Decimal, de: Decimal) -> Importes:
    """What `cantidad` of the `de` units of a line come to: in proportion, to the cent."""
    if cantidad == de:
        return importes_
    bruto = cents(importes_.bruto * cantidad / de)
    base = min(cents(importes_.base * cantidad / de), bruto)
    return Importes(bruto, bruto - base, base, cents(importes_.iva * cantidad / de))


class ConImportes(Protocol):
    """A line with its amounts."""

    @property
    def bruto(self) -> Decimal: ...
    @property
    def descuento(self) -> Decimal: ...
    @property
    def base(self) -> Decimal: ...
    @property
    def iva(self) -> Decimal: ...


@dataclass(frozen=True)
class Totales:
    """Sums of lines: before discount, discount, without tax, tax, and all."""

    bruto: Decimal
    descuento: Decimal
    subtotal: Decimal
    iva: Decimal
    total: Decimal


def totales(lineas: Iterable[ConImportes]) -> Totales:
    """What lines come to together."""
    bruto = descuento = subtotal = iva = ZERO
    for linea in lineas:
        bruto += linea.bruto
        descuento += linea.descuento
        subtotal += linea.base
        iva += linea.iva
    return Totales(bruto, descuento, subtotal, iva, subtotal + iva)


def _tarifas() -> str:
    return ", ".join(f"{tarifa}" for tarifa in CODIGOS_IVA)
