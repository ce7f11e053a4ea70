"""The RUC of a supplier."""

import pytest

from inventario.dominio.ruc import AVISO, RucInvalido, comprobar


@pytest.mark.parametrize("numero", ["1710034065001", "1792104394001", " 179210439400-1 "])
def test_se_acepta_y_queda_sin_espacios_ni_guiones(numero: str) -> None:
    assert comprobar(numero) == (numero.strip().replace("-", ""), None)


@pytest.mark.parametrize("numero", ["1793213150001", "1793189906001", "0993366721001"])
def test_el_verificador_de_una_sociedad_solo_se_advierte(numero: str) -> None:
    assert comprobar(numero) == (numero, AVISO)


@pytest.mark.parametrize(
    "numero", ["1710034066001", "1710034065", "17100340650", "no es un ruc", "9999999999999", "\u0661" * 13]
)
def test_lo_que_no_es_un_ruc_se_rechaza(numero: str) -> None:
    with pytest.raises(RucInvalido):
        comprobar(numero)
