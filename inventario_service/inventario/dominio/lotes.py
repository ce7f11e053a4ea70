"""Which lots something is taken from, and what stock costs on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from inventario.dominio.unidades import SEXTO

_NUNCA = date.max


@dataclass(frozen=True)
class Disponible:
    """So much of a lot in a warehouse."""

    lote_id: int
    bodega_id: int
    principal: bool
    cantidad: Decimal
    costo: Decimal
    caducidad: date | None = None
    bloqueado: bool = False

    def utilizable(self, hoy: date) -> bool:
        """Neither blocked nor expired: it may still be used on the day that it expires."""
        return not self.bloqueado and (self.caducidad is None or self.caducidad >= hoy)


@dataclass(frozen=True)
class Toma:
    """What is taken from one place."""

    lugar: Disponible
    cantidad: Decimal


def primero_lo_que_caduca(
    lugares: Sequence[Disponible], cantidad: Decimal, hoy: date, *, tambien_caducado: bool = False
) -> tuple[list[Toma], Decimal]:
    """What to take from where, first what expires first (FEFO), and how much is missing.

    Of what expires at once the principal warehouse first, then the older lot. `tambien_caducado`: also what is
    expired or blocked, for adjustments to what is on the shelves.
    """
    orden = sorted(
        (lugar for lugar in lugares if lugar.cantidad > 0 and (tambien_caducado or lugar.utilizable(hoy))),
        key=lambda lugar: (lugar.caducidad or _NUNCA, not lugar.principal, lugar.lote_id, lugar.bodega_id),
    )
    tomas, falta = [], cantidad
    for lugar in orden:
        if falta <= 0:
            break
        tomas.append(Toma(lugar, min(lugar.cantidad, falta)))
        falta -= tomas[-1].cantidad
    return tomas, max(falta, Decimal(0))


def promedio(cantidad: Decimal, costo: Decimal, entra: Decimal, costo_nuevo: Decimal) -> Decimal | None:
    """The weighted average cost of a unit after `entra` units at `costo_nuevo` came in.

    Negative `entra`: an entry is taken back. None when what remains then tells nothing: there is none, or more
    than its value would go.
    """
    if entra >= 0 and cantidad <= 0:
        return costo_nuevo
    queda, valor = cantidad + entra, cantidad * costo + entra * costo_nuevo
    return (valor / queda).quantize(SEXTO) if queda > 0 and valor >= 0 else None


def restantes(lugares: Sequence[Disponible], tomas: Sequence[Toma]) -> list[Disponible]:
    """What is left of each place; those that were emptied are left out."""
    tomado = {(toma.lugar.lote_id, toma.lugar.bodega_id): toma.cantidad for toma in tomas}
    restos = (
        replace(lugar, cantidad=lugar.cantidad - tomado.get((lugar.lote_id, lugar.bodega_id), Decimal(0)))
        for lugar in lugares
    )
    return [lugar for lugar in restos if lugar.cantidad != 0]
