"""Notes and coins of the US dollar."""

from decimal import Decimal as D

import pytest

from facturacion.dominio.efectivo import suma


def test_lo_que_suman_billetes_y_monedas() -> None:
    assert suma({D(20): 3, D(5): 1, D("0.25"): 3, D("0.10"): 0}) == D("65.75")
    assert suma({}) == 0


@pytest.mark.parametrize("valor", ["3", "0.20", "200", "-1"])
def test_lo_que_no_es_billete_ni_moneda(valor: str) -> None:
    with pytest.raises(ValueError):
        suma({D(valor): 1})
