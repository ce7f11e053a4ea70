"""Transfers: two linked movements for each lot, or none at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import conocer_centros, ingresar, nuevo_producto
from ..libro import bodega, cuadra, cuantos, por_lote, stock_de


@pytest.fixture
def bodegas(app: Flask) -> tuple[int, int]:
    """The principal warehouses of two centres."""
    conocer_centros(app)
    return bodega(app, 1), bodega(app, 2)


def trasladar(api: ApiClient, bodegas: tuple[int, int], *lineas: dict[str, Any], **datos: Any) -> Any:
    return api.post(
        "/inventario/traslados", {"origen_id": bodegas[0], "destino_id": bodegas[1], "lineas": lineas, **datos}
    )


def test_lo_que_sale_de_un_centro_llega_al_otro(app: Flask, api: ApiClient, bodegas: tuple[int, int]) -> None:
    guantes, anestesia = nuevo_producto(app), nuevo_producto(app, unidad="ml")
    ingresar(app, guantes, 10, costo="2")
    ingresar(app, anestesia, 3, lote="TARDE", caducidad=date(2031, 1, 1))
    ingresar(app, anestesia, 3, lote="PRONTO", caducidad=date(2030, 1, 1))
    respuesta = trasladar(
        api,
        bodegas,
        {"producto_id": guantes, "cantidad": 4},
        {"producto_id": anestesia, "cantidad": "0.005", "unidad": "l"},
        motivo="Reparto",
    )
    traslado = ok(respuesta, 201)
    assert respuesta.headers["Location"] == f"/inventario/traslados/{traslado['id']}"
    assert [(linea["lote"], linea["cantidad"]) for linea in traslado["lineas"]] == [
        (None, 4),
        ("PRONTO", 3),
        ("TARDE", 2),
    ]
    assert (traslado["origen"]["centro_id"], traslado["destino"]["centro_id"], traslado["por"]) == (1, 2, "usuario:1")
    assert por_lote(app, anestesia) == {("TARDE", bodegas[0]): 1, ("PRONTO", bodegas[1]): 3, ("TARDE", bodegas[1]): 2}
    filtro = {"referencia": f"traslado/{traslado['id']}"}
    escritos = ok(api.get("/inventario/movimientos", query_string=filtro))["datos"]
    assert len(escritos) == 6
    assert {m["traslado_id"] for m in escritos} == {traslado["id"]}
    assert ok(api.get(respuesta.headers["Location"])) == traslado
    cuadra(app)


def test_dentro_de_un_centro_su_stock_no_cambia(app: Flask, api: ApiClient, bodegas: tuple[int, int]) -> None:
    producto = nuevo_producto(app)
    ingresar(app, producto, 10)
    ok(trasladar(api, (bodegas[0], bodega(app, 1, "Sillón 2")), {"producto_id": producto, "cantidad": 10}), 201)
    assert stock_de(app, producto) == 10
    cuadra(app)


def test_si_una_linea_no_alcanza_no_sale_ninguna(app: Flask, api: ApiClient, bodegas: tuple[int, int]) -> None:
    uno, otro = nuevo_producto(app), nuevo_producto(app, permite_negativo=True)
    ingresar(app, uno, 10)
    lineas = [{"producto_id": uno, "cantidad": 1}, {"producto_id": otro, "cantidad": 1}]
    problem(trasladar(api, bodegas, *lineas), 409, "stock_insuficiente")
    assert (cuantos(app), stock_de(app, uno)) == (1, 10)
    assert ok(api.get("/inventario/traslados"))["datos"] == []


def test_lo_caducado_se_aparta_si_se_nombra(app: Flask, api: ApiClient, bodegas: tuple[int, int]) -> None:
    producto = nuevo_producto(app)
    ingresar(app, producto, 10, lote="VIEJO", caducidad=date(2020, 1, 1))
    cuarentena = bodegas[0], bodega(app, 1, "Cuarentena")
    problem(trasladar(api, cuarentena, {"producto_id": producto, "cantidad": 1}), 409, "stock_insuficiente")
    ok(trasladar(api, cuarentena, {"producto_id": producto, "cantidad": 10, "lote": "VIEJO"}), 201)


def test_se_corrige_por_los_dos_lados(app: Flask, api: ApiClient, bodegas: tuple[int, int]) -> None:
    producto = nuevo_producto(app)
    ingresar(app, producto, 10, lote="A")
    ingresar(app, producto, 10, lote="B")
    lineas = [{"producto_id": producto, "cantidad": n, "lote": lote} for n, lote in ((4, "A"), (5, "B"))]
    traslado = ok(trasladar(api, bodegas, *lineas), 201)
    salida = traslado["lineas"][0]["movimiento_id"]
    ruta = f"/inventario/movimientos/{salida}/correccion"
    problem(api.as_("secretaria", centros=[1]).post(ruta, {"motivo": "x"}), 403, "centro_ajeno")
    hecho = ok(api.post(ruta, {"motivo": "No llegó"}), 201)
    assert sorted(m["cantidad"] for m in hecho["movimientos"]) == [-4, 4]
    problem(api.post(f"/inventario/movimientos/{salida + 1}/correccion", {"motivo": "x"}), 409)
    assert (stock_de(app, producto), stock_de(app, producto, 2)) == (15, 5)
    assert ok(api.get(f"/inventario/traslados/{traslado['id']}")) == traslado
    cuadra(app)


MAL_PEDIDOS: list[tuple[dict[str, Any], str]] = [
    ({"destino_id": 1}, "destino_id"),
    ({"destino_id": 99}, "destino_id"),
    ({"origen_id": 99}, "origen_id"),
    ({"lineas": []}, "lineas"),
    ({"lineas": [{"producto_id": 99, "cantidad": 1}]}, "lineas"),
    ({"lineas": [{"producto_id": 1, "cantidad": -1}]}, "lineas"),
    ({"lineas": [{"producto_id": 1, "cantidad": 0}]}, "lineas"),
    ({"lineas": [{"producto_id": 1, "cantidad": 1, "lote": "X"}]}, "lineas"),
    ({"lineas": [{"producto_id": 1, "cantidad": 1, "unidad": "ml"}]}, "lineas"),
    ({"lineas": [{"producto_id": 1, "cantidad": 1}, {"producto_id": 1, "cantidad": 1}]}, "lineas"),
    ({"lineas": [{"producto_id": 1, "cantidad": 1, "lote": "A"}, {"producto_id": 1, "cantidad": 1}]}, "lineas"),
]


def test_lo_mal_pedido_no_mueve_nada(app: Flask, api: ApiClient, bodegas: tuple[int, int]) -> None:
    ingresar(app, nuevo_producto(app), 5, lote="A")
    for cambios, donde in MAL_PEDIDOS:
        cuerpo = {"origen_id": bodegas[0], "destino_id": bodegas[1], "lineas": [{"producto_id": 1, "cantidad": 1}]}
        assert donde in problem(api.post("/inventario/traslados", cuerpo | cambios), 422)["errores"], cambios
        assert cuantos(app) == 1, cambios


def test_quien_los_hace_y_quien_los_ve(app: Flask, api: ApiClient, bodegas: tuple[int, int]) -> None:
    producto = nuevo_producto(app)
    ingresar(app, producto, 5)
    linea = {"producto_id": producto, "cantidad": 1}
    for centros in ([1], [2]):
        problem(trasladar(api.as_("secretaria", centros=centros), bodegas, linea), 403, "centro_ajeno")
    ok(trasladar(api.as_("secretaria", centros=[1, 2]), bodegas, linea), 201)
    for centro, ve in ((1, 1), (2, 1), (3, 0)):
        secretaria = api.as_("secretaria", centros=[centro])
        assert len(ok(secretaria.get("/inventario/traslados"))["datos"]) == ve
        assert secretaria.get("/inventario/traslados/1").status_code == (200 if ve else 404)
    for filtro, hay in (({"centro_id": 2}, 1), ({"centro_id": 3}, 0), ({"producto_id": producto}, 1)):
        assert len(ok(api.get("/inventario/traslados", query_string=filtro))["datos"]) == hay
