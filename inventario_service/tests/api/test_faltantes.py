"""What was missing when an appointment used it: recorded, announced, and resolved by a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from inventario.extensiones import db
from inventario.modelos import Lote

from ..citas import emitidos, llega, noticia, quedan
from ..fabricas import conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento

FALTANTES = "/inventario/faltantes"


@pytest.fixture
def guantes(app: Flask) -> int:
    conocer_centros(app)
    return nuevo_producto(app, codigo="GUA", nombre="Guantes", unidad="par")


@pytest.fixture
def limpieza(app: Flask, api: ApiClient, guantes: int) -> int:
    """A cleaning takes five pairs and there were three."""
    tratamiento = nuevo_tratamiento(app)
    nueva_receta(app, tratamiento, {"producto_id": guantes, "cantidad": Decimal(5)})
    ingresar(app, guantes, 3, costo="2")
    llega(api, noticia("completada", 1, {tratamiento: "1"}))
    return tratamiento


def lista(api: ApiClient, **filtro: Any) -> list[dict[str, Any]]:
    return list(ok(api.get(FALTANTES, query_string=filtro))["datos"])


def resolver(api: ApiClient, accion: str, **ademas: Any) -> Any:
    """Of the only one there is."""
    (faltante,) = lista(api)
    return api.post(f"{FALTANTES}/{faltante['id']}/resolucion", {"accion": accion, "motivo": "Se contó", **ademas})


@pytest.mark.usefixtures("limpieza")
class TestFaltante:
    def test_se_usa_lo_que_hay_y_se_anuncia_lo_que_falta(self, app: Flask, api: ApiClient, guantes: int) -> None:
        assert quedan(app, guantes) == 0
        (faltante,) = lista(api)
        assert (faltante["cantidad"], faltante["faltante"], faltante["resuelto_en"]) == (5, 2, None)
        assert faltante["producto"] == {"id": guantes, "codigo": "GUA", "nombre": "Guantes", "unidad": "par"}
        (anuncio,) = emitidos(app, "stock.faltante.v1")
        (dicho,) = anuncio["faltantes"]
        assert (anuncio["cita_id"], dicho["nombre"], dicho["faltante"]) == (1, "Guantes", 2)
        assert emitidos(app, "consumo.registrado.v1")[0]["costo"] == 6

    def test_lo_que_se_uso_sale_cuando_hay(self, app: Flask, api: ApiClient, guantes: int, limpieza: int) -> None:
        ingresar(app, guantes, 1, costo="4")
        problem(resolver(api, "consumir"), 409, "stock_insuficiente")
        assert quedan(app, guantes) == 1
        ingresar(app, guantes, 9, costo="4")
        resuelto = ok(resolver(api, "consumir"))
        assert (resuelto["resolucion"], resuelto["motivo_resolucion"]) == ("consumido", "Se contó")
        assert resuelto["resuelto_por"] == "usuario:1"
        assert quedan(app, guantes) == 8
        assert lista(api) == []
        assert [f["id"] for f in lista(api, pendientes="false")] == [resuelto["id"]]
        problem(
            api.post(f"{FALTANTES}/{resuelto['id']}/resolucion", {"accion": "consumir", "motivo": "Otra vez"}),
            409,
            "faltante_resuelto",
        )
        (contado,) = emitidos(app, "stock.faltante_resuelto.v1")
        assert (contado["resolucion"], contado["costo"] > 0) == ("consumido", True)
        assert contado["tratamiento_id"] == limpieza

    def test_lo_que_no_se_uso_se_descarta(self, app: Flask, api: ApiClient, guantes: int) -> None:
        ingresar(app, guantes, 9)
        assert ok(resolver(api, "descartar"))["resolucion"] == "descartado"
        assert quedan(app, guantes) == 9

    def test_un_lote_bloqueado_no_sirve(self, app: Flask, api: ApiClient, guantes: int) -> None:
        lote = ingresar(app, guantes, 9, lote="RETIRADO")
        with app.app_context():
            db.session.get_one(Lote, lote).bloqueado = True
            db.session.commit()
        problem(resolver(api, "consumir"), 409, "stock_insuficiente")

    def test_al_reabrir_vuelve_todo_y_no_falta_nada(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        ingresar(app, guantes, 9)
        ok(resolver(api, "consumir"))
        assert quedan(app, guantes) == 7
        llega(api, noticia("reabierta", 2, {limpieza: "1"}))
        assert quedan(app, guantes) == 12
        llega(api, noticia("completada", 3, {limpieza: "3"}))
        (faltante,) = lista(api)
        assert faltante["faltante"] == 3
        llega(api, noticia("reabierta", 4, {limpieza: "3"}))
        assert lista(api) == []
        problem(
            api.post(f"{FALTANTES}/{faltante['id']}/resolucion", {"accion": "descartar", "motivo": "Tarde"}),
            409,
            "faltante_resuelto",
        )

    @pytest.mark.parametrize(
        "cuerpo", [{"accion": "consumir"}, {"accion": "borrar", "motivo": "x"}, {"accion": "consumir", "motivo": " "}]
    )
    def test_hay_que_decir_que_y_por_que(self, api: ApiClient, cuerpo: dict[str, str]) -> None:
        (faltante,) = lista(api)
        problem(api.post(f"{FALTANTES}/{faltante['id']}/resolucion", cuerpo), 422)

    def test_solo_en_los_centros_propios(self, api: ApiClient, guantes: int) -> None:
        (faltante,) = lista(api)
        ruta, cuerpo = f"{FALTANTES}/{faltante['id']}/resolucion", {"accion": "descartar", "motivo": "No se usó"}
        de_otro = api.as_("secretaria", centros=[2])
        problem(de_otro.post(ruta, cuerpo), 404)
        problem(de_otro.get(f"{FALTANTES}/{faltante['id']}"), 404)
        problem(api.as_("medico").post(ruta, cuerpo), 403, "centro_ajeno")
        problem(api.as_("secretaria", ["inventario:movimientos:leer"], centros=[1]).post(ruta, cuerpo), 403)
        assert ok(api.as_("secretaria", centros=[1]).post(ruta, cuerpo))["resolucion"] == "descartado"
        assert ok(api.get(f"{FALTANTES}/{faltante['id']}"))["resolucion"] == "descartado"

    def test_se_buscan_por_centro_cita_y_producto(self, api: ApiClient, guantes: int) -> None:
        assert len(lista(api, centro_id=1, cita_id=1, producto_id=guantes)) == 1
        assert lista(api, centro_id=2) == lista(api, cita_id=9) == lista(api, producto_id=guantes + 1) == []
        assert lista(api.as_("secretaria", centros=[2])) == []


def test_solo_falta_lo_que_la_receta_pide(app: Flask, api: ApiClient, guantes: int) -> None:
    problem(api.get(f"{FALTANTES}/1"), 404)
    problem(api.post(f"{FALTANTES}/1/resolucion", {"accion": "descartar", "motivo": "x"}), 404)
    assert quedan(app, guantes) == 0


def test_lo_que_se_pregunta_a_la_base_no_crece_con_lo_que_hay(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)

    def preguntas(ruta: str) -> int:
        with statements(app) as vistas:
            ok(api.get(ruta))
        return len(vistas)

    def atender(cita_id: int) -> dict[str, int]:
        tratamiento = nuevo_tratamiento(app)
        lineas = [{"producto_id": nuevo_producto(app), "cantidad": Decimal(n)} for n in range(1, cita_id + 2)]
        nueva_receta(app, tratamiento, *lineas)
        llega(api, noticia("completada", 1, {tratamiento: "1"}, cita_id=cita_id))
        llega(api, noticia("programada", 1, {tratamiento: "1"}, cita_id=100 + cita_id))
        consumos = "/inventario/consumos", "/inventario/consumos/1"
        rutas = FALTANTES, *consumos, "/inventario/reservas", "/inventario/pronostico"
        return {ruta: preguntas(ruta) for ruta in rutas}

    assert atender(1) == atender(2) == atender(3)
