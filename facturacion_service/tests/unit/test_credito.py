"""What of a line a credit note takes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturacion.dominio.credito import ExcedeLinea, Parte, de_aseguradora, por_cantidad, por_monto, resto


@dataclass(frozen=True)
class Linea:
    cantidad: D
    base: D
    iva: D
    acreditada: D = D(0)
    base_acreditada: D = D(0)
    iva_acreditado: D = D(0)

    def menos(self, parte: Parte) -> Linea:
        return replace(
            self,
            acreditada=self.acreditada + parte.cantidad,
            base_acreditada=self.base_acreditada + parte.base,
            iva_acreditado=self.iva_acreditado + parte.iva,
        )


CENTAVOS = st.decimals(0, 1000, places=2)
LINEAS = st.builds(Linea, st.integers(1, 12).map(D), CENTAVOS, CENTAVOS)


def test_una_de_tres() -> None:
    linea = Linea(D(3), D(10), D("1.50"))
    assert por_cantidad(linea, D(1)) == Parte(D(1), D("3.33"), D("0.50"))
    assert por_cantidad(linea.menos(Parte(D(2), D("6.67"), D(1))), D(1)) == Parte(D(1), D("3.33"), D("0.50"))


def test_un_descuento_despues() -> None:
    linea = Linea(D(3), D(10), D("1.50"))
    assert por_monto(linea, D("1.15")) == Parte(D(0), D(1), D("0.15"))
    assert por_monto(linea, D("11.50")) == Parte(D(3), D(10), D("1.50"))


def test_no_mas_de_lo_que_queda() -> None:
    linea = Linea(D(3), D(10), D(0))
    with pytest.raises(ExcedeLinea):
        por_cantidad(linea, D("3.000001"))
    with pytest.raises(ExcedeLinea):
        por_monto(linea.menos(por_monto(linea, D(4))), D("6.01"))


@given(LINEAS, st.data())
def test_a_pedazos_se_acredita_toda_y_nada_mas(linea: Linea, data: st.DataObject) -> None:
    for _paso in range(data.draw(st.integers(0, 6))):
        queda = resto(linea)
        if data.draw(st.booleans()):
            parte = por_cantidad(linea, data.draw(st.decimals(0, queda.cantidad, places=2)))
        else:
            parte = por_monto(linea, data.draw(st.decimals(0, queda.total, places=2)))
        assert 0 <= parte.base <= queda.base
        assert 0 <= parte.iva <= queda.iva
        linea = linea.menos(parte)
    linea = linea.menos(resto(linea))
    assert (linea.acreditada, linea.base_acreditada, linea.iva_acreditado) == (
        linea.cantidad,
        linea.base,
        linea.iva,
    )


@given(CENTAVOS, CENTAVOS, st.data())
def test_cada_uno_responde_de_su_parte(suyo: D, ajeno: D, data: st.DataObject) -> None:
    total = data.draw(st.decimals(0, suyo + ajeno, places=2))
    asegurado = de_aseguradora(total, suyo, ajeno)
    assert 0 <= asegurado <= suyo
    assert 0 <= total - asegurado <= ajeno
