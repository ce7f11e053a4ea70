"""What becomes of stock when it is used as the agenda says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from inventario.dominio.lotes import Disponible, primero_lo_que_caduca


@dataclass(frozen=True)
class Prevision:
    """How far stock goes.

    `disponible` may be used today, `previsto` is what is going to be used, `faltante` of it will not be there.
    `se_agota_el`: the first day on which the last is used, or more than there is. `caducara` expires unused.
    """

    disponible: Decimal
    previsto: Decimal
    se_agota_el: date | None
    faltante: Decimal
    caducara: Decimal


def prever(lugares: Sequence[Disponible], usos: Mapping[date, Decimal], hoy: date, hasta: date) -> Prevision:
    """What is left of `lugares` day by day until `hasta`, first using what expires first (FEFO).

    `usos`: day → how much is used on it, none before `hoy`.
    """
    quedan = [lugar for lugar in lugares if lugar.utilizable(hoy) and lugar.cantidad > 0]
    disponible, faltante, agotado = _suma(quedan), Decimal(0), None
    for dia in sorted(usos):
        tomas, falta = primero_lo_que_caduca(quedan, usos[dia], dia)
        faltante += falta
        quedan = _menos(quedan, {(t.lugar.lote_id, t.lugar.bodega_id): t.cantidad for t in tomas})
        if agotado is None and not any(lugar.utilizable(dia) for lugar in quedan):
            agotado = dia
    caducara = _suma([lugar for lugar in quedan if not lugar.utilizable(hasta)])
    return Prevision(disponible, sum(usos.values(), Decimal(0)), agotado, faltante, caducara)


def _menos(lugares: Sequence[Disponible], tomado: Mapping[tuple[int, int], Decimal]) -> list[Disponible]:
    """Those of which something is left."""
    restos = (
        replace(lugar, cantidad=lugar.cantidad - tomado.get((lugar.lote_id, lugar.bodega_id), Decimal(0)))
        for lugar in lugares
    )
    return [lugar for lugar in restos if lugar.cantidad > 0]


def _suma(lugares: Sequence[Disponible]) -> Decimal:
    return sum((lugar.cantidad for lugar in lugares), Decimal(0))
