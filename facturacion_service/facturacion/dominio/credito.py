"""What of a line a credit note takes back: so many of it, or so much money. Never more than is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from comun.money import ZERO, cents


class ExcedeLinea(ValueError):
    """More than is left of the line."""


class Acreditable(Protocol):
    """A line of an invoice, and what was taken back of it so far."""

    @property
    def cantidad(self) -> Decimal: ...
    @property
    def base(self) -> Decimal: ...
    @property
    def iva(self) -> Decimal: ...
    @property
    def acreditada(self) -> Decimal: ...
    @property
    def base_acreditada(self) -> Decimal: ...
    @property
    def iva_acreditado(self) -> Decimal: ...


@dataclass(frozen=True)
class Parte:
    """So many of a line, without tax and its tax."""

    cantidad: Decimal
    base: Decimal
    iva: Decimal

    @property
    def total(self) -> Decimal:
        return self.base + self.iva


def resto(linea: Acreditable) -> Parte:
    """All that is left of it."""
    return Parte(
        linea.cantidad - linea.acreditada,
        linea.base - linea.base_acreditada,
        linea.iva - linea.iva_acreditado,
    )


def por_cantidad(linea: Acreditable, cantidad: Decimal) -> Parte:
    """What so many of it come to, in proportion; whoever takes back the last of it takes all that is left.

    Raises ExcedeLinea.
    """
    queda = resto(linea)
    if cantidad >= queda.cantidad:
        if cantidad > queda.cantidad:
            raise ExcedeLinea
        return queda
    antes, despues = linea.acreditada, linea.acreditada + cantidad

    def hasta(importe: Decimal, falta: Decimal) -> Decimal:
        # By what it comes to altogether, so that bits add up to the whole.
        suyo = cents(importe * despues / linea.cantidad) - cents(importe * antes / linea.cantidad)
        return min(suyo, falta)

    return Parte(cantidad, hasta(linea.base, queda.base), hasta(linea.iva, queda.iva))


def por_monto(linea: Acreditable, monto: Decimal) -> Parte:
    """So much of it, with tax: a lower price, not fewer of it, unless it is all that is left. Raises ExcedeLinea."""
    queda = resto(linea)
    if monto >= queda.total:
        if monto > queda.total:
            raise ExcedeLinea
        return queda
    base = cents(monto * queda.base / queda.total)
    iva = min(monto - base, queda.iva)
    return Parte(ZERO, monto - iva, iva)


def de_aseguradora(total: Decimal, suyo: Decimal, ajeno: Decimal) -> Decimal:
    """How much of a note of that total is the insurer's, who answers for `suyo` of what is not credited yet, and the
    patient for `ajeno`: in proportion, and never more than either's.
    """
    if suyo == 0:
        return ZERO
    return min(max(cents(total * suyo / (suyo + ajeno)), total - ajeno), suyo)
