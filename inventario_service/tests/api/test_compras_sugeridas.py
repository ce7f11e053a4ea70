"""What to buy: by the least of each centre, what is on order, and the agenda."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from inventario.extensiones import db
from inventario.modelos import CitaRef, CitaTratamientoRef, Lote

from ..compras import ORDENES, empaquetar, enviar, fijar_minimo, nuevo_proveedor, pedir
from ..fabricas import conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento

SUGERIDAS = "/inventario/compras/sugeridas"
CADUCADO = date.today() - timedelta(days=3)  # noqa: DTZ011 - any day gone by


@pytest.fixture
def proveedor(app: Flask) -> int:
    conocer_centros(app)
    return nuevo_proveedor(app)


def bajo(app: Flask, proveedor: int | None, **datos: Any) -> int:
    """A product of which centre 1 has 4 and should have 10."""
    producto = nuevo_producto(app, proveedor_id=proveedor, stock_minimo=10, **datos)
    ingresar(app, producto, 4, costo="2")
    return producto


def agendar(app: Flask, tratamiento: int, veces: int, dias: int) -> None:
    """An appointment at centre 1, so many days ahead."""
    with app.app_context():
        cita = CitaRef(
            id=dias,
            centro_id=1,
            doctor_id=1,
            fecha_hora=now() + timedelta(days=dias),
            estado="programada",
            secuencia=1,
        )
        db.session.add(cita)
        db.session.flush()
        db.session.add(CitaTratamientoRef(cita_id=dias, tratamiento_id=tratamiento, cantidad=veces))
        db.session.commit()


def lineas(api: ApiClient, consulta: str = "") -> list[dict[str, Any]]:
    return [linea for grupo in ok(api.get(f"{SUGERIDAS}?{consulta}"))["datos"] for linea in grupo["lineas"]]


def test_se_sugiere_lo_que_llego_al_minimo_por_proveedor_y_centro(api: ApiClient, app: Flask, proveedor: int) -> None:
    poco, sin_nadie = bajo(app, proveedor), bajo(app, None)
    ingresar(app, nuevo_producto(app, proveedor_id=proveedor, stock_minimo=10), 30)
    fijar_minimo(app, poco, 5, 20, centro_id=2)
    grupos = ok(api.get(SUGERIDAS))["datos"]
    vistos = [
        (
            g["proveedor"] and g["proveedor"]["id"],
            g["centro"]["id"],
            g["total"],
            [v["producto"]["id"] for v in g["lineas"]],
        )
        for g in grupos
    ]
    assert vistos == [(None, 1, 32, [sin_nadie]), (proveedor, 1, 32, [poco]), (proveedor, 2, 40, [poco])]
    assert [g["centro"]["id"] for g in ok(api.get(f"{SUGERIDAS}?centro_id=2"))["datos"]] == [2]
    assert [g["centro"]["id"] for g in ok(api.as_("secretaria", centros=[2]).get(SUGERIDAS))["datos"]] == [2]
    assert len(ok(api.get(f"{SUGERIDAS}?proveedor_id={proveedor}"))["datos"]) == 2


def test_lo_caducado_y_lo_bloqueado_no_cuentan(api: ApiClient, app: Flask, proveedor: int) -> None:
    producto = nuevo_producto(app, proveedor_id=proveedor, stock_minimo=10)
    ingresar(app, producto, 100, lote="V", caducidad=CADUCADO)
    bloqueado = ingresar(app, producto, 100, lote="B")
    ingresar(app, producto, 3, lote="C")
    with app.app_context():
        db.session.get_one(Lote, bloqueado).bloqueado = True
        db.session.commit()
    (linea,) = lineas(api)
    assert (linea["utilizable"], linea["cantidad"]) == (3, 17)


def test_lo_pedido_ya_no_se_sugiere(api: ApiClient, app: Flask, proveedor: int) -> None:
    producto = bajo(app, proveedor)
    empaquetar(app, producto, "caja", 5)
    assert [(v["unidad"], v["cantidad"], v["costo_unitario"]) for v in lineas(api)] == [("caja", 4, 10)]
    orden = pedir(api, proveedor, {"producto_id": producto, "cantidad": 1, "unidad": "caja", "costo_unitario": 9})
    (linea,) = lineas(api)
    assert (linea["en_pedido"], linea["proyectado"], linea["cantidad"], linea["costo_unitario"]) == (5, 9, 3, 9)
    enviar(api, orden)
    otra = pedir(api, proveedor, {"producto_id": producto, "cantidad": 10})
    assert lineas(api) == []
    ok(api.patch(f"{ORDENES}/{otra['id']}/estado", {"estado": "anulada", "motivo": "No"}))
    assert len(lineas(api)) == 1


def test_la_agenda_pide_lo_que_va_a_usar(api: ApiClient, app: Flask, proveedor: int) -> None:
    producto, tratamiento = nuevo_producto(app, proveedor_id=proveedor), nuevo_tratamiento(app)
    nueva_receta(app, tratamiento, {"producto_id": producto, "cantidad": 2})
    ingresar(app, producto, 5)
    agendar(app, tratamiento, 4, dias=10)
    (linea,) = lineas(api)
    assert (linea["reservado"], linea["cantidad"], linea["minimo"]) == (8, 3, 0)
    assert linea["se_agota_el"] is not None
    assert lineas(api, "dias=5") == []


def test_los_borradores_se_hacen_una_sola_vez(api: ApiClient, app: Flask, proveedor: int) -> None:
    producto, sin_nadie = bajo(app, proveedor), bajo(app, None)
    fijar_minimo(app, producto, 5, centro_id=2)
    hecho = ok(api.post(SUGERIDAS, {"centro_id": 1}), 201)
    assert [(o["estado"], o["centro_id"], o["total"]) for o in hecho["ordenes"]] == [("borrador", 1, 32)]
    assert [v["producto"]["id"] for g in hecho["sin_proveedor"] for v in g["lineas"]] == [sin_nadie]
    assert [o["centro_id"] for o in ok(api.post(SUGERIDAS), 201)["ordenes"]] == [2]
    assert ok(api.post(SUGERIDAS), 201)["ordenes"] == []
    rosa = api.as_("secretaria", centros=[2])
    problem(rosa.post(SUGERIDAS, {"centro_id": 1}), 403)
    problem(api.post(SUGERIDAS, {"centro_id": 77}), 422)


def test_dos_personas_a_la_vez_no_piden_dos_veces(api: ApiClient, app: Flask, proveedor: int) -> None:
    bajo(app, proveedor)
    hechas: list[int] = []

    def hacer() -> None:
        hechas.append(len(ok(api.post(SUGERIDAS), 201)["ordenes"]))

    hilos = [threading.Thread(target=hacer) for _ in range(5)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert sorted(hechas) == [0, 0, 0, 0, 1]


def test_con_mas_productos_no_hay_mas_consultas(api: ApiClient, app: Flask, proveedor: int) -> None:
    cuentas = []
    for _ in range(2):
        for _ in range(4):
            empaquetar(app, bajo(app, proveedor), "caja", 3)
        with statements(app) as hechas:
            ok(api.get(SUGERIDAS))
        cuentas.append(len(hechas))
    assert cuentas[0] == cuentas[1]
