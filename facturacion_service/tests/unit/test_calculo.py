"""What lines come to."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facturacion.dominio.calculo import CODIGOS_IVA, EXENTO, LineaInvalida, codigo_iva, importes, parte, totales


@pytest.mark.parametrize(
    ("cantidad", "precio", "tarifa", "descuento", "esperado"),
    [
        ("1", "30", "0", None, ("30.00", "0.00", "30.00", "0.00")),
        ("3", "3.333333", "15", None, ("10.00", "0.00", "10.00", "1.50")),
        ("1", "0.005", "0", None, ("0.01", "0.00", "0.01", "0.00")),
        ("1", "10.10", "15", None, ("10.10", "0.00", "10.10", "1.52")),
        ("2.5", "4.20", "12", "0.50", ("10.50", "0.50", "10.00", "1.20")),
        ("1", "20", "15", "20", ("20.00", "20.00", "0.00", "0.00")),
    ],
)
def test_cada_linea_se_redondea_al_centavo(
    cantidad: str, precio: str, tarifa: str, descuento: str | None, esperado: tuple[str, ...]
) -> None:
    menos = D(descuento) if descuento else None
    linea = importes(D(cantidad), D(precio), D(tarifa), descuento=menos)
    assert (linea.bruto, linea.descuento, linea.base, linea.iva) == tuple(map(D, esperado))


def test_el_descuento_en_porcentaje() -> None:
    assert importes(D(1), D("33.33"), D(0), porcentaje=D(10)).descuento == D("3.33")


@pytest.mark.parametrize(
    ("argumentos", "campo"),
    [
        ({"descuento": D("30.01")}, "descuento"),
        ({"descuento": D(-1)}, "descuento"),
        ({"descuento": D(1), "porcentaje": D(1)}, "descuento_porcentaje"),
    ],
)
def test_un_descuento_que_no_cabe(argumentos: dict[str, D], campo: str) -> None:
    with pytest.raises(LineaInvalida) as error:
        importes(D(1), D(30), D(0), **argumentos)
    assert error.value.campo == campo


def test_una_tarifa_que_no_existe() -> None:
    with pytest.raises(LineaInvalida) as error:
        importes(D(1), D(30), D(7))
    assert error.value.campo == "tarifa_iva"


def test_lo_exento_no_lleva_tarifa() -> None:
    assert codigo_iva(D(15)) == "4"
    assert codigo_iva(D(0)) == "0"
    assert codigo_iva(D(0), EXENTO) == "7"
    with pytest.raises(LineaInvalida):
        codigo_iva(D(15), EXENTO)


LINEAS = st.builds(
    lambda cantidad, precio, tarifa, porcentaje: importes(cantidad, precio, tarifa, porcentaje=porcentaje),
    st.decimals("0.000001", "1000", places=6),
    st.decimals(0, "1000", places=6),
    st.sampled_from(sorted(CODIGOS_IVA)),
    st.decimals(0, 100, places=2),
)


@given(st.lists(LINEAS, max_size=20))
def test_los_totales_son_la_suma_de_las_lineas(lineas: list) -> None:  # type: ignore[type-arg]
    suma = totales(lineas)
    assert suma.total == sum((linea.total for linea in lineas), D(0))
    assert suma.subtotal == suma.bruto - suma.descuento
    assert suma.total == suma.subtotal + suma.iva


@given(LINEAS, st.integers(1, 9))
def test_una_parte_nunca_pasa_del_todo(linea, cuantas: int) -> None:  # type: ignore[no-untyped-def]
    suya = parte(linea, D(cuantas), D(9))
    assert 0 <= suya.base <= linea.base
    assert 0 <= suya.iva <= linea.iva
    assert suya.bruto - suya.descuento == suya.base
