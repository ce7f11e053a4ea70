"""What a recipe asks for, and what is taken for it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventario.dominio.recetas import (
    LineaReceta,
    Necesidad,
    RecetaVigente,
    elegir,
    encierra_ciclo,
    necesidades,
)

GUANTES, RESINA, OTRA_RESINA, ANESTESIA, CARPULE = 1, 2, 3, 4, 5
LIMPIEZA, CALZA, BASICO, CIRUGIA = 10, 20, 30, 40


def usa(producto_id: int, cantidad: str, *, opcional: bool = False, alternativa: str | None = None) -> LineaReceta:
    return LineaReceta(producto_id, None, Decimal(cantidad), opcional, alternativa)


def incluye(tratamiento_id: int, veces: str = "1", *, opcional: bool = False) -> LineaReceta:
    return LineaReceta(None, tratamiento_id, Decimal(veces), opcional)


def recetario(**recetas: list[LineaReceta]) -> dict[int, RecetaVigente]:
    nombres = {"limpieza": LIMPIEZA, "calza": CALZA, "basico": BASICO, "cirugia": CIRUGIA}
    return {
        nombres[nombre]: RecetaVigente(nombres[nombre] + 100, nombres[nombre], tuple(lineas))
        for nombre, lineas in recetas.items()
    }


def pide(producto_id: int, cantidad: str, *otras: tuple[int, str], opcional: bool = False) -> Necesidad:
    opciones = tuple((producto, Decimal(cuanto)) for producto, cuanto in [(producto_id, cantidad), *otras])
    return Necesidad(BASICO + 100, BASICO, opciones, opcional)


def tomado(pedidas: list[Necesidad], **hay: str) -> list[tuple[int, Decimal, Decimal]]:
    productos = {"guantes": GUANTES, "resina": RESINA, "otra": OTRA_RESINA, "anestesia": ANESTESIA}
    disponible = {productos[nombre]: Decimal(cantidad) for nombre, cantidad in hay.items()}
    return [(e.producto_id, e.cantidad, e.faltante) for e in elegir(pedidas, disponible)]


def test_lo_que_usa_un_tratamiento_va_por_las_veces_que_se_hace() -> None:
    recetas = recetario(limpieza=[usa(GUANTES, "2"), usa(RESINA, "0.5")])
    assert necesidades(LIMPIEZA, Decimal("1.5"), recetas) == [
        Necesidad(110, LIMPIEZA, ((GUANTES, Decimal(3)),)),
        Necesidad(110, LIMPIEZA, ((RESINA, Decimal("0.75")),)),
    ]


def test_sin_receta_no_usa_nada() -> None:
    assert necesidades(LIMPIEZA, Decimal(1), {}) == []


def test_lo_incluido_es_del_tratamiento_agendado_por_su_propia_receta() -> None:
    recetas = recetario(
        calza=[usa(RESINA, "1"), incluye(BASICO, "2")],
        basico=[usa(GUANTES, "2"), incluye(CIRUGIA, opcional=True)],
        cirugia=[usa(ANESTESIA, "3")],
    )
    assert necesidades(CALZA, Decimal(2), recetas) == [
        Necesidad(120, CALZA, ((RESINA, Decimal(2)),)),
        Necesidad(130, CALZA, ((GUANTES, Decimal(8)),)),
        Necesidad(140, CALZA, ((ANESTESIA, Decimal(12)),), opcional=True),
    ]


def test_lo_que_se_incluye_por_dos_caminos_se_suma() -> None:
    recetas = recetario(
        cirugia=[incluye(BASICO), incluye(LIMPIEZA), incluye(CALZA)],
        calza=[incluye(BASICO, opcional=True)],
        limpieza=[incluye(BASICO, "2")],
        basico=[usa(GUANTES, "1")],
    )
    assert necesidades(CIRUGIA, Decimal(1), recetas) == [
        Necesidad(130, CIRUGIA, ((GUANTES, Decimal(3)),)),
        Necesidad(130, CIRUGIA, ((GUANTES, Decimal(1)),), opcional=True),
    ]


def test_las_alternativas_son_una_sola_necesidad_en_su_orden() -> None:
    recetas = recetario(
        calza=[usa(RESINA, "1", alternativa="resina"), usa(GUANTES, "2"), usa(OTRA_RESINA, "3", alternativa="resina")]
    )
    assert [n.opciones for n in necesidades(CALZA, Decimal(1), recetas)] == [
        ((RESINA, Decimal(1)), (OTRA_RESINA, Decimal(3))),
        ((GUANTES, Decimal(2)),),
    ]


def test_una_receta_que_se_incluyera_a_si_misma_se_lee_una_vez() -> None:
    recetas = recetario(calza=[usa(RESINA, "1"), incluye(BASICO)], basico=[usa(GUANTES, "1"), incluye(CALZA)])
    assert [n.productos for n in necesidades(CALZA, Decimal(1), recetas)] == [(RESINA,), (GUANTES,)]


def test_cantidades_que_no_son_nada_o_son_absurdas() -> None:
    recetas = recetario(calza=[usa(RESINA, "0.000001"), incluye(BASICO, "999999999")], basico=[usa(GUANTES, "1000")])
    assert [n.opciones for n in necesidades(CALZA, Decimal("0.1"), recetas)] == [((GUANTES, Decimal(10) ** 9),)]


@pytest.mark.parametrize(
    ("hay", "elegido"),
    [
        ({"resina": "5", "otra": "5"}, (RESINA, 2, 0)),
        ({"resina": "1", "otra": "5"}, (OTRA_RESINA, 3, 0)),
        ({"resina": "1", "otra": "2"}, (RESINA, 2, 1)),
        ({}, (RESINA, 2, 2)),
        ({"resina": "-4"}, (RESINA, 2, 2)),
    ],
)
def test_se_toma_la_primera_que_alcanza_entera(hay: dict[str, str], elegido: tuple[int, int, int]) -> None:
    assert tomado([pide(RESINA, "2", (OTRA_RESINA, "3"))], **hay) == [elegido]


def test_lo_opcional_que_no_alcanza_se_deja() -> None:
    assert tomado([pide(ANESTESIA, "2", opcional=True)], anestesia="1") == []
    assert tomado([pide(ANESTESIA, "2", opcional=True)], anestesia="2") == [(ANESTESIA, 2, 0)]


def test_lo_opcional_no_quita_a_lo_necesario_ni_lo_que_puede_elegir_a_lo_que_no() -> None:
    pedidas = [
        pide(RESINA, "1", opcional=True),
        pide(RESINA, "1", (OTRA_RESINA, "1")),
        pide(RESINA, "1"),
    ]
    assert tomado(pedidas, resina="1", otra="1") == [(OTRA_RESINA, 1, 0), (RESINA, 1, 0)]


def test_lo_que_uno_toma_le_falta_al_otro() -> None:
    assert tomado([pide(GUANTES, "2"), pide(GUANTES, "2")], guantes="3") == [(GUANTES, 2, 0), (GUANTES, 2, 1)]


@pytest.mark.parametrize(
    ("grafo", "hay_ciclo"),
    [
        ({1: [1]}, True),
        ({1: [2], 2: [3], 3: [1]}, True),
        ({1: [2, 3], 2: [3], 3: []}, False),
        ({1: [2], 2: [3], 3: [2]}, False),
        ({}, False),
    ],
)
def test_un_tratamiento_que_se_incluye_a_si_mismo(grafo: dict[int, list[int]], hay_ciclo: bool) -> None:
    assert encierra_ciclo(1, grafo) is hay_ciclo
