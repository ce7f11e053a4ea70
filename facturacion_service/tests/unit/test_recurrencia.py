"""On which days an expense recurs."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturacion.dominio.recurrencia import desde_el, entre, fechas
from facturacion.modelos import Frecuencia


def primeras(desde: str, frecuencia: str, cuantas: int = 4) -> list[str]:
    return [f"{dia:%d/%m/%y}" for dia in islice(fechas(date.fromisoformat(desde), frecuencia), cuantas)]


@pytest.mark.parametrize(
    ("desde", "frecuencia", "dias"),
    [
        ("2026-01-05", "semanal", ["05/01/26", "12/01/26", "19/01/26", "26/01/26"]),
        ("2026-01-01", "quincenal", ["01/01/26", "16/01/26", "01/02/26", "16/02/26"]),
        ("2026-01-15", "quincenal", ["15/01/26", "30/01/26", "15/02/26", "28/02/26"]),
        ("2026-01-31", "quincenal", ["31/01/26", "16/02/26", "28/02/26", "16/03/26"]),
        ("2026-01-31", "mensual", ["31/01/26", "28/02/26", "31/03/26", "30/04/26"]),
        ("2027-11-30", "trimestral", ["30/11/27", "29/02/28", "30/05/28", "30/08/28"]),
        ("2025-12-31", "bimestral", ["31/12/25", "28/02/26", "30/04/26", "30/06/26"]),
        ("2025-08-31", "semestral", ["31/08/25", "28/02/26", "31/08/26", "28/02/27"]),
        ("2024-02-29", "anual", ["29/02/24", "28/02/25", "28/02/26", "28/02/27"]),
    ],
)
def test_los_dias_que_el_mes_no_tiene_son_el_ultimo(desde: str, frecuencia: str, dias: list[str]) -> None:
    assert primeras(desde, frecuencia) == dias


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from([str(una) for una in Frecuencia]),
    st.integers(0, 3000),
    st.integers(0, 400),
)
def test_cada_dia_es_posterior_al_anterior_y_ninguno_falta(
    desde: date, frecuencia: str, lejos: int, largo: int
) -> None:
    dias = list(islice(fechas(desde, frecuencia), 60))
    assert dias[0] == desde
    assert all(antes < luego for antes, luego in pairwise(dias))
    primero = desde + timedelta(days=lejos)
    tramo = entre(desde, frecuencia, primero, primero + timedelta(days=largo))
    siguiente = desde_el(desde, frecuencia, primero)
    assert siguiente >= primero
    assert tramo[:1] == ([siguiente] if siguiente <= primero + timedelta(days=largo) else [])
