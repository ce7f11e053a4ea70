"""Acuity, refraction and what an eye exam warns of."""

from decimal import Decimal

import pytest

from historia_clinica.dominio.agudeza import leer_agudeza
from historia_clinica.dominio.ojos import Medidas, avisos
from historia_clinica.dominio.refraccion import Refraccion, Uso


def D(texto: str | None) -> Decimal | None:  # noqa: N802
    return None if texto is None else Decimal(texto)


def lente(
    esfera: str | None, cilindro: str | None = None, eje: int | None = None, ad: str | None = None
) -> Refraccion:
    return Refraccion(D(esfera), D(cilindro), eje, D(ad))


@pytest.mark.parametrize(
    ("texto", "logmar"),
    [
        ("20/20", "0.00"),
        ("6/6", "0.00"),
        ("1.0", "0.00"),
        ("20/40", "0.30"),
        ("6/12", "0.30"),
        ("0,5", "0.30"),
        ("20 / 200", "1.00"),
        ("20/15", "-0.12"),
        ("20/40-2", "0.34"),
        ("20/40+1", "0.28"),
        ("1/60", "1.78"),
        ("LogMAR 0.3", "0.30"),
        ("-0.1 logMAR", "-0.10"),
        ("cd", "2.10"),
        ("CD a 50 cm", "2.10"),
        ("MM", "2.40"),
        ("PL", "2.70"),
        ("npl", "3.00"),
    ],
)
def test_una_agudeza_se_lee_como_se_escribe(texto: str, logmar: str) -> None:
    leida = leer_agudeza(f" {texto} ")
    assert (leida.texto, str(leida.logmar)) == (texto, logmar)


@pytest.mark.parametrize(
    "texto", ["", "bien", "20/0", "0/20", "0", "20/20/20", "25", "4", "20/5", "logMAR 2.5", "NPL 2"]
)
def test_lo_que_no_es_una_agudeza(texto: str) -> None:
    with pytest.raises(ValueError, match="agudeza"):
        leer_agudeza(texto)


@pytest.mark.parametrize(
    ("refraccion", "campo"),
    [
        (lente("-30.25"), "esfera"),
        (lente("1.10"), "esfera"),
        (lente(None, "-1", 90), "esfera"),
        (lente("0", "12.25", 90), "cilindro"),
        (lente("0", "-1"), "eje"),
        (lente("0", None, 90), "eje"),
        (lente("0", "0", 90), "eje"),
        (lente("0", "-1", 181), "eje"),
        (lente("0", None, None, "0"), "adicion"),
        (lente("0", None, None, "4.25"), "adicion"),
    ],
)
def test_lo_que_ningun_lente_puede_ser(refraccion: Refraccion, campo: str) -> None:
    assert list(refraccion.errores()) == [campo]


def test_los_limites_de_un_lente_estan_dentro() -> None:
    for buena in (
        lente("-30"),
        lente("30", "-12", 0, "4"),
        lente("0", "12", 180, "0.25"),
        lente(None),
        lente("0", "0"),
    ):
        assert buena.errores() == {}


@pytest.mark.parametrize(
    ("una", "otra"),
    [
        (("-1.50", "-0.75", 90), ("-2.25", "0.75", 180)),
        (("2.00", "1.00", 10), ("3.00", "-1.00", 100)),
        (("0", "-2.00", 180), ("-2.00", "2.00", 90)),
        (("-3", None, None), ("-3", None, None)),
    ],
)
def test_transponer_cambia_el_signo_y_no_el_lente(una: tuple, otra: tuple) -> None:
    transpuesta = lente(*una).transpuesta()
    assert transpuesta == lente(*otra)
    assert transpuesta.equivalente_esferico == lente(*una).equivalente_esferico
    assert transpuesta.transpuesta() == lente(*una)


def test_lo_que_un_lente_es_para_cada_uso() -> None:
    lejos = lente("-1.00", "-0.50", 80, "2.25")
    assert lejos.para(Uso.MULTIFOCAL) == lejos
    assert lejos.para(Uso.LEJOS) == lente("-1.00", "-0.50", 80)
    assert lejos.para(Uso.CERCA) == lente("1.25", "-0.50", 80)
    assert lejos.para(Uso.INTERMEDIA) == lente("0.25", "-0.50", 80)
    assert lejos.escrita() == "-1.00 -0.50 × 80° ad. +2.25"
    with pytest.raises(ValueError, match="adición"):
        lente("1").para(Uso.CERCA)


@pytest.mark.parametrize(
    ("od", "oi", "esperados"),
    [
        (("21", "0.6"), ("16", "0.4"), []),
        (("21.5", None), ("18", None), [("presion_alta", "od")]),
        (("24", None), ("18", None), [("presion_alta", "od"), ("presion_asimetrica", None)]),
        ((None, "0.65"), (None, "0.45"), [("excavacion_amplia", "od")]),
        ((None, "0.3"), (None, "0.55"), [("excavacion_asimetrica", None)]),
        ((None, None), ("30", "0.9"), [("presion_alta", "oi"), ("excavacion_amplia", "oi")]),
    ],
)
def test_de_que_avisa_un_examen(od: tuple, oi: tuple, esperados: list) -> None:
    dichos = avisos(Medidas(D(od[0]), D(od[1])), Medidas(D(oi[0]), D(oi[1])))
    assert [(aviso.codigo, aviso.ojo) for aviso in dichos] == esperados
