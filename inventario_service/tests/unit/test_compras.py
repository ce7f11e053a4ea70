"""How much to buy, and in what packages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventario.dominio.compras import Situacion, empaque, enteros

CAJAS = {"caja": Decimal(100), "paquete": Decimal(10)}


def situacion(**cifras: int) -> Situacion:
    return Situacion(**{campo: Decimal(valor) for campo, valor in cifras.items()})


@pytest.mark.parametrize(
    ("cifras", "por_comprar"),
    [
        ({"utilizable": 11, "minimo": 10}, 0),
        ({"utilizable": 10, "minimo": 10}, 10),
        ({"utilizable": 4, "minimo": 10}, 16),
        ({"utilizable": 4, "minimo": 10, "maximo": 50}, 46),
        ({"utilizable": 4, "minimo": 10, "en_pedido": 7}, 0),
        ({"utilizable": 40, "minimo": 10, "reservado": 35, "maximo": 50}, 45),
        ({"utilizable": 10, "minimo": 10, "maximo": 10}, 0),
        ({"utilizable": -3, "minimo": 0}, 3),
        ({}, 0),
        ({"reservado": 8, "utilizable": 3}, 5),
    ],
)
def test_se_compra_hasta_el_maximo_lo_que_no_se_espera_ya(cifras: dict[str, int], por_comprar: int) -> None:
    assert situacion(**cifras).por_comprar == por_comprar


@pytest.mark.parametrize(
    ("cantidad", "habitual", "esperado"),
    [
        (250, None, "caja"),
        (99, None, "paquete"),
        (9, None, "unidad"),
        (9, "caja", "caja"),
        (250, "unidad", "unidad"),
        (250, "frasco", "unidad"),
    ],
)
def test_se_pide_como_la_ultima_vez_o_en_el_empaque_mas_grande(
    cantidad: int, habitual: str | None, esperado: str
) -> None:
    unidad, factor = empaque(Decimal(cantidad), "unidad", CAJAS, habitual)
    assert (unidad, factor) == (esperado, CAJAS.get(esperado, 1))


def test_siempre_empaques_enteros() -> None:
    assert [enteros(Decimal(n), Decimal(100)) for n in (1, 100, 101)] == [1, 1, 2]
