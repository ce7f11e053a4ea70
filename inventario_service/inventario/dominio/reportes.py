"""Figures of the stock, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

_CERO = Decimal(0)
# The figures that are amounts.
MONTOS = (
    "valor_inicial",
    "valor_final",
    "entradas",
    "devoluciones",
    "ajustes",
    "traslados",
    "salidas",
    "consumo",
    "caducado",
    "revalorizacion",
)


@dataclass
class Cifras:
    """Amounts of a range that can be added up.

    valor_final = valor_inicial + entradas + devoluciones + ajustes + traslados − salidas − consumo + revalorizacion.
    """

    valor_inicial: Decimal = _CERO
    valor_final: Decimal = _CERO
    entradas: Decimal = _CERO
    devoluciones: Decimal = _CERO
    ajustes: Decimal = _CERO
    traslados: Decimal = _CERO
    salidas: Decimal = _CERO
    consumo: Decimal = _CERO
    caducado: Decimal = _CERO
    cantidad_inicial: Decimal = _CERO
    cantidad_final: Decimal = _CERO
    cantidad_usada: Decimal = _CERO

    def __iadd__(self, otras: Cifras) -> Cifras:
        for campo in fields(self):
            setattr(self, campo.name, getattr(self, campo.name) + getattr(otras, campo.name))
        return self

    @property
    def revalorizacion(self) -> Decimal:
        """What the value changed by because the average cost did, and nothing moved."""
        movido = self.entradas + self.devoluciones + self.ajustes + self.traslados - self.salidas - self.consumo
        return self.valor_final - self.valor_inicial - movido

    @property
    def usado(self) -> Decimal:
        """What was used up, by appointments or otherwise."""
        return self.consumo + self.salidas

    @property
    def rotacion(self) -> float | None:
        """How often the stock was used up in the range: used / mean value; None where there was none."""
        medio = (self.valor_inicial + self.valor_final) / 2
        return round(float(self.usado / medio), 4) if medio > 0 else None

    def dias_de_inventario(self, dias: int) -> float | None:
        """For how many days the mean stock lasts, when `dias` used what they did; None where nothing was used."""
        medio = (self.valor_inicial + self.valor_final) / 2
        return round(float(medio / self.usado * dias), 1) if self.usado > 0 and medio > 0 else None


def sumar(varias: Iterable[Cifras]) -> Cifras:
    """All of them together."""
    suma = Cifras()
    for cifras in varias:
        suma += cifras
    return suma
