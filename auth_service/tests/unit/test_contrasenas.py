"""What a password must be, and how it is kept."""

import pytest
from argon2 import PasswordHasher

from auth import contrasenas
from auth.dominio.contrasenas import defectos
from comun.errors import Invalid


@pytest.mark.parametrize("buena", ["Colibri-Paramo-77", "diez letra", "ñandú en moto 🛵", "x" * 5 + "1234" * 30])
def test_basta_con_que_sea_larga_y_poco_comun(buena: str) -> None:
    assert defectos(buena, "ana") == []


@pytest.mark.parametrize(
    "mala",
    ["corta", "nueve.123", "1234567890", "QwertyUiop", "password123", "aaaaaaaaaaaa", "abababababab", "x" * 129],
)
def test_corta_comun_o_enorme_no_vale(mala: str) -> None:
    assert defectos(mala)


def test_no_contiene_el_nombre_de_usuario() -> None:
    assert defectos("mi-clave-MARIA.paz-9", "maria.paz")
    assert defectos("mi-clave-MARIA.paz-9", "otra") == []


def test_la_debil_se_explica_en_su_campo() -> None:
    with pytest.raises(Invalid) as error:
        contrasenas.exigir_aceptable("corta", "ana", "contrasena_nueva")
    assert error.value.codigo == "contrasena_debil"
    assert list(error.value.errores) == ["contrasena_nueva"]


def test_se_guarda_con_argon2id_de_19_mib() -> None:
    guardado = contrasenas.cifrar("Colibri-Paramo-77")
    assert guardado.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert contrasenas.coincide(guardado, "Colibri-Paramo-77")
    assert not contrasenas.coincide(guardado, "colibri-paramo-77")
    assert not contrasenas.desactualizada(guardado)
    assert contrasenas.desactualizada(PasswordHasher(time_cost=1, memory_cost=8192).hash("x"))


def test_sin_hash_se_trabaja_lo_mismo_y_nunca_coincide() -> None:
    assert contrasenas._SENUELO.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not contrasenas.coincide(None, "odontocare-senuelo")


def test_cuesta_lo_que_se_diga() -> None:
    antes = contrasenas.cifrar("Colibri-Paramo-77")
    try:
        contrasenas.ajustar(memoria_kib=32 * 1024, pasadas=3)
        assert contrasenas.cifrar("Colibri-Paramo-77").startswith("$argon2id$v=19$m=32768,t=3,p=1$")
        assert contrasenas._SENUELO.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
        assert contrasenas.coincide(antes, "Colibri-Paramo-77")
        assert contrasenas.desactualizada(antes)
        assert not contrasenas.coincide(None, "Colibri-Paramo-77")
    finally:
        contrasenas.ajustar(contrasenas.MEMORIA_KIB, contrasenas.PASADAS)
