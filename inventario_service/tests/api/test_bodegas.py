"""Warehouses: each centre that has any has one that is principal."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.extensiones import db
from inventario.modelos import Conteo

from ..existencias import pedir, sacar
from ..fabricas import conocer_centros, ingresar, nuevo_producto

URL = "/inventario/bodegas"


@pytest.fixture(autouse=True)
def centros(app: Flask) -> None:
    conocer_centros(app)


def crear(api: ApiClient, nombre: str, centro_id: int = 1, **mas: Any) -> dict[str, Any]:
    return dict(ok(api.post(URL, {"nombre": nombre, "centro_id": centro_id, **mas}), 201))


def principales(api: ApiClient) -> list[str]:
    return [bodega["nombre"] for bodega in ok(api.get(f"{URL}?principal=si"))["datos"]]


def test_la_primera_es_la_principal_y_otra_puede_pasar_a_serlo(api: ApiClient) -> None:
    primera, segunda = crear(api, "Botiquín"), crear(api, "Depósito")
    assert (primera["principal"], segunda["principal"]) == (True, False)
    assert ok(api.put(f"{URL}/{segunda['id']}", {"principal": True}))["principal"]
    assert principales(api) == ["Depósito"]
    assert crear(api, "Quirófano", principal=True)["principal"]
    crear(api, "Principal", centro_id=2)
    assert principales(api) == ["Quirófano", "Principal"]
    tercera = ok(api.get(f"{URL}?centro_id=1&principal=si"))["datos"][0]
    problem(api.put(f"{URL}/{tercera['id']}", {"principal": False}), 409, "bodega_principal")
    assert ok(api.put(f"{URL}/{tercera['id']}", {"nombre": "Central", "principal": True}))["nombre"] == "Central"


def test_es_a_la_que_va_lo_que_entra(api: ApiClient, app: Flask) -> None:
    bodega = crear(api, "Botiquín")["id"]
    ingresar(app, nuevo_producto(app), 1)
    with app.app_context():
        assert bodega_principal(1).id == bodega


def test_dos_no_se_llaman_igual_en_un_centro(api: ApiClient) -> None:
    crear(api, "Depósito")
    crear(api, "Depósito", centro_id=2)
    problem(api.post(URL, {"nombre": "Depósito", "centro_id": 1}), 409, "bodega_duplicada")


def test_no_se_elimina_mientras_algo_dependa_de_ella(api: ApiClient, app: Flask) -> None:
    bodega = crear(api, "Botiquín")["id"]
    producto = nuevo_producto(app)
    ingresar(app, producto, 1)
    otra = crear(api, "Depósito")["id"]
    problem(api.delete(f"{URL}/{bodega}"), 409, "bodega_principal")
    ok(api.put(f"{URL}/{otra}", {"principal": True}))
    problem(api.delete(f"{URL}/{bodega}"), 409, "bodega_con_existencias")
    ok(api.put(f"{URL}/{bodega}", {"principal": True}))
    sacar(app, producto, 1)
    ok(api.put(f"{URL}/{otra}", {"principal": True}))
    ok(api.delete(f"{URL}/{bodega}"), 204)
    pedir(app, producto, bodega_id=otra)
    problem(api.delete(f"{URL}/{otra}"), 409, "bodega_en_uso")


def test_ni_mientras_se_cuenta_en_ella(api: ApiClient, app: Flask) -> None:
    bodega = crear(api, "Botiquín")["id"]
    with app.app_context():
        db.session.add(Conteo(centro_id=1, bodega_id=bodega, abierto_por="prueba"))
        db.session.commit()
    problem(api.delete(f"{URL}/{bodega}"), 409, "bodega_en_uso")


def test_eliminada_la_ultima_se_hace_otra_cuando_haga_falta(api: ApiClient, app: Flask) -> None:
    ok(api.delete(f"{URL}/{crear(api, 'Principal')['id']}"), 204)
    ingresar(app, nuevo_producto(app), 1)
    assert principales(api) == ["Principal"]


def test_la_secretaria_en_sus_centros(api: ApiClient) -> None:
    ajena = crear(api, "Botiquín", centro_id=2)["id"]
    quien = api.as_("secretaria", centros=[1])
    assert ok(quien.post(URL, {"nombre": "Depósito"}), 201)["centro_id"] == 1
    problem(quien.post(URL, {"nombre": "Depósito", "centro_id": 2}), 403, "centro_ajeno")
    assert [b["centro_id"] for b in ok(quien.get(URL))["datos"]] == [1]
    for llamada in (quien.get, quien.delete):
        problem(llamada(f"{URL}/{ajena}"), 404)


def test_el_centro_se_dice_y_existe(api: ApiClient) -> None:
    for centro in ({}, {"centro_id": 99}):
        assert [*problem(api.post(URL, {"nombre": "X", **centro}), 422)["errores"]] == ["centro_id"]
    bodega = crear(api, "X")["id"]
    assert [*problem(api.put(f"{URL}/{bodega}", {"centro_id": 2}), 422)["errores"]] == ["centro_id"]
