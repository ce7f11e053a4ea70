"""Loading many products: all or none, with a report of every row at fault."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..consultas import eventos

URL = "/inventario/productos"


def cargar(api: ApiClient, filas: Any) -> Any:
    return api.post(f"{URL}/carga", filas)


def test_se_cargan_como_uno_a_uno(api: ApiClient, app: Flask) -> None:
    filas = [
        {
            "nombre": "Lidocaína",
            "codigo": "P00002",
            "categoria": "Anestesia",
            "unidad": "ml",
            "costo_unitario": "0.5",
        },
        {"nombre": "Articaína", "categoria": "ANESTESIA", "tarifa_iva": 0, "tarifa_desde": "2024-04-01"},
        {"nombre": "Guantes", "presentaciones": [{"nombre": "Caja", "factor": 100}], "stock_minimo": 5},
    ]
    assert ok(cargar(api, filas), 201) == {"creados": 3, "ids": [1, 2, 3], "advertencias": {}}
    leidos = ok(api.get(f"{URL}?orden=id"))["datos"]
    assert [p["codigo"] for p in leidos] == ["P00002", "P00003", "P00004"]
    assert [p["categoria"] for p in leidos] == ["Anestesia", "Anestesia", None]
    assert [p["tarifa_iva"] for p in leidos] == [15, 0, 15]
    assert leidos[2]["presentaciones"] == [{"nombre": "caja", "factor": 100}]
    assert [(tipo, sujeto) for tipo, sujeto, _ in eventos(app, "producto.")] == [
        ("producto.creado.v1", f"producto/{n}") for n in (1, 2, 3)
    ]
    cambio = api.put(f"{URL}/1", {"nombre": "Lidocaína 2 %"}, headers={"If-Match": '"1"'})
    assert ok(cambio)["costo_unitario"] == 0.5


def test_todo_o_nada_con_cada_fila_y_su_error(api: ApiClient) -> None:
    filas = [{"nombre": "Buena"}, {}, {"nombre": "X", "stock_actual": 3}, {"nombre": "X", "color": "azul"}, "no"]
    errores = problem(cargar(api, filas), 422)["errores"]
    assert {lugar: [*campos] for lugar, campos in errores.items()} == {
        "1": ["nombre"], "2": ["stock_actual"], "3": ["color"], "4": ["_schema"],
    }  # fmt: skip
    assert ok(api.get(URL))["datos"] == []


def test_lo_que_choca_con_lo_que_hay_o_entre_si(api: ApiClient) -> None:
    ok(api.post(URL, {"nombre": "X", "codigo": "A"}), 201)
    filas = [
        {"nombre": "X", "codigo": "A"},
        {"nombre": "X", "codigo": "B"},
        {"nombre": "X", "codigo": "B"},
        {"nombre": "X", "proveedor_id": 99},
        {"nombre": "X", "categoria": "Nueva"},
    ]
    errores = problem(cargar(api, filas), 422, "carga_invalida")["errores"]
    assert {lugar: [*campos] for lugar, campos in errores.items()} == {
        "0": ["codigo"], "1": ["codigo"], "2": ["codigo"], "3": ["proveedor_id"],
    }  # fmt: skip
    assert ok(api.get("/inventario/categorias"))["datos"] == []


@pytest.mark.parametrize("cuerpo", [{}, "x", 5, None, [[]]])
def test_lo_que_no_es_una_lista_de_filas_se_rechaza(api: ApiClient, cuerpo: Any) -> None:
    assert cargar(api, cuerpo).status_code in (400, 422)


def test_una_lista_vacia_no_hace_nada(api: ApiClient) -> None:
    assert ok(cargar(api, []), 201) == {"creados": 0, "ids": [], "advertencias": {}}


def test_muchas_filas_y_otra_vez_con_la_misma_clave(api: ApiClient) -> None:
    filas = [{"nombre": f"Producto {n}", "categoria": f"C {n % 7}"} for n in range(1100)]
    for _ in range(2):
        cargados = ok(api.post(f"{URL}/carga", filas, headers={"Idempotency-Key": "carga-1"}), 201)
        assert len(cargados["ids"]) == 1100
    assert ok(api.get(f"{URL}?total=si&tamano=1"))["paginacion"]["total"] == 1100
