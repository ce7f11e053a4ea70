"""The mouth at any date, what can't be true of it, and its indices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from historia_clinica.dominio.catalogo_dental import CATALOGO, al_realizar
from historia_clinica.dominio.indices_dentales import cuenta_como, indices
from historia_clinica.dominio.odontograma import (
    Entrada,
    boca_en,
    conviven,
    defectos,
    denticion,
    diferencias,
    incoherencias,
    presencia,
)
from historia_clinica.dominio.piezas import PIEZAS, leer_superficies

INICIO = datetime(2026, 1, 5, 15, tzinfo=UTC)
_numeros = count(1)


def hallazgo(pieza: int, codigo: str, superficies: str = "", estado: str = "", dia: int = 0, **mas: Any) -> Entrada:
    """An entry, `dia` days after the beginning; in the first state of its kind unless `estado` says otherwise."""
    return Entrada(
        next(_numeros),
        pieza,
        codigo,
        estado or CATALOGO[codigo].estados[0],
        INICIO + timedelta(days=dia),
        frozenset(superficies),
        **mas,
    )


def boca(*entradas: Entrada, dia: int = 100) -> dict[int, list[str]]:
    """What holds after so many days: `caries:DO` for each finding."""
    estado = boca_en(entradas, INICIO + timedelta(days=dia))
    return {
        pieza: [f"{v.entrada.codigo}:{leer_superficies(v.superficies)}".rstrip(":") for v in vigentes]
        for pieza, vigentes in estado.items()
    }


def cuenta(*entradas: Entrada) -> str | None:
    pieza = entradas[0].pieza
    return cuenta_como(pieza, boca_en(entradas, INICIO + timedelta(days=100)).get(pieza, ()))


def problemas(*entradas: Entrada) -> set[str]:
    return {i.codigo for i in incoherencias(entradas)}


def test_hay_cincuenta_y_dos_piezas() -> None:
    assert len(set(PIEZAS)) == 52
    assert {19, 20, 49, 50, 56, 86, 10} & set(PIEZAS) == set()


def test_las_superficies_se_leen_con_sus_otros_nombres() -> None:
    assert leer_superficies("pbi") == "OVL"
    assert leer_superficies(["D", "M"]) == "MD"
    for mal in ("X", "OI", "MM"):
        with pytest.raises(ValueError):
            leer_superficies(mal)


def test_una_obturacion_quita_la_caries_de_sus_superficies_y_solo_de_ellas() -> None:
    caries = hallazgo(36, "caries", "MOD")
    obturada = hallazgo(36, "restauracion", "MO", "realizado", dia=10)
    assert boca(caries, obturada, dia=5) == {36: ["caries:MDO"]}
    assert boca(caries, obturada) == {36: ["caries:D", "restauracion:MO"]}
    recurrente = hallazgo(36, "caries", "O", dia=20, variante="recurrente")
    assert boca(caries, obturada, recurrente)[36] == ["caries:D", "restauracion:MO", "caries:O"]
    por_rehacer = hallazgo(36, "restauracion", "MO", "por_hacer", dia=30)
    assert boca(obturada, por_rehacer)[36] == ["restauracion:MO", "restauracion:MO"]


def test_lo_que_se_realiza_ocupa_el_lugar_de_lo_que_estaba_por_hacer() -> None:
    por_hacer = hallazgo(46, "endodoncia", estado="por_hacer")
    hecha = hallazgo(46, "endodoncia", estado="realizado", dia=3, origen_id=por_hacer.id)
    corona = hallazgo(46, "corona", estado="realizado", dia=9)
    assert boca(por_hacer, hecha, hallazgo(46, "caries", "O"), corona) == {46: ["endodoncia", "corona"]}
    movil = hallazgo(31, "movilidad", grado=2)
    fija = hallazgo(31, "movilidad", estado="resuelto", dia=4, origen_id=movil.id)
    assert boca(movil, fija) == {}
    assert boca(movil, fija, dia=3) == {31: ["movilidad"]}


def test_se_ordena_por_cuando_ocurrio_no_por_cuando_se_anoto() -> None:
    perdida = hallazgo(26, "perdida_por_caries", dia=10)
    caries = hallazgo(26, "caries", "O", dia=1)
    assert boca(perdida, caries) == {26: ["perdida_por_caries"]}
    assert problemas(perdida, caries) == set()


def test_en_el_lugar_de_una_pieza_perdida_solo_cabe_lo_que_la_sustituye() -> None:
    perdida = hallazgo(36, "perdida_por_caries", dia=1)
    for codigo, superficies in (("caries", "O"), ("corona", ""), ("movilidad", ""), ("presente", "")):
        assert problemas(perdida, hallazgo(36, codigo, superficies, dia=2)) == {"pieza_ausente"}
    implante = hallazgo(36, "implante", estado="realizado", dia=3)
    corona = hallazgo(36, "corona", estado="realizado", dia=4)
    assert problemas(perdida, implante, corona) == set()
    assert boca(perdida, implante, corona) == {36: ["perdida_por_caries", "implante", "corona"]}
    assert cuenta(perdida, implante, corona) == "P"
    assert problemas(hallazgo(36, "caries", "O"), hallazgo(36, "implante", estado="realizado", dia=1)) == {
        "pieza_presente"
    }
    otra_causa = hallazgo(36, "perdida_otra_causa", dia=5)
    assert boca(perdida, otra_causa) == {36: ["perdida_otra_causa"]}


def test_lo_no_erupcionado_no_tiene_corona_hasta_que_consta_presente() -> None:
    dentro = hallazgo(18, "no_erupcionado")
    caries = hallazgo(18, "caries", "O", dia=9)
    assert problemas(dentro, caries) == {"pieza_no_erupcionada"}
    assert problemas(dentro, hallazgo(18, "presente", dia=5), caries) == set()
    assert problemas(caries, hallazgo(18, "no_erupcionado", dia=10)) == {"pieza_erupcionada"}


def test_denticion_mixta() -> None:
    entradas = [hallazgo(55, "caries", "O"), hallazgo(15, "presente"), hallazgo(16, "sellante", "O", "realizado")]
    estado = boca_en(entradas, INICIO)
    assert (denticion(estado), conviven(estado)) == ("mixta", [(55, 15)])
    entradas.append(hallazgo(55, "exfoliada", dia=1))
    estado = boca_en(entradas, INICIO + timedelta(days=1))
    assert (denticion(estado), conviven(estado), presencia(estado[55])) == ("permanente", [], "ausente")


@pytest.mark.parametrize(
    ("entradas", "esperado"),
    [
        ([hallazgo(16, "caries", "O")], "C"),
        ([hallazgo(16, "restauracion", "O", "realizado"), hallazgo(16, "caries", "M", dia=1)], "C"),
        ([hallazgo(16, "endodoncia", estado="por_hacer")], "C"),
        ([hallazgo(16, "endodoncia", estado="realizado")], "O"),
        ([hallazgo(16, "corona", estado="realizado")], "O"),
        ([hallazgo(16, "restauracion", "O", "realizado", variante="temporal")], "C"),
        ([hallazgo(16, "extraccion_indicada")], "C"),
        ([hallazgo(16, "extraccion_indicada", variante="ortodoncia")], None),
        ([hallazgo(16, "perdida_por_caries")], "P"),
        ([hallazgo(16, "ausente")], "P"),
        ([hallazgo(16, "pontico", estado="realizado")], "P"),
        ([hallazgo(16, "perdida_otra_causa"), hallazgo(16, "pontico", estado="realizado", dia=1)], None),
        ([hallazgo(16, "agenesia")], None),
        ([hallazgo(16, "sellante", "O", "realizado")], None),
        ([hallazgo(16, "pilar_puente", estado="realizado")], None),
        ([hallazgo(75, "caries", "O")], "c"),
        ([hallazgo(75, "caries", "O"), hallazgo(75, "extraccion_indicada")], "e"),
        ([hallazgo(75, "extraccion_indicada", variante="ortodoncia")], None),
        ([hallazgo(75, "corona", estado="realizado", variante="acero")], "o"),
        ([hallazgo(75, "perdida_por_caries")], None),
    ],
)
def test_como_cuenta_cada_pieza(entradas: list[Entrada], esperado: str | None) -> None:
    assert cuenta(*entradas) == esperado


def test_los_indices_suman_por_denticion() -> None:
    estado = boca_en(
        [
            hallazgo(16, "caries", "MOD"),
            hallazgo(26, "restauracion", "O", "realizado"),
            hallazgo(36, "perdida_por_caries"),
            hallazgo(75, "extraccion_indicada"),
            hallazgo(85, "caries", "O"),
        ],
        INICIO,
    )
    assert indices(estado).documento() == {
        "cpo_d": {"c": 1, "p": 1, "o": 1, "total": 3},
        "ceo_d": {"c": 1, "e": 1, "o": 0, "total": 2},
    }
    assert indices({}).documento()["cpo_d"]["total"] == 0


def test_la_diferencia_entre_dos_fechas_dice_que_aparece_y_que_desaparece() -> None:
    entradas = [
        hallazgo(36, "caries", "MOD"),
        hallazgo(46, "caries", "O"),
        hallazgo(36, "restauracion", "MO", "realizado", dia=10),
    ]
    antes, despues = (boca_en(entradas, INICIO + timedelta(days=n)) for n in (1, 10))
    (cambio,) = diferencias(antes, despues)
    assert cambio.pieza == 36
    assert [(v.entrada.codigo, v.superficies) for v in cambio.aparece] == [("restauracion", {"M", "O"})]
    assert [(v.entrada.codigo, v.superficies) for v in cambio.desaparece] == [("caries", {"M", "O"})]
    assert diferencias(despues, despues) == []


def test_lo_que_no_cabe_en_un_hallazgo() -> None:
    assert set(defectos(36, "caries", "", None, None, None)) == {"superficies"}
    assert set(defectos(36, "corona", "O", "realizado", None, None)) == {"superficies"}
    assert set(defectos(36, "restauracion", "O", None, "oro", None)) == {"estado", "variante"}
    assert set(defectos(36, "movilidad", "", None, None, 4)) == {"grado"}
    assert set(defectos(75, "implante", "", "realizado", None, None)) == {"pieza"}
    assert set(defectos(36, "perdida_por_caries", "", "por_hacer", None, 1)) == {"estado", "grado"}
    assert defectos(36, "restauracion", "MO", "realizado", "resina", None) == {}


def test_lo_que_queda_cuando_se_trata() -> None:
    assert al_realizar("caries", None) == "restauracion"
    assert al_realizar("sellante", None) == "sellante"
    assert al_realizar("extraccion_indicada", None) == "perdida_por_caries"
    assert al_realizar("extraccion_indicada", "ortodoncia") == "perdida_otra_causa"
    assert al_realizar("movilidad", None) is None
