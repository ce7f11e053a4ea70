"""Identity numbers of Ecuador: the table of the requirements, and how people type them."""

import pytest

from admin.dominio.identificacion import IdentificacionInvalida, TipoIdentificacion, identificar, tipo_supuesto

CEDULA, RUC, PASAPORTE = TipoIdentificacion.CEDULA, TipoIdentificacion.RUC, TipoIdentificacion.PASAPORTE


@pytest.mark.parametrize("numero", ["1714307103", "1714616123", "0926687856", "1710034065"])
def test_una_cedula_con_su_digito_verificador_vale(numero: str) -> None:
    assert (identificar(numero).tipo, identificar(numero).advertencia) == (CEDULA, None)


@pytest.mark.parametrize("numero", ["1714307104", "0000000000", "9914307103", "1774307103"])
def test_una_cedula_sin_su_digito_verificador_no(numero: str) -> None:
    with pytest.raises(IdentificacionInvalida, match="cédula"):
        identificar(numero)


@pytest.mark.parametrize("numero", ["1793213150001", "1793189906001", "0993366721001"])
def test_el_ruc_de_una_sociedad_con_mal_digito_solo_se_advierte(numero: str) -> None:
    hallada = identificar(numero)
    assert hallada.tipo is RUC
    assert hallada.advertencia is not None


@pytest.mark.parametrize("numero", ["1714307103001", "1760001550001", "1790085783001"])
def test_un_ruc_correcto_no_se_advierte(numero: str) -> None:
    assert identificar(numero).advertencia is None


@pytest.mark.parametrize(
    "numero", ["1714307104001", "1714307103000", "9993213150001", "1783213150001", "1793213150000"]
)
def test_un_ruc_imposible_se_rechaza(numero: str) -> None:
    with pytest.raises(IdentificacionInvalida, match="RUC"):
        identificar(numero)


@pytest.mark.parametrize("tipo", [None, *TipoIdentificacion])
def test_consumidor_final_no_es_nadie(tipo: TipoIdentificacion | None) -> None:
    with pytest.raises(IdentificacionInvalida, match="Consumidor final"):
        identificar("9999999999999", tipo)


def test_el_tipo_se_supone_por_el_largo() -> None:
    numeros = ("1714307103", "1714307103001", "A1234567", "123456789")
    assert [tipo_supuesto(n) for n in numeros] == [CEDULA, RUC, PASAPORTE, PASAPORTE]


def test_el_tipo_dicho_manda() -> None:
    assert identificar("1714307104", PASAPORTE).tipo is PASAPORTE
    with pytest.raises(IdentificacionInvalida):
        identificar("A1234567", CEDULA)


def test_como_lo_escribe_la_gente() -> None:
    assert identificar(" 171430710-3 ").numero == "1714307103"
    assert identificar("ab 12-345").numero == "AB12-345"


@pytest.mark.parametrize("numero", ["AB", "X" * 21])
def test_un_pasaporte_tiene_su_largo(numero: str) -> None:
    with pytest.raises(IdentificacionInvalida):
        identificar(numero)
