"""Vital signs: what a body can have, what is usual at its age, and what is computed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from historia_clinica.dominio.signos import SIGNOS, GrupoEdad, fuera_de_rango, grupo_de, imc, posible, revisar, usual

HOY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("nacimiento", "grupo"),
    [
        (date(2026, 3, 15), GrupoEdad.NEONATO),
        (date(2026, 2, 16), GrupoEdad.NEONATO),
        (date(2026, 2, 15), GrupoEdad.LACTANTE),
        (date(2025, 3, 15), GrupoEdad.NINO_PEQUENO),
        (date(2008, 3, 16), GrupoEdad.ADOLESCENTE),
        (date(2008, 3, 15), GrupoEdad.ADULTO),
        (date(2026, 3, 16), None),
        (None, None),
    ],
)
def test_el_grupo_de_edad_cambia_el_dia_del_cumpleanos(nacimiento: date | None, grupo: GrupoEdad | None) -> None:
    assert grupo_de(nacimiento, HOY) == grupo


@pytest.mark.parametrize(
    ("signos", "grupo", "campo"),
    [
        ({"temperatura_c": Decimal("98.6")}, None, "temperatura_c"),
        ({"saturacion_o2_pct": 101}, None, "saturacion_o2_pct"),
        ({"dolor": 11}, None, "dolor"),
        ({"peso_kg": Decimal(70)}, GrupoEdad.LACTANTE, "peso_kg"),
        ({"talla_cm": Decimal("1.75")}, GrupoEdad.ADULTO, "talla_cm"),
        ({"presion_sistolica_mmhg": 80, "presion_diastolica_mmhg": 120}, None, "presion_diastolica_mmhg"),
        ({"presion_diastolica_mmhg": 80}, None, "presion_diastolica_mmhg"),
        ({"pulso_lpm": None}, None, "_cuerpo"),
    ],
)
def test_lo_imposible_no_se_anota(signos: dict[str, Any], grupo: GrupoEdad | None, campo: str) -> None:
    assert [*revisar(signos, grupo)] == [campo]


def test_lo_raro_se_anota_y_se_marca_segun_la_edad() -> None:
    signos = {"pulso_lpm": 130, "temperatura_c": Decimal("38.5"), "presion_sistolica_mmhg": 88}
    assert revisar(signos, GrupoEdad.ADULTO) == {}

    def marcas(grupo: GrupoEdad | None) -> list[tuple[str, str]]:
        return [(fila["campo"], fila["sentido"]) for fila in fuera_de_rango(signos, grupo)]

    fiebre = ("temperatura_c", "alto")
    assert marcas(GrupoEdad.ADULTO) == [fiebre, ("pulso_lpm", "alto"), ("presion_sistolica_mmhg", "bajo")]
    assert marcas(GrupoEdad.NINO_PEQUENO) == [fiebre]
    assert marcas(None) == [fiebre]


def test_lo_usual_es_posible_a_cualquier_edad() -> None:
    for campo, signo in SIGNOS.items():
        for grupo in (*GrupoEdad, None):
            minimo, maximo = posible(campo, grupo)
            assert signo.minimo <= minimo < maximo <= signo.maximo
            if rango := usual(campo, grupo):
                assert minimo <= rango[0] < rango[1] <= maximo, (campo, grupo)


def test_el_indice_de_masa_corporal_es_de_los_dos() -> None:
    assert imc(Decimal("70"), Decimal("175")) == Decimal("22.9")
    assert imc(Decimal("70"), None) is None
    gordo = {"imc": Decimal("31.0")}
    assert [m["sentido"] for m in fuera_de_rango(gordo, GrupoEdad.ADULTO)] == ["alto"]
    assert fuera_de_rango(gordo, GrupoEdad.ESCOLAR) == []
