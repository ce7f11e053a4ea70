"""Treatment plans: their life, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class EstadoPlan(StrEnum):
    """The life of a plan."""

    BORRADOR = "borrador"
    PRESENTADO = "presentado"
    ACEPTADO = "aceptado"
    RECHAZADO = "rechazado"
    EN_CURSO = "en_curso"
    TERMINADO = "terminado"
    CANCELADO = "cancelado"


class EstadoItem(StrEnum):
    """The life of one thing to do."""

    PENDIENTE = "pendiente"
    PROGRAMADO = "programado"
    REALIZADO = "realizado"
    DESCARTADO = "descartado"


class Prioridad(StrEnum):
    """How urgent it is."""

    ALTA = "alta"
    MEDIA = "media"
    BAJA = "baja"


# A presented plan may be taken back to be changed; an accepted one is what the patient agreed to.
PASOS_DEL_PLAN: dict[str, frozenset[str]] = {
    EstadoPlan.BORRADOR: frozenset({EstadoPlan.PRESENTADO, EstadoPlan.CANCELADO}),
    EstadoPlan.PRESENTADO: frozenset(
        {EstadoPlan.ACEPTADO, EstadoPlan.RECHAZADO, EstadoPlan.BORRADOR, EstadoPlan.CANCELADO}
    ),
    EstadoPlan.ACEPTADO: frozenset({EstadoPlan.EN_CURSO, EstadoPlan.TERMINADO, EstadoPlan.CANCELADO}),
    EstadoPlan.EN_CURSO: frozenset({EstadoPlan.TERMINADO, EstadoPlan.CANCELADO}),
    EstadoPlan.RECHAZADO: frozenset(),
    EstadoPlan.TERMINADO: frozenset(),
    EstadoPlan.CANCELADO: frozenset(),
}
PASOS_DEL_ITEM: dict[str, frozenset[str]] = {
    EstadoItem.PENDIENTE: frozenset({EstadoItem.PROGRAMADO, EstadoItem.REALIZADO, EstadoItem.DESCARTADO}),
    EstadoItem.PROGRAMADO: frozenset({EstadoItem.PENDIENTE, EstadoItem.REALIZADO, EstadoItem.DESCARTADO}),
    EstadoItem.REALIZADO: frozenset(),
    EstadoItem.DESCARTADO: frozenset({EstadoItem.PENDIENTE}),
}
EN_MARCHA = (EstadoPlan.ACEPTADO, EstadoPlan.EN_CURSO)
POR_HACER = (EstadoItem.PENDIENTE, EstadoItem.PROGRAMADO)
CON_MOTIVO = (EstadoPlan.RECHAZADO, EstadoPlan.CANCELADO)


@dataclass(frozen=True)
class Avance:
    """How far a plan has come. Money in US dollars; what was discarded counts in none of the sums."""

    items: int
    realizados: int
    descartados: int
    total: Decimal
    total_realizado: Decimal
    total_pendiente: Decimal
    avance_pct: Decimal


def avance(items: Iterable[tuple[str, Decimal]]) -> Avance:
    """Out of the state and the price of each item. `avance_pct`: done of what was not discarded, by number."""
    todos = list(items)
    vivos = [(estado, precio) for estado, precio in todos if estado != EstadoItem.DESCARTADO]
    hechos = [precio for estado, precio in vivos if estado == EstadoItem.REALIZADO]
    total, realizado = sum((precio for _, precio in vivos), Decimal(0)), sum(hechos, Decimal(0))
    parte = Decimal(100 * len(hechos)) / len(vivos) if vivos else Decimal(0)
    return Avance(
        items=len(vivos),
        realizados=len(hechos),
        descartados=len(todos) - len(vivos),
        total=total,
        total_realizado=realizado,
        total_pendiente=total - realizado,
        avance_pct=parte.quantize(Decimal("0.1"), ROUND_HALF_UP),
    )
