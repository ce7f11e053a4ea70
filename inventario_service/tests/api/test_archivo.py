"""The ledger in lists and as a file."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from inventario.casos_de_uso import archivo
from inventario.extensiones import db

from ..fabricas import conocer_centros, ingresar, nuevo_producto
from ..libro import movimiento


@pytest.fixture
def producto(app: Flask, api: ApiClient) -> int:
    """A product with five movements: in at two centres, out, an adjustment, and what takes that back."""
    conocer_centros(app)
    producto_id = nuevo_producto(app, codigo="=2+2", nombre='Gasa, "fina"')
    ingresar(app, producto_id, 10, lote="A")
    ingresar(app, producto_id, 5, centro_id=3)
    ok(movimiento(api, producto_id, "salida", 2, referencia="V-1"), 201)
    ok(movimiento(api, producto_id, "ajuste", "-0.5", motivo="=HYPERLINK(1)"), 201)
    ok(api.post("/inventario/movimientos/4/correccion", {"motivo": "No era"}), 201)
    ingresar(app, nuevo_producto(app), 1)
    return producto_id


def filas(api: ApiClient, **filtro: Any) -> list[dict[str, str]]:
    respuesta = api.get("/inventario/movimientos.csv", query_string=filtro)
    assert respuesta.status_code == 200
    assert respuesta.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(respuesta.get_data(as_text=True))))


def test_el_kardex_va_de_lo_ultimo_a_lo_primero(api: ApiClient, producto: int) -> None:
    ruta = f"/inventario/productos/{producto}/movimientos"
    primera = ok(api.get(ruta, query_string={"tamano": 3, "total": True}))
    assert [m["id"] for m in primera["datos"]] == [5, 4, 3]
    assert primera["paginacion"]["total"] == 5
    segunda = ok(api.get(ruta, query_string={"tamano": 3, "cursor": primera["paginacion"]["siguiente"]}))
    assert [(m["id"], m["saldo"]) for m in segunda["datos"]] == [(2, 5), (1, 10)]
    problem(api.get("/inventario/productos/99/movimientos"), 404)


SE_FILTRAN: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [1, 2, 3, 4, 5, 6]),
    ({"tipo": "Salida"}, [3]),
    ({"type": "ajuste"}, [4, 5]),
    ({"producto_id": 1}, [1, 2, 3, 4, 5]),
    ({"centro_id": 3}, [2]),
    ({"lote_id": 1}, [1, 3, 4, 5]),
    ({"bodega_id": 2}, [2]),
    ({"referencia": "V-1"}, [3]),
    ({"desde": "2020-01-01", "hasta": "2020-12-31"}, []),
    ({"start_date": "2020-01-01"}, [1, 2, 3, 4, 5, 6]),
]


def test_la_lista_y_el_archivo_se_filtran_igual(api: ApiClient, producto: int) -> None:
    for filtro, ids in SE_FILTRAN:
        lista = ok(api.get("/inventario/movimientos", query_string=filtro))["datos"]
        assert [m["id"] for m in lista] == ids[::-1], filtro
        assert [int(fila["id"]) for fila in filas(api, **filtro)] == ids, filtro


NO_SE_ENTIENDEN: list[tuple[dict[str, Any], str]] = [
    ({"tipo": "robo"}, "tipo"),
    ({"desde": "ayer"}, "desde"),
    ({"desde": "2026-02-01", "hasta": "2026-01-01"}, "hasta"),
    ({"producto": "x"}, "producto_id"),
    ({"color": "rojo"}, "color"),
]


def test_un_filtro_que_no_se_entiende(api: ApiClient) -> None:
    for filtro, campo in NO_SE_ENTIENDEN:
        for ruta in ("movimientos", "movimientos.csv"):
            errores = problem(api.get(f"/inventario/{ruta}", query_string=filtro), 422)["errores"]
            assert {campo, "producto"} & set(errores)


def test_el_archivo_sale_entero_por_partes(api: ApiClient, producto: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archivo, "POR_VEZ", 2)
    todas = filas(api)
    assert [int(fila["id"]) for fila in todas] == [1, 2, 3, 4, 5, 6]
    assert set(todas[0]) == set(archivo.COLUMNAS)
    ajuste = todas[3]
    assert (ajuste["cantidad"], ajuste["saldo"], ajuste["corregido_por_id"]) == ("-0.5", "7.5", "5")
    assert (ajuste["producto"], ajuste["centro"], ajuste["lote"]) == ('Gasa, "fina"', "Centro 1", "A")


def test_quien_lee_despacio_no_ocupa_una_conexion(
    app: Flask, api: ApiClient, producto: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archivo, "POR_VEZ", 2)
    respuesta = api.get("/inventario/movimientos.csv", buffered=False)
    partes = iter(respuesta.response)
    assert [len(str(next(partes), "utf-8").splitlines()) for _ in range(2)] == [1, 2]
    with app.app_context():
        assert db.engine.pool.checkedout() == 0
    assert sum(len(str(parte, "utf-8").splitlines()) for parte in partes) == 4


def test_una_hoja_de_calculo_no_lo_toma_por_formula(api: ApiClient, producto: int) -> None:
    fila = filas(api, producto_id=producto, tipo="ajuste")[0]
    assert (fila["motivo"], fila["producto_codigo"]) == ("'=HYPERLINK(1)", "'=2+2")


def test_cada_uno_baja_lo_de_su_centro(api: ApiClient, producto: int) -> None:
    assert [fila["id"] for fila in filas(api.as_("secretaria", centros=[3]))] == ["2"]
    respuesta = api.get("/inventario/movimientos.csv", query_string={"desde": "2026-01-01"})
    assert respuesta.headers["Content-Disposition"] == 'attachment; filename="movimientos-2026-01-01.csv"'
    problem(api.as_("medico", []).get("/inventario/movimientos.csv"), 403)
