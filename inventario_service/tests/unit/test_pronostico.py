"""How far stock goes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from inventario.dominio.lotes import Disponible
from inventario.dominio.pronostico import Prevision, prever

HOY = date(2026, 3, 2)


def dia(numero: int) -> date:
    return HOY + timedelta(days=numero)


def lugar(lote_id: int, cantidad: int, caduca: int | None = None, *, bloqueado: bool = False) -> Disponible:
    caducidad = None if caduca is None else dia(caduca)
    return Disponible(lote_id, 1, True, Decimal(cantidad), Decimal(1), caducidad, bloqueado)


def previsto(lugares: list[Disponible], usos: dict[int, int]) -> Prevision:
    return prever(lugares, {dia(n): Decimal(cantidad) for n, cantidad in usos.items()}, HOY, dia(30))


def test_lo_que_alcanza_no_se_agota() -> None:
    assert previsto([lugar(1, 10)], {3: 4, 1: 5}) == Prevision(Decimal(10), Decimal(9), None, Decimal(0), Decimal(0))


def test_se_agota_el_dia_en_que_se_usa_lo_ultimo() -> None:
    assert previsto([lugar(1, 9)], {1: 5, 3: 4, 4: 2}) == Prevision(
        Decimal(9), Decimal(11), dia(3), Decimal(2), Decimal(0)
    )


def test_lo_que_caduca_antes_no_sirve_y_se_usa_primero_lo_que_caduca() -> None:
    lotes = [lugar(1, 10), lugar(2, 6, caduca=5)]
    assert previsto(lotes, {5: 4, 6: 11}) == Prevision(Decimal(16), Decimal(15), dia(6), Decimal(1), Decimal(2))


def test_ni_lo_caducado_ni_lo_bloqueado_cuentan() -> None:
    lotes = [lugar(1, 10, caduca=-1), lugar(2, 10, bloqueado=True), lugar(3, -2)]
    assert previsto(lotes, {0: 1}) == Prevision(Decimal(0), Decimal(1), HOY, Decimal(1), Decimal(0))
