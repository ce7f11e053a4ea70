"""Lots: what expires when, and what may not be used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from inventario.casos_de_uso.tarifas import hoy
from inventario.extensiones import db
from inventario.modelos import Existencia

from ..existencias import sacar
from ..fabricas import conocer_centros, ingresar, nuevo_producto

URL = "/inventario/lotes"


def codigos(api: ApiClient, **consulta: Any) -> list[str | None]:
    return [lote["codigo"] for lote in ok(api.get(URL, query_string=consulta))["datos"]]


def test_primero_lo_que_caduca_primero_y_al_final_lo_que_no(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app, nombre="Lidocaína")
    dia = hoy()
    ingresar(app, producto, 1)
    ingresar(app, producto, 2, lote="LEJOS", caducidad=dia + timedelta(days=400))
    ingresar(app, producto, 3, lote="CERCA", caducidad=dia + timedelta(days=20), costo="2.5")
    ingresar(app, producto, 4, lote="HOY", caducidad=dia)
    ingresar(app, producto, 5, lote="PASADO", caducidad=dia - timedelta(days=1))
    ingresar(app, nuevo_producto(app), 6, lote="OTRO", centro_id=2)
    assert codigos(api) == ["PASADO", "HOY", "CERCA", "LEJOS", None, "OTRO"]
    assert codigos(api, producto_id=producto, por_caducar_dias=20) == ["HOY", "CERCA"]
    assert codigos(api, caducados="si") == ["PASADO"]
    assert codigos(api, caducados="no", producto_id=producto) == ["HOY", "CERCA", "LEJOS", None]
    assert codigos(api, centro_id=2) == ["OTRO"]
    assert codigos(api, codigo="CERCA") == ["CERCA"]
    cerca = ok(api.get(URL, query_string={"codigo": "CERCA"}))["datos"][0]
    assert (cerca["cantidad"], cerca["costo"], cerca["caducado"]) == (3, 2.5, False)
    assert (cerca["producto"]["nombre"], cerca["producto"]["unidad"]) == ("Lidocaína", "unidad")


def test_de_un_centro_solo_lo_suyo(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    ingresar(app, producto, 2, lote="A")
    lote = ingresar(app, producto, 3, lote="A", centro_id=2)
    assert [x["cantidad"] for x in ok(api.get(f"{URL}?centro_id=2"))["datos"]] == [3]
    assert ok(api.get(f"{URL}/{lote}"))["cantidad"] == 5


def test_lo_agotado_ni_caduca_ni_esta_en_un_centro(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    ingresar(app, producto, 2, lote="A", caducidad=hoy())
    sacar(app, producto, 2)
    assert codigos(api) == codigos(api, con_existencias="no") == ["A"]
    for consulta in ({"con_existencias": "si"}, {"centro_id": 1}, {"por_caducar_dias": 5}):
        assert codigos(api, **consulta) == []


def test_se_bloquea_con_un_motivo_y_se_vuelve_a_usar(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    lote = ingresar(app, nuevo_producto(app), 2, lote="A")
    problem(api.put(f"{URL}/{lote}", {"bloqueado": True}), 422)
    bloqueado = ok(api.put(f"{URL}/{lote}", {"bloqueado": True, "motivo_bloqueo": "Alerta sanitaria"}))
    assert (bloqueado["bloqueado"], bloqueado["motivo_bloqueo"]) == (True, "Alerta sanitaria")
    assert codigos(api, bloqueado="si") == ["A"]
    libre = ok(api.put(f"{URL}/{lote}", {"bloqueado": False}))
    assert (libre["bloqueado"], libre["motivo_bloqueo"]) == (False, None)


def test_otra_caducidad_se_vuelve_a_avisar(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    lote = ingresar(app, nuevo_producto(app), 2, lote="A", caducidad=hoy())
    with app.app_context():
        db.session.scalars(db.select(Existencia)).one().avisada_en = now()
        db.session.commit()
    despues = (hoy() + timedelta(days=30)).isoformat()
    assert ok(api.put(f"{URL}/{lote}", {"caducidad": despues}))["caducidad"] == despues
    with app.app_context():
        assert db.session.scalars(db.select(Existencia.avisada_en)).one() is None


NO_SE_CORRIGE: list[dict[str, Any]] = [
    {"caducidad": "30/01/2030"},
    {"proveedor_id": 99},
    {"codigo": "B"},
    {"costo": 1},
    {"cantidad": 5},
]


def test_lo_que_no_se_corrige_en_un_lote(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    lote = ingresar(app, nuevo_producto(app), 2, lote="A")
    for cambio in NO_SE_CORRIGE:
        assert [*problem(api.put(f"{URL}/{lote}", cambio), 422)["errores"]] == [*cambio], cambio


def test_lo_que_no_lleva_lote_no_caduca(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    lote = ingresar(app, nuevo_producto(app), 2)
    problem(api.put(f"{URL}/{lote}", {"caducidad": "2040-01-01"}), 422)


def test_quien_edita_una_version_vieja_lo_sabe(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    lote = ingresar(app, nuevo_producto(app), 2, lote="A")
    ok(api.put(f"{URL}/{lote}", {"caducidad": "2040-01-01"}, headers={"If-Match": '"1"'}))
    problem(api.put(f"{URL}/{lote}", {"caducidad": "2041-01-01"}, headers={"If-Match": '"1"'}), 412)
    problem(api.get(f"{URL}/99"), 404)
