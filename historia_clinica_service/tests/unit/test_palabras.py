"""How a record is said on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from historia_clinica.impresos.palabras import Palabras, columnas_de, edad, indices_dichos


@pytest.mark.parametrize(
    ("valor", "dicho"),
    [
        (None, ""),
        (False, "No"),
        (Decimal("40.50"), "40.5"),
        (100, "100"),
        (date(2026, 1, 15), "15/01/2026"),
        (datetime(2026, 1, 15, 3, 5, tzinfo=UTC), "14/01/2026 22:05"),
        ("2026-01-15", "15/01/2026"),
        ("primera_vez", "Primera vez"),
        ("Dolor al frío", "Dolor al frío"),
        ({"k1": 43, "cornea": "Opaca", "iris": None}, "K1: 43; Córnea: Opaca"),
        (["rayos_x", "otros"], "Rayos X, Otros"),
    ],
)
def test_cada_valor_como_se_lee(valor: object, dicho: str) -> None:
    assert Palabras().dicho(valor) == dicho


def test_la_edad_en_anos_o_en_meses() -> None:
    hoy = date(2026, 5, 16)
    assert [edad(n, hoy) for n in ("1990-05-17", "1990-05-16", "2024-06-01", "2026-04-16", None)] == [
        "35 años",
        "36 años",
        "23 meses",
        "1 mes",
        "",
    ]


def test_los_indices_y_las_columnas_con_algo() -> None:
    cuenta = {"cpo_d": {"c": 2, "p": 1, "o": 3, "total": 6}, "ceo_d": {}}
    assert indices_dichos(cuenta) == [("CPO-D (permanentes)", "C 2 + P 1 + O 3 = 6"), ("ceo-d (temporales)", "")]
    assert columnas_de([{"a": None, "b": 0}, {"a": "", "c": False}], sin=["c"]) == ["b"]
