"""What a physical count found, in figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

CENTAVO = Decimal("0.01")


@dataclass(frozen=True)
class Contado:
    """A lot in the count of a warehouse. `contado` None: nobody has counted it yet."""

    producto_id: int
    producto_codigo: str
    producto_nombre: str
    unidad: str
    lote_id: int
    lote: str
    caducidad: date | None
    esperado: Decimal
    contado: Decimal | None
    costo_unitario: Decimal
    por: str | None = None
    contado_en: datetime | None = None

    @property
    def producto(self) -> dict[str, int | str]:
        """The product as other answers show it."""
        return {
            "id": self.producto_id,
            "codigo": self.producto_codigo,
            "nombre": self.producto_nombre,
            "unidad": self.unidad,
        }

    @property
    def diferencia(self) -> Decimal | None:
        """More (+) or less (−) was found than the ledger said."""
        return None if self.contado is None else self.contado - self.esperado

    @property
    def valor(self) -> Decimal | None:
        """What the difference is worth, to the cent."""
        if self.diferencia is None:
            return None
        return (self.diferencia * self.costo_unitario).quantize(CENTAVO, ROUND_HALF_UP)


@dataclass(frozen=True)
class Resumen:
    """A count in figures; amounts to the cent. `faltante` is not negative."""

    contados: int
    sin_contar: int
    con_diferencia: int
    sobrante: Decimal
    faltante: Decimal

    @property
    def neto(self) -> Decimal:
        """What closing adds to the value of the stock, or takes from it."""
        return self.sobrante - self.faltante


def resumir(lineas: Iterable[Contado]) -> Resumen:
    """The figures of these lines."""
    lineas = list(lineas)
    valores = [linea.valor for linea in lineas if linea.valor is not None]
    return Resumen(
        contados=len(valores),
        sin_contar=len(lineas) - len(valores),
        con_diferencia=sum(1 for linea in lineas if linea.diferencia),
        sobrante=sum((valor for valor in valores if valor > 0), Decimal("0.00")),
        faltante=-sum((valor for valor in valores if valor < 0), Decimal("0.00")),
    )
