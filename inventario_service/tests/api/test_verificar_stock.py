"""Whether there is enough for so many treatments, beside what is booked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from inventario.dominio.fechas import hoy
from inventario.extensiones import db
from inventario.modelos import CitaRef, CitaTratamientoRef, Lote

from ..catalogo import TRATAMIENTOS
from ..fabricas import conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento


@pytest.fixture(autouse=True)
def _centros(app: Flask) -> None:
    conocer_centros(app)


def verificar(api: ApiClient, tratamiento_id: int, **consulta: Any) -> Any:
    ruta = f"{TRATAMIENTOS}/{tratamiento_id}/verificar-stock"
    return ok(api.get(ruta, query_string={"centro_id": 1, **consulta}))


def con_receta(app: Flask, *lineas: dict[str, Any]) -> int:
    tratamiento = nuevo_tratamiento(app)
    nueva_receta(app, tratamiento, *lineas)
    return tratamiento


def resumen(verificado: dict[str, Any]) -> list[tuple[int, float, float]]:
    return [(i["producto_id"], i["necesario"], i["faltante"]) for i in verificado["ingredientes"]]


def test_sin_receta_siempre_alcanza(api: ApiClient, app: Flask) -> None:
    verificado = verificar(api, nuevo_tratamiento(app), cantidad=5)
    assert (verificado["alcanza"], verificado["cantidad"], verificado["ingredientes"]) == (True, 5, [])


def test_dice_lo_que_falta_para_cuantos(api: ApiClient, app: Flask) -> None:
    guantes, resina = nuevo_producto(app, codigo="G", nombre="Guantes", unidad="par"), nuevo_producto(app)
    tratamiento = con_receta(app, {"producto_id": guantes, "cantidad": 2}, {"producto_id": resina, "cantidad": 1})
    ingresar(app, guantes, 9)
    ingresar(app, resina, 100)
    ingresar(app, guantes, 50, centro_id=2)
    assert verificar(api, tratamiento)["alcanza"] is True
    cinco = verificar(api, tratamiento, cantidad=5)
    assert cinco["alcanza"] is False
    assert cinco["faltantes"] == [
        {
            "producto_id": guantes,
            "codigo": "G",
            "nombre": "Guantes",
            "unidad": "par",
            "necesario": 10,
            "existencia": 9,
            "reservado": 0,
            "disponible": 9,
            "faltante": 1,
            "opcional": False,
            "sustituye_a": [],
        }
    ]
    assert resumen(cinco) == [(guantes, 10, 1), (resina, 5, 0)]
    assert verificar(api, tratamiento, cantidad=5, centro_id=2)["ingredientes"][1]["faltante"] == 5


def test_lo_caducado_y_lo_bloqueado_no_cuentan(api: ApiClient, app: Flask) -> None:
    producto = nuevo_producto(app)
    tratamiento = con_receta(app, {"producto_id": producto, "cantidad": 1})
    ingresar(app, producto, 10, lote="V", caducidad=hoy() - timedelta(days=2))
    ingresar(app, producto, 1, lote="H", caducidad=hoy() + timedelta(days=1))
    malo = ingresar(app, producto, 10, lote="B")
    with app.app_context():
        db.session.get_one(Lote, malo).bloqueado = True
        db.session.commit()
    assert resumen(verificar(api, tratamiento, cantidad=3)) == [(producto, 3, 2)]


def test_lo_reservado_para_citas_no_esta_libre(api: ApiClient, app: Flask) -> None:
    producto = nuevo_producto(app)
    tratamiento = con_receta(app, {"producto_id": producto, "cantidad": 2})
    ingresar(app, producto, 7)
    manana = now() + timedelta(days=1)
    with app.app_context():
        db.session.add(CitaRef(id=1, centro_id=1, doctor_id=1, fecha_hora=manana, estado="programada", secuencia=1))
        db.session.flush()
        db.session.add(CitaTratamientoRef(cita_id=1, tratamiento_id=tratamiento, cantidad=2))
        db.session.commit()
    linea = verificar(api, tratamiento, cantidad=2)["ingredientes"][0]
    assert [linea[campo] for campo in ("existencia", "reservado", "disponible", "faltante")] == [7, 4, 3, 1]


def test_toma_la_alternativa_que_alcanza(api: ApiClient, app: Flask) -> None:
    fina, comun = nuevo_producto(app), nuevo_producto(app)
    tratamiento = con_receta(
        app,
        {"producto_id": fina, "cantidad": 1, "alternativa": "resina"},
        {"producto_id": comun, "cantidad": 2, "alternativa": "resina"},
    )
    ingresar(app, fina, 1)
    ingresar(app, comun, 4)
    assert resumen(verificar(api, tratamiento)) == [(fina, 1, 0)]
    dos = verificar(api, tratamiento, cantidad=2)
    assert (resumen(dos), dos["ingredientes"][0]["sustituye_a"]) == ([(comun, 4, 0)], [fina])
    assert resumen(verificar(api, tratamiento, cantidad=3)) == [(fina, 3, 2)]


def test_lo_opcional_se_omite_y_no_falta(api: ApiClient, app: Flask) -> None:
    producto = nuevo_producto(app)
    tratamiento = con_receta(app, {"producto_id": producto, "cantidad": 1, "opcional": True})
    verificado = verificar(api, tratamiento)
    assert (verificado["alcanza"], verificado["ingredientes"], verificado["se_omite"]) == (True, [], [producto])
    ingresar(app, producto, 1)
    assert (resumen(verificar(api, tratamiento)), verificar(api, tratamiento)["se_omite"]) == ([(producto, 1, 0)], [])


def test_lo_que_piden_varias_recetas_se_suma(api: ApiClient, app: Flask) -> None:
    guantes = nuevo_producto(app)
    campo = con_receta(app, {"producto_id": guantes, "cantidad": 2})
    tratamiento = con_receta(app, {"incluye_id": campo, "cantidad": 1}, {"producto_id": guantes, "cantidad": 1})
    ingresar(app, guantes, 4)
    assert resumen(verificar(api, tratamiento, cantidad=2)) == [(guantes, 6, 2)]


class TestDonde:
    def test_el_medico_pregunta_por_cualquier_centro(self, api: ApiClient, app: Flask) -> None:
        tratamiento = nuevo_tratamiento(app)
        medico = api.as_("medico", ["inventario:tratamientos:leer"], doctor_id=1)
        assert verificar(medico, tratamiento, centro_id=2)["centro_id"] == 2

    def test_la_secretaria_de_un_centro_no_tiene_que_decirlo(self, api: ApiClient, app: Flask) -> None:
        ruta = f"{TRATAMIENTOS}/{nuevo_tratamiento(app)}/verificar-stock"
        de_uno = api.as_("secretaria", ["inventario:tratamientos:leer"], centros=[3])
        assert ok(de_uno.get(ruta))["centro_id"] == 3
        de_dos = api.as_("secretaria", ["inventario:tratamientos:leer"], centros=[1, 3])
        assert [*problem(de_dos.get(ruta), 422)["errores"]] == ["centro_id"]

    @pytest.mark.parametrize("consulta", [{"centro_id": 99}, {"cantidad": 0}, {"cantidad": "1.5"}, {"lote": 1}])
    def test_lo_que_no_vale(self, api: ApiClient, app: Flask, consulta: dict[str, Any]) -> None:
        ruta = f"{TRATAMIENTOS}/{nuevo_tratamiento(app)}/verificar-stock"
        assert [*problem(api.get(ruta, query_string={"centro_id": 1, **consulta}), 422)["errores"]] == [*consulta]

    def test_de_quien_no_existe(self, api: ApiClient) -> None:
        problem(api.get(f"{TRATAMIENTOS}/99/verificar-stock?centro_id=1"), 404)
