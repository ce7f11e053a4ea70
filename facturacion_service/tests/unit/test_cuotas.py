"""Instalments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from facturacion.dominio.cuotas import Intervalo, montos, pagado_de_cada_una, vencimientos


def test_los_centavos_van_a_la_ultima() -> None:
    assert montos(D(100), 3) == [D("33.33"), D("33.33"), D("33.34")]


def test_a_fin_de_mes() -> None:
    dias = vencimientos(date(2026, 1, 31), 3, Intervalo.MENSUAL)
    assert dias == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert vencimientos(date(2026, 1, 31), 2, Intervalo.SEMANAL)[1] == date(2026, 2, 7)
    assert vencimientos(date(2026, 1, 1), 2, Intervalo.QUINCENAL)[1] == date(2026, 1, 16)


@given(st.decimals("0.01", 10_000, places=2), st.integers(1, 60), st.decimals(0, 20_000, places=2))
def test_se_pagan_en_orden_y_por_lo_que_se_debe(total: D, numero: int, saldo: D) -> None:
    cuotas = montos(total, numero)
    assert sum(cuotas) == total
    pagado = pagado_de_cada_una(cuotas, saldo)
    assert sum(pagado) == max(total - saldo, D(0))
    assert all(parte <= cuota for parte, cuota in zip(pagado, cuotas, strict=True))
    sin_completar = [n for n, (parte, cuota) in enumerate(zip(pagado, cuotas, strict=True)) if parte < cuota]
    if sin_completar:
        assert not any(pagado[sin_completar[0] + 1 :])
