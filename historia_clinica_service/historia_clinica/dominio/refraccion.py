"""Spectacle refraction: what a lens may be, how it is written, and what it becomes for another use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

PASO = Decimal("0.25")
ESFERA, CILINDRO = Decimal(30), Decimal(12)
ADICION_MINIMA, ADICION_MAXIMA = Decimal("0.25"), Decimal(4)


class Uso(StrEnum):
    """What spectacles are for."""

    LEJOS = "lejos"
    INTERMEDIA = "intermedia"
    CERCA = "cerca"
    MULTIFOCAL = "multifocal"


@dataclass(frozen=True)
class Refraccion:
    """A lens: sphere, cylinder and addition in dioptres, axis in degrees (TABO). None: was not measured."""

    esfera: Decimal | None = None
    cilindro: Decimal | None = None
    eje: int | None = None
    adicion: Decimal | None = None

    @property
    def vacia(self) -> bool:
        """Nothing was measured."""
        return self.esfera is None and self.cilindro is None and self.eje is None and self.adicion is None

    @property
    def equivalente_esferico(self) -> Decimal | None:
        """Sphere and half of the cylinder, to the hundredth of a dioptre."""
        if self.esfera is None:
            return None
        return (self.esfera + (self.cilindro or Decimal(0)) / 2).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def errores(self) -> dict[str, list[str]]:
        """What can't be: field to sentences, empty when all is well.

        Steps and limits are those of trial lenses; an axis belongs to a cylinder, and a cylinder to a sphere.
        """
        errores: dict[str, list[str]] = {}
        for campo, valor, menor, mayor in (
            ("esfera", self.esfera, -ESFERA, ESFERA),
            ("cilindro", self.cilindro, -CILINDRO, CILINDRO),
            ("adicion", self.adicion, ADICION_MINIMA, ADICION_MAXIMA),
        ):
            if valor is not None and not (menor <= valor <= mayor and valor % PASO == 0):
                errores[campo] = [f"Debe ir de {dioptrias(menor)} a {dioptrias(mayor)}, en pasos de 0.25."]
        if self.eje is not None and not 0 <= self.eje <= 180:
            errores["eje"] = ["Debe ir de 0 a 180 grados."]
        elif bool(self.cilindro) != (self.eje is not None):
            errores["eje"] = ["Es obligatorio con cilindro." if self.cilindro else "Solo va con cilindro."]
        if self.esfera is None and not self.vacia:
            errores["esfera"] = ["Es obligatoria; 0 si es neutra."]
        return errores

    def transpuesta(self) -> Refraccion:
        """The same lens with a cylinder of the other sign; itself when it has none."""
        if self.esfera is None or not self.cilindro or self.eje is None:
            return self
        eje = self.eje + 90 if self.eje <= 90 else self.eje - 90
        return replace(self, esfera=self.esfera + self.cilindro, cilindro=-self.cilindro, eje=eje)

    def para(self, uso: Uso) -> Refraccion:
        """The lens for one use: near takes the whole addition into the sphere, intermediate half of it, upwards.

        ValueError when the use needs an addition and there is none.
        """
        if uso == Uso.MULTIFOCAL or self.esfera is None:
            return self
        if uso == Uso.LEJOS:
            return replace(self, adicion=None)
        if self.adicion is None:
            raise ValueError("Para ver de cerca hace falta la adición.")
        mas = (
            self.adicion if uso == Uso.CERCA else (self.adicion / 2 / PASO).quantize(Decimal(1), ROUND_HALF_UP) * PASO
        )
        return replace(self, esfera=self.esfera + mas, adicion=None)

    def escrita(self) -> str:
        """As it is dictated: `-1.50 -0.75 × 90° ad. +2.00`; empty when nothing was measured."""
        if self.esfera is None:
            return ""
        partes = [dioptrias(self.esfera)]
        if self.cilindro:
            partes.append(f"{dioptrias(self.cilindro)} × {self.eje}°")
        if self.adicion:
            partes.append(f"ad. {dioptrias(self.adicion)}")
        return " ".join(partes)


def dioptrias(valor: Decimal) -> str:
    """With its sign and two places; a lens without power is `0.00`."""
    return f"{valor:+.2f}" if valor else "0.00"
