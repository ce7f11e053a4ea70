"""Turnover: how often the stock was used up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventario.dominio.reportes import Cifras, sumar


def cifras(**montos: int) -> Cifras:
    return Cifras(**{campo: Decimal(monto) for campo, monto in montos.items()})


@pytest.mark.parametrize(
    ("montos", "rotacion", "dias"),
    [
        ({"valor_inicial": 100, "valor_final": 300, "consumo": 300, "salidas": 100}, 2.0, 15.0),
        ({"valor_inicial": 100, "valor_final": 100}, 0.0, None),
        ({"consumo": 5}, None, None),
        ({"valor_inicial": -10, "consumo": 5}, None, None),
    ],
)
def test_lo_usado_contra_lo_que_hubo_en_promedio(
    montos: dict[str, int], rotacion: float | None, dias: float | None
) -> None:
    assert (cifras(**montos).rotacion, cifras(**montos).dias_de_inventario(30)) == (rotacion, dias)


def test_lo_que_no_se_movio_y_cambio_de_valor_es_revalorizacion() -> None:
    ambas = sumar([cifras(valor_inicial=10, valor_final=25, entradas=20, salidas=3), cifras(ajustes=-1, consumo=2)])
    assert ambas.revalorizacion == 25 - 10 - (20 - 3 - 1 - 2)
