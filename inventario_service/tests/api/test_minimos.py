"""How much centres should have, what is low by it, and what there is of a product and where."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..consultas import eventos
from ..existencias import sacar
from ..fabricas import conocer_centros, ingresar, nuevo_producto

URL = "/inventario/productos"
COMO_ESTE = {"If-Match": "*"}


def fijar(api: ApiClient, producto: int, *minimos: dict[str, Any]) -> Any:
    return api.put(f"{URL}/{producto}/minimos", {"minimos": [*minimos]}, headers=COMO_ESTE)


def bajos(api: ApiClient, **consulta: Any) -> dict[int, list[int]]:
    """Product → centres where it is low."""
    datos = ok(api.get(f"{URL}/stock-bajo", query_string=consulta))["datos"]
    return {producto["id"]: [centro["centro_id"] for centro in producto["centros"]] for producto in datos}


SIN_SENTIDO: list[Any] = [
    [{"centro_id": 1, "minimo": -1}],
    [{"centro_id": 1}],
    [{"centro_id": 1, "minimo": 5, "maximo": 4}],
    [{"centro_id": 99, "minimo": 1}],
    [{"centro_id": 1, "minimo": 1}, {"centro_id": 1, "minimo": 2}],
]


class TestMinimos:
    def test_cada_centro_tiene_el_suyo(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        fijados = fijar(api, producto, {"centro_id": 2, "minimo": 3}, {"centro_id": 1, "minimo": 5, "maximo": 20})
        esperados = [
            {"centro_id": 1, "minimo": 5, "maximo": 20},
            {"centro_id": 2, "minimo": 3, "maximo": None},
        ]
        assert ok(fijados)["minimos"] == esperados
        leidos = api.get(f"{URL}/{producto}/minimos")
        assert (ok(leidos)["minimos"], leidos.headers["ETag"]) == (esperados, fijados.headers["ETag"])
        assert ok(fijar(api, producto, {"centro_id": 1, "minimo": 6}))["minimos"] == [
            {"centro_id": 1, "minimo": 6, "maximo": None}
        ]

    def test_lo_que_no_tiene_sentido_se_rechaza(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        for minimos in SIN_SENTIDO:
            assert [*problem(fijar(api, producto, *minimos), 422)["errores"]] == ["minimos"], minimos
            assert ok(api.get(f"{URL}/{producto}/minimos"))["minimos"] == [], minimos

    def test_la_secretaria_cambia_solo_los_de_sus_centros(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        ajeno, propio = {"centro_id": 2, "minimo": 3}, {"centro_id": 1, "minimo": 5}
        ok(fijar(api, producto, ajeno, propio))
        quien = api.as_("secretaria", centros=[1])
        problem(fijar(quien, producto, propio, {**ajeno, "minimo": 4}), 403, "centro_ajeno")
        ok(fijar(quien, producto, ajeno, {**propio, "minimo": 6}))
        assert [uno["minimo"] for uno in ok(fijar(quien, producto))["minimos"]] == [3]

    def test_lo_que_queda_bajo_se_anuncia_una_vez_y_lo_repuesto_tambien(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        ingresar(app, producto, 10)
        assert eventos(app, "stock.") == []
        ok(fijar(api, producto, {"centro_id": 1, "minimo": 12}))
        ok(fijar(api, producto, {"centro_id": 1, "minimo": 11}))
        ok(api.put(f"{URL}/{producto}", {"stock_minimo": 50}, headers=COMO_ESTE))
        assert [(tipo, datos["minimo"]) for tipo, _, datos in eventos(app, "stock.")] == [("stock.bajo.v1", 12)]
        ok(fijar(api, producto, {"centro_id": 1, "minimo": 9}))
        assert [tipo for tipo, _, _ in eventos(app, "stock.")] == ["stock.bajo.v1", "stock.repuesto.v1"]
        ok(fijar(api, producto))
        assert eventos(app, "stock.")[-1][2]["minimo"] == 50


class TestStockBajo:
    def test_donde_falta_de_que(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        sobra, falta, nunca = (nuevo_producto(app, stock_minimo=5) for _ in range(3))
        for centro in (1, 2):
            ingresar(app, sobra, 10, centro_id=centro)
            ingresar(app, falta, 6, centro_id=centro)
        assert bajos(api) == {nunca: []}
        sacar(app, falta, 1, centro_id=2)
        assert bajos(api) == {falta: [2], nunca: []}
        assert (bajos(api, centro_id=2), bajos(api, centro_id=1)) == ({falta: [2]}, {})
        [uno] = ok(api.get(f"{URL}/stock-bajo?centro_id=2"))["datos"]
        assert (uno["stock_actual"], uno["centros"][0]["stock_minimo"]) == (5, 5)

    def test_lo_que_no_se_usa_no_falta(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        nuevo_producto(app, stock_minimo=5, activo=False)
        nuevo_producto(app)
        assert bajos(api) == {}

    def test_un_centro_que_deberia_tenerlo_y_no_tiene_esta_bajo(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        ok(fijar(api, producto, {"centro_id": 3, "minimo": 2, "maximo": 8}))
        [uno] = ok(api.get(f"{URL}/stock-bajo"))["datos"]
        [centro] = uno["centros"]
        assert centro.pop("bajo_desde")
        assert centro == {"centro_id": 3, "stock_actual": 0, "stock_minimo": 2, "stock_maximo": 8}

    def test_se_filtra(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        uno = ok(api.post(URL, {"nombre": "A", "categoria": "Anestesia", "stock_minimo": 1}), 201)["id"]
        ok(api.post(URL, {"nombre": "B", "stock_minimo": 1}), 201)
        assert bajos(api, categoria="anestesia") == {uno: []}


class TestExistencias:
    def test_por_centro_bodega_y_lote(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app, stock_minimo=5)
        ingresar(app, producto, 4, lote="B", caducidad=date(2040, 1, 1), costo="2")
        ingresar(app, producto, "2.5", lote="A", caducidad=date(2020, 1, 1))
        ingresar(app, producto, 7, centro_id=2)
        todas = ok(api.get(f"{URL}/{producto}/existencias"))
        assert (todas["stock_actual"], todas["unidad"]) == (13.5, "unidad")
        uno, dos = todas["centros"]
        assert (uno["nombre"], uno["stock_actual"], uno["stock_minimo"]) == ("Centro 1", 6.5, 5)
        [bodega] = uno["bodegas"]
        assert (bodega["nombre"], bodega["principal"], bodega["cantidad"]) == ("Principal", True, 6.5)
        assert [(x["codigo"], x["caducado"], x["cantidad"]) for x in bodega["lotes"]] == [
            ("A", True, 2.5),
            ("B", False, 4),
        ]
        assert [x["codigo"] for x in dos["bodegas"][0]["lotes"]] == [None]
        assert [c["centro_id"] for c in ok(api.get(f"{URL}/{producto}/existencias?centro_id=2"))["centros"]] == [2]

    def test_el_costo_solo_lo_ve_quien_puede(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        ingresar(app, producto, 1)
        quien = api.as_("medico", ["inventario:productos:leer"], doctor_id=1)
        [centro] = ok(quien.get(f"{URL}/{producto}/existencias"))["centros"]
        assert "costo" not in centro["bodegas"][0]["lotes"][0]
