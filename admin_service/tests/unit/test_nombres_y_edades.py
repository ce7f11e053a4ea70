"""Names as they are written here, and ages that matter."""

from datetime import date

import pytest

from admin.dominio.edades import bandas, es_menor, hace_anios
from admin.dominio.nombres import NombreIncompleto, separar
from admin.dominio.valores import TipoValor, ValorInvalido, comprobar, tipo_de


@pytest.mark.parametrize(
    ("completo", "nombres", "apellidos"),
    [
        ("Ana Lucía Pérez Mora", "Ana Lucía", "Pérez Mora"),
        ("Ana Pérez", "Ana", "Pérez"),
        ("Ana Pérez Mora", "Ana", "Pérez Mora"),
        ("  Ana   Pérez ", "Ana", "Pérez"),
        ("María de los Ángeles Pérez Mora", "María de los Ángeles", "Pérez Mora"),
        ("Juan de la Cruz", "Juan", "de la Cruz"),
        ("Ana Lucía del Carmen Pérez De la Torre", "Ana Lucía del Carmen", "Pérez De la Torre"),
        ("Pérez Mora, Ana Lucía", "Ana Lucía", "Pérez Mora"),
    ],
)
def test_un_nombre_completo_se_separa(completo: str, nombres: str, apellidos: str) -> None:
    assert separar(completo) == (nombres, apellidos)


@pytest.mark.parametrize("completo", ["Ana", "Pérez,", ",", "de la Cruz"])
def test_sin_apellido_no_hay_nombre_completo(completo: str) -> None:
    with pytest.raises(NombreIncompleto):
        separar(completo)


def test_la_mayoria_de_edad_se_cumple_el_dia_del_cumpleanos() -> None:
    assert es_menor(date(2008, 5, 2), date(2026, 5, 1))
    assert not es_menor(date(2008, 5, 1), date(2026, 5, 1))
    assert hace_anios(date(2028, 2, 29), 1) == date(2027, 2, 28)


def test_las_bandas_de_edad_no_dejan_huecos() -> None:
    nombres = [nombre for nombre, _ in bandas(date(2026, 6, 1))]
    assert nombres == ["75+", "60-74", "45-59", "30-44", "18-29", "12-17", "0-11"]
    assert dict(bandas(date(2026, 6, 1)))["18-29"] == date(2008, 6, 1)


def test_los_ajustes_tienen_tipo() -> None:
    valores = ["x", 1, 1.5, True, [], {}]
    assert [tipo_de(v).value for v in valores] == ["texto", "numero", "numero", "booleano", "lista", "objeto"]
    for valor, tipo in ((1, TipoValor.TEXTO), (True, TipoValor.NUMERO), ("a\0b", TipoValor.TEXTO)):
        with pytest.raises(ValorInvalido):
            comprobar(valor, tipo)
    with pytest.raises(ValorInvalido):
        comprobar("x" * 20_000, TipoValor.TEXTO)
