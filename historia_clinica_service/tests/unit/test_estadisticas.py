"""Figures that nobody can be known by."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from historia_clinica.dominio.estadisticas import Codigos, Cuasi, Grupos, cuasi_de

MARZO = date(2026, 3, 10)


def contadas(*casos: tuple[int, date, date | None, str | None]) -> list[Cuasi | None]:
    """How each attention is told."""
    formas = [(persona, cuasi_de(dia, nacimiento, sexo)) for persona, dia, nacimiento, sexo in casos]
    grupos = Grupos()
    for persona, de_ella in formas:
        grupos.anotar(persona, de_ella)
    grupos.cerrar()
    return [grupos.como(de_ella) for _persona, de_ella in formas]


def test_cinco_que_se_parecen_se_cuentan_con_mes_y_edad() -> None:
    cinco = [(n, MARZO, date(1990, 1, n), "F") for n in range(1, 6)]
    assert contadas(*cinco) == [Cuasi("2026-03", "35-39", "F")] * 5


def test_cuatro_se_cuentan_con_menos_y_una_sola_no_se_cuenta() -> None:
    cuatro = [(n, MARZO, date(1990, 1, n), "F") for n in range(1, 5)]
    otra = (9, date(2026, 8, 1), date(2000, 1, 1), "F")
    assert contadas(*cuatro) == [None] * 4
    assert contadas(*cuatro, otra) == [Cuasi("2026", "18-39", "F")] * 5


def test_la_misma_persona_cinco_veces_es_una() -> None:
    assert contadas(*[(1, date(2026, mes, 1), date(1990, 1, 1), "M") for mes in range(1, 7)]) == [None] * 6


def test_quien_se_cuenta_con_menos_no_se_esconde_entre_quienes_se_cuentan_con_mas() -> None:
    seis = [(n, MARZO, date(1990, 1, n), "F") for n in range(1, 7)]
    sola = (7, MARZO, date(2004, 1, 1), "F")
    assert contadas(*seis, sola)[-1] is None


@pytest.mark.parametrize(
    ("nacimiento", "grupo"), [(date(1930, 1, 1), "90+"), (date(2026, 3, 1), "0-4"), (None, None)]
)
def test_la_edad_se_cuenta_por_quinquenios(nacimiento: date | None, grupo: str | None) -> None:
    assert cuasi_de(MARZO, nacimiento, None)[0].edad == grupo


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 12),
            st.dates(date(2025, 11, 1), date(2026, 2, 28)),
            st.sampled_from([date(1990, 5, 5), date(1993, 1, 1), date(1960, 1, 1), None]),
            st.sampled_from(["F", "M", None]),
        ),
        max_size=60,
    )
)
def test_nunca_hay_menos_de_cinco_personas_que_se_cuenten_igual(
    casos: list[tuple[int, date, date | None, str | None]],
) -> None:
    personas: dict[Cuasi, set[int]] = defaultdict(set)
    for (persona, *_), dicho in zip(casos, contadas(*casos), strict=True):
        if dicho is not None:
            personas[dicho].add(persona)
    assert all(len(ellas) >= 5 for ellas in personas.values())


def test_un_diagnostico_raro_se_cuenta_por_su_categoria() -> None:
    codigos = Codigos()
    for persona in range(1, 6):
        codigos.anotar(persona, "K02.1")
        codigos.anotar(persona, "K05.0" if persona < 3 else "K05.1")
    codigos.anotar(1, "Q87.4")
    codigos.cerrar()
    assert [codigos.como(codigo) for codigo in ("K02.1", "K05.0", "K05.1", "Q87.4")] == [
        "K02.1",
        "K05",
        "K05",
        "otros",
    ]
