"""The columns of a lens, with what no lens can be held by the database."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from historia_clinica.dominio.refraccion import Refraccion

DIOPTRIAS = Numeric(5, 2)


def en_pasos(columna: str, menor: str, mayor: str, por_unidad: int) -> str:
    """SQL: within limits, in whole steps of 1/`por_unidad` (SQLite keeps binary fractions, so nearly whole)."""
    pasos = f"{columna} * {por_unidad}"
    return f"{columna} BETWEEN {menor} AND {mayor} AND abs({pasos} - round({pasos})) < 0.001"


def reglas_de_lente() -> tuple[CheckConstraint, ...]:
    """The constraints of a table with the columns of ConLente; as `Refraccion.errores` says."""
    return (
        CheckConstraint(en_pasos("esfera", "-30", "30", 4), name="esfera"),
        CheckConstraint(en_pasos("cilindro", "-12", "12", 4), name="cilindro"),
        CheckConstraint("eje BETWEEN 0 AND 180", name="eje"),
        CheckConstraint("(coalesce(cilindro, 0) <> 0) = (eje IS NOT NULL)", name="eje_con_cilindro"),
        CheckConstraint(en_pasos("adicion", "0.25", "4", 4), name="adicion"),
        CheckConstraint("esfera IS NOT NULL OR (cilindro IS NULL AND adicion IS NULL)", name="con_esfera"),
    )


class ConLente:
    """A refraction in columns; in dioptres, the axis in degrees."""

    esfera: Mapped[Decimal | None] = mapped_column(DIOPTRIAS)
    cilindro: Mapped[Decimal | None] = mapped_column(DIOPTRIAS)
    eje: Mapped[int | None] = mapped_column(SmallInteger)
    adicion: Mapped[Decimal | None] = mapped_column(DIOPTRIAS)

    @property
    def refraccion(self) -> Refraccion | None:
        """The lens; None when nothing was measured."""
        lente = Refraccion(self.esfera, self.cilindro, self.eje, self.adicion)
        return None if lente.vacia else lente

    def poner_lente(self, lente: Refraccion | None) -> None:
        """Keep this lens in place of the one so far."""
        lente = lente or Refraccion()
        self.esfera, self.cilindro, self.eje, self.adicion = lente.esfera, lente.cilindro, lente.eje, lente.adicion


def como_lente(datos: Mapping[str, Any] | None) -> Refraccion | None:
    """What a request says of a lens; None when nothing."""
    lente = Refraccion(**datos) if datos else Refraccion()
    return None if lente.vacia else lente
