"""What other services ask of the stock."""

from __future__ import annotations

from typing import Any

from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import conocer_centros, ingresar, nuevo_producto

COMO_ESTE = {"If-Match": "*"}


def bajos(api: ApiClient, **consulta: Any) -> tuple[int, list[int]]:
    """How many there are, and which come first."""
    bajo = ok(api.as_("servicio").get("/interno/resumen", query_string=consulta))["stock_bajo"]
    return bajo["total"], [producto["id"] for producto in bajo["primeros"]]


def test_se_cuentan_los_mismos_que_en_la_lista(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    productos = [nuevo_producto(app) for _ in range(12)]
    for producto in productos:
        ingresar(app, producto, 5)
    assert bajos(api) == (0, [])
    for producto in productos[:11]:
        ok(api.put(f"/inventario/productos/{producto}", {"stock_minimo": 9}, headers=COMO_ESTE))
    lista = ok(api.get("/inventario/productos/stock-bajo?total=true"))
    en_orden = [producto["id"] for producto in lista["datos"]]
    assert bajos(api) == (lista["paginacion"]["total"], en_orden[:10]) == (11, en_orden[:10])
    assert bajos(api, centros="1,2")[0] == 11
    assert bajos(api, centros="2") == (0, [])
    ok(api.put(f"/inventario/productos/{productos[0]}", {"activo": False}, headers=COMO_ESTE))
    assert bajos(api)[0] == 10


def test_solo_responde_a_otros_servicios(api: ApiClient) -> None:
    problem(api.get("/interno/resumen"), 403)
