"""Physical counts: what is found, what it differs by, and what closing makes of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import conocer_centros, ingresar, nuevo_producto
from ..libro import cuadra, cuantos, movimiento, por_lote, stock_de


@pytest.fixture
def productos(app: Flask) -> tuple[int, int]:
    """Two products: 10 at 2 each in lots A and B (5 each), and 7 at 1.5 each without lots."""
    conocer_centros(app)
    con_lotes, sin_lotes = (
        nuevo_producto(app, nombre="Anestesia", controla_lotes=True),
        nuevo_producto(app, nombre="B"),
    )
    ingresar(app, con_lotes, 5, lote="A", caducidad=date(2030, 1, 1), costo="2")
    ingresar(app, con_lotes, 5, lote="B", costo="2")
    ingresar(app, sin_lotes, 7, costo="1.5")
    return con_lotes, sin_lotes


def abrir(api: ApiClient) -> int:
    return int(ok(api.post("/inventario/conteos", {"centro_id": 1, "motivo": "Fin de mes"}), 201)["id"])


def contar(api: ApiClient, conteo: int, *lineas: dict[str, Any], **cabeceras: str) -> Any:
    return api.put(f"/inventario/conteos/{conteo}/lineas", {"lineas": lineas}, headers=cabeceras)


def terminar(api: ApiClient, conteo: int, estado: str = "cerrado") -> Any:
    return api.patch(f"/inventario/conteos/{conteo}/estado", {"estado": estado})


def test_de_abrir_a_cerrar(app: Flask, api: ApiClient, productos: tuple[int, int]) -> None:
    con_lotes, sin_lotes = productos
    conteo = abrir(api)
    informe = ok(
        contar(
            api,
            conteo,
            {"producto_id": con_lotes, "lote": "A", "contado": 3},
            {"producto_id": sin_lotes, "contado": "7.5"},
        )
    )
    assert [
        (x["producto"]["nombre"], x["lote"], x["esperado"], x["contado"], x["diferencia"], x["valor"])
        for x in informe["datos"]
    ] == [("Anestesia", "A", 5, 3, -2, -4), ("Anestesia", "B", 5, None, None, None), ("B", None, 7, 7.5, 0.5, 0.75)]
    assert informe["resumen"] == {
        "contados": 2,
        "sin_contar": 1,
        "con_diferencia": 2,
        "sobrante": 0.75,
        "faltante": 4,
        "neto": -3.25,
    }
    assert ok(terminar(api, conteo))["estado"] == "cerrado"
    escritos = ok(api.get("/inventario/movimientos", query_string={"referencia": f"conteo/{conteo}"}))["datos"]
    assert sorted((m["tipo"], m["cantidad"], m["motivo"]) for m in escritos) == [
        ("ajuste", -2, f"Conteo {conteo}: Fin de mes"),
        ("ajuste", 0.5, f"Conteo {conteo}: Fin de mes"),
    ]
    assert {lote: n for (lote, _), n in por_lote(app, con_lotes).items()} == {"A": 3, "B": 5}
    final = ok(api.get(f"/inventario/conteos/{conteo}/diferencias"))
    assert [x["contado"] for x in final["datos"]] == [3, 7.5]
    cuadra(app)


def test_lo_que_se_mueve_despues_de_contar_no_se_pierde(
    app: Flask, api: ApiClient, productos: tuple[int, int]
) -> None:
    conteo = abrir(api)
    ok(contar(api, conteo, {"producto_id": productos[1], "contado": 6}))
    ok(movimiento(api, productos[1], "salida", 4), 201)
    ok(terminar(api, conteo))
    assert stock_de(app, productos[1]) == 2
    cuadra(app)


def test_lo_que_ya_no_puede_ser_se_cuenta_otra_vez(app: Flask, api: ApiClient, productos: tuple[int, int]) -> None:
    conteo = abrir(api)
    ok(contar(api, conteo, {"producto_id": productos[1], "contado": 1}))
    ok(movimiento(api, productos[1], "salida", 4), 201)
    assert "lineas" in problem(terminar(api, conteo), 409, "conteo_desactualizado")["errores"]
    ok(contar(api, conteo, {"producto_id": productos[1], "contado": 3}))
    ok(terminar(api, conteo))
    assert (stock_de(app, productos[1]), cuantos(app)) == (3, 4)


def test_una_bodega_se_cuenta_una_vez_a_la_vez(app: Flask, api: ApiClient, productos: tuple[int, int]) -> None:
    conteo = abrir(api)
    problem(api.post("/inventario/conteos", {"centro_id": 1}), 409, "conteo_abierto")
    problem(terminar(api, conteo), 409, "conteo_vacio")
    ok(contar(api, conteo, {"producto_id": productos[1], "contado": 1}))
    ok(terminar(api, conteo, "anulado"))
    for otra_vez in (terminar(api, conteo), contar(api, conteo, {"producto_id": productos[1], "contado": 1})):
        problem(otra_vez, 409, "conteo_terminado")
    assert stock_de(app, productos[1]) == 7
    abrir(api)
    assert len(ok(api.get("/inventario/conteos?estado=abierto"))["datos"]) == 1


def test_una_linea_se_borra(app: Flask, api: ApiClient, productos: tuple[int, int]) -> None:
    conteo = abrir(api)
    ok(contar(api, conteo, {"producto_id": productos[1], "contado": 1}))
    ok(api.delete(f"/inventario/conteos/{conteo}/lineas/3"), 204)
    problem(api.delete(f"/inventario/conteos/{conteo}/lineas/3"), 404)
    assert ok(api.get(f"/inventario/conteos/{conteo}/diferencias"))["resumen"]["contados"] == 0


MAL_CONTADO: list[dict[str, Any]] = [
    {"contado": -1},
    {"contado": None},
    {"lote": "X"},
    {"lote": None},
    {"unidad": "ml"},
    {"producto_id": 99},
    {"diferencia": 3},
]


def test_lo_mal_contado_no_se_anota(app: Flask, api: ApiClient, productos: tuple[int, int]) -> None:
    conteo = abrir(api)
    buena = {"producto_id": productos[0], "lote": "A", "contado": 1}
    for linea in MAL_CONTADO:
        for lineas in ([buena | linea], [buena, buena | {"contado": 2}]):
            assert "lineas" in problem(contar(api, conteo, *lineas), 422)["errores"]
        assert ok(api.get(f"/inventario/conteos/{conteo}/diferencias"))["resumen"]["contados"] == 0, linea


def test_quien_cuenta_y_quien_cierra(app: Flask, api: ApiClient, productos: tuple[int, int]) -> None:
    cuenta = ["inventario:conteos:editar", "inventario:movimientos:leer"]
    secretaria = api.as_("secretaria", cuenta, centros=[1])
    conteo = abrir(secretaria)
    ok(contar(secretaria, conteo, {"producto_id": productos[1], "contado": 1}))
    problem(terminar(secretaria, conteo), 403)
    ajena = api.as_("secretaria", centros=[2])
    problem(ajena.get(f"/inventario/conteos/{conteo}"), 404)
    problem(terminar(ajena, conteo), 404)
    problem(contar(api, conteo, {"producto_id": productos[1], "contado": 1}, **{"If-Match": '"1"'}), 412)
    ok(terminar(api, conteo))
