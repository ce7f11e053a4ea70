"""Entries, exits, returns and adjustments, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from inventario.extensiones import db
from inventario.modelos import Lote, Presentacion, Producto

from ..fabricas import conocer_centros, ingresar, nuevo_producto
from ..libro import bodega, cuadra, cuantos, movimiento, por_lote, stock_de

VIEJO = date.today() - timedelta(days=3)  # noqa: DTZ011


@pytest.fixture
def producto(app: Flask) -> int:
    """A product that is counted by the piece and comes in boxes of 100; centres are known."""
    conocer_centros(app)
    producto_id = nuevo_producto(app, nombre="Guantes")
    with app.app_context():
        db.session.add(Presentacion(producto_id=producto_id, nombre="caja", factor=Decimal(100)))
        db.session.add(Presentacion(producto_id=producto_id, nombre="miga", factor=Decimal("0.001")))
        db.session.commit()
    return producto_id


def costos(app: Flask, producto_id: int) -> tuple[Decimal, list[Decimal]]:
    with app.app_context():
        lotes = db.session.scalars(db.select(Lote.costo).where(Lote.producto_id == producto_id).order_by(Lote.id))
        return db.session.get_one(Producto, producto_id).costo_unitario, list(lotes)


def test_una_entrada_por_cajas(app: Flask, api: ApiClient, producto: int) -> None:
    respuesta = movimiento(
        api, producto, "entrada", 2, unidad="Caja", lote="L1", caducidad="2030-05-01", costo_unitario="12.50",
        referencia="FAC-1",
    )  # fmt: skip
    hecho = ok(respuesta, 201)
    assert respuesta.headers["Location"] == f"/inventario/movimientos/{hecho['movimientos'][0]['id']}"
    assert hecho["stock_actual"] == 200
    (linea,) = hecho["movimientos"]
    assert {
        campo: linea[campo] for campo in ("cantidad", "costo_unitario", "costo_total", "saldo", "saldo_lote")
    } == {
        "cantidad": 200,
        "costo_unitario": 0.125,
        "costo_total": 25,
        "saldo": 200,
        "saldo_lote": 200,
    }
    assert (linea["lote"], linea["caducidad"], linea["referencia"]) == ("L1", "2030-05-01", "FAC-1")
    assert (linea["por"], linea["bodega"], linea["producto"]["nombre"]) == ("usuario:1", "Principal", "Guantes")
    assert ok(api.get(respuesta.headers["Location"])) == linea
    cuadra(app)


def test_una_salida_toma_primero_lo_que_caduca(app: Flask, api: ApiClient, producto: int) -> None:
    ingresar(app, producto, 5, lote="TARDE", caducidad=date(2031, 1, 1), costo="2")
    ingresar(app, producto, 5, lote="PRONTO", caducidad=date(2030, 1, 1), costo="1")
    ingresar(app, producto, 5, lote="VIEJO", caducidad=VIEJO)
    hecho = ok(movimiento(api, producto, "salida", 7), 201)
    assert [(m["lote"], m["cantidad"], m["costo_unitario"], m["saldo"]) for m in hecho["movimientos"]] == [
        ("PRONTO", -5, 1, 10),
        ("TARDE", -2, 2, 8),
    ]
    assert hecho["stock_actual"] == 8
    detalle = problem(movimiento(api, producto, "salida", 4), 409, "stock_insuficiente")["detail"]
    assert detalle == "No alcanza «Guantes»: hay 3 y se piden 4."
    cuadra(app)


def test_de_una_bodega_sale_solo_lo_que_hay_en_ella(app: Flask, api: ApiClient, producto: int) -> None:
    ingresar(app, producto, 5)
    otra = bodega(app, 1, "Farmacia")
    ok(movimiento(api, producto, "entrada", 2, bodega_id=otra), 201)
    problem(movimiento(api, producto, "salida", 3, bodega_id=otra), 409, "stock_insuficiente")
    assert len(ok(movimiento(api, producto, "salida", 7), 201)["movimientos"]) == 2
    assert stock_de(app, producto) == 0
    cuadra(app)


def test_lo_caducado_o_bloqueado_no_sale_pero_se_da_de_baja(app: Flask, api: ApiClient, producto: int) -> None:
    ingresar(app, producto, 5, lote="VIEJO", caducidad=VIEJO)
    dudoso = ingresar(app, producto, 5, lote="DUDOSO")
    with app.app_context():
        db.session.get_one(Lote, dudoso).bloqueado = True
        db.session.commit()
    problem(movimiento(api, producto, "salida", 1, lote="VIEJO"), 409, "lote_caducado")
    problem(movimiento(api, producto, "salida", 1, lote="DUDOSO"), 409, "lote_bloqueado")
    problem(movimiento(api, producto, "devolucion", 1, lote="VIEJO"), 409, "lote_caducado")
    problem(movimiento(api, producto, "entrada", 1, lote="VIEJO"), 409, "lote_no_utilizable")
    ok(movimiento(api, producto, "ajuste", -5, lote="VIEJO", motivo="Caducó"), 201)
    ok(movimiento(api, producto, "ajuste", -5, motivo="Retirado"), 201)
    assert stock_de(app, producto) == 0


def test_lo_que_permite_negativo_queda_debiendo(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app, permite_negativo=True, controla_lotes=True)
    ingresar(app, producto, 3, lote="A")
    hecho = ok(movimiento(api, producto, "salida", 5), 201)
    assert [(m["lote"], m["cantidad"]) for m in hecho["movimientos"]] == [("A", -3), (None, -2)]
    assert hecho["stock_actual"] == -2
    ok(movimiento(api, producto, "salida", 1, lote="A"), 201)
    cuadra(app)


def test_una_devolucion_vuelve_a_su_lote(app: Flask, api: ApiClient, producto: int) -> None:
    ingresar(app, producto, 5, lote="A", costo="3")
    ok(movimiento(api, producto, "salida", 2), 201)
    (vuelta,) = ok(movimiento(api, producto, "devolucion", 1, lote="A"), 201)["movimientos"]
    assert (vuelta["cantidad"], vuelta["costo_unitario"], vuelta["saldo_lote"]) == (1, 3, 4)


MAL_PEDIDOS: list[tuple[dict[str, Any], str]] = [
    ({"cantidad": -1}, "cantidad"),
    ({"cantidad": 0}, "cantidad"),
    ({"cantidad": "0.0000001"}, "cantidad"),
    ({"cantidad": 10**9}, "cantidad"),
    ({"cantidad": 10**8, "unidad": "caja"}, "cantidad"),
    ({"cantidad": "NaN"}, "cantidad"),
    ({"cantidad": True}, "cantidad"),
    ({"tipo": "consumo"}, "tipo"),
    ({"tipo": "traslado"}, "tipo"),
    ({"unidad": "ml"}, "unidad"),
    ({"unidad": "frasco"}, "unidad"),
    ({"tipo": "salida", "lote": "NO-HAY"}, "lote"),
    ({"tipo": "devolucion", "lote": "NO-HAY"}, "lote"),
    ({"tipo": "ajuste", "lote": "NO-HAY", "motivo": "x"}, "lote"),
    ({"tipo": "ajuste"}, "motivo"),
    ({"tipo": "ajuste", "cantidad": 0, "motivo": "x"}, "cantidad"),
    ({"tipo": "salida", "costo_unitario": 3}, "costo_unitario"),
    ({"tipo": "salida", "caducidad": "2030-01-01"}, "caducidad"),
    ({"costo_unitario": -3}, "costo_unitario"),
    ({"costo_unitario": 10**8, "cantidad": 1, "unidad": "miga"}, "costo_unitario"),
    ({"caducidad": "2030-01-01"}, "caducidad"),
    ({"lote": "A", "caducidad": "2020-01-01"}, "caducidad"),
    ({"lote": "A", "caducidad": "2030-02-30"}, "caducidad"),
    ({"centro_id": 99}, "centro_id"),
    ({"centro_id": None}, "centro_id"),
    ({"bodega_id": 99}, "bodega_id"),
    ({"saldo": 7}, "saldo"),
]


def test_lo_mal_pedido_no_cambia_nada(app: Flask, api: ApiClient, producto: int) -> None:
    ingresar(app, producto, 5)
    for cambios, campo in MAL_PEDIDOS:
        cuerpo = {"tipo": "entrada", "cantidad": 1, **cambios}
        assert campo in problem(movimiento(api, producto, **cuerpo), 422)["errores"], cambios
        assert (cuantos(app), stock_de(app, producto)) == (1, 5), cambios


def test_un_producto_con_lotes_los_pide(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app, controla_lotes=True)
    for tipo in ("entrada", "devolucion"):
        assert "lote" in problem(movimiento(api, producto, tipo, 1), 422)["errores"]
    ok(movimiento(api, producto, "entrada", 1, lote="A", caducidad="2030-01-01"), 201)
    ok(movimiento(api, producto, "entrada", 1, lote="A"), 201)
    problem(movimiento(api, producto, "entrada", 1, lote="A", caducidad="2030-01-02"), 409, "caducidad_distinta")


def test_un_producto_desactivado_o_que_no_existe(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    ingresar(app, producto, 5)
    with app.app_context():
        db.session.get_one(Producto, producto).activo = False
        db.session.commit()
    for tipo in ("entrada", "salida"):
        problem(movimiento(api, producto, tipo, 1), 409, "producto_inactivo")
    problem(movimiento(api, 99, "entrada", 1), 404)
    assert cuantos(app) == 1


def test_cada_uno_en_su_centro(app: Flask, api: ApiClient, producto: int) -> None:
    secretaria = api.as_("secretaria", centros=[1])
    ok(movimiento(secretaria, producto, "entrada", 2, centro_id=None), 201)
    ok(movimiento(api, producto, "entrada", 3, centro_id=2), 201)
    problem(movimiento(secretaria, producto, "salida", 1, centro_id=2), 403, "centro_ajeno")
    vistos = ok(secretaria.get("/inventario/movimientos"))["datos"]
    assert [m["centro_id"] for m in vistos] == [1]
    problem(secretaria.get("/inventario/movimientos/2"), 404)
    problem(secretaria.post("/inventario/movimientos/2/correccion", {"motivo": "x"}), 404)
    medico = api.as_("medico", ["inventario:movimientos:crear"], doctor_id=1)
    problem(movimiento(medico, producto, "salida", 1), 403, "centro_ajeno")
    problem(movimiento(api.as_("medico", []), producto, "salida", 1), 403)


def test_la_misma_clave_cuenta_una_vez(app: Flask, api: ApiClient, producto: int) -> None:
    clave = {"Idempotency-Key": "carga-1"}
    ruta, cuerpo = f"/inventario/productos/{producto}/movimientos", {"tipo": "entrada", "cantidad": 4, "centro_id": 1}
    una = ok(api.post(ruta, cuerpo, headers=clave), 201)
    assert ok(api.post(ruta, cuerpo, headers=clave), 201) == una
    assert (cuantos(app), stock_de(app, producto)) == (1, 4)


class TestCorreccion:
    def corregir(self, api: ApiClient, movimiento_id: int, estado: int = 201, codigo: str | None = None) -> Any:
        respuesta = api.post(f"/inventario/movimientos/{movimiento_id}/correccion", {"motivo": "Error"})
        return ok(respuesta, 201) if estado == 201 else problem(respuesta, estado, codigo)

    def test_a_una_bodega_que_ya_no_existe_no_vuelve_nada(self, app: Flask, api: ApiClient, producto: int) -> None:
        bodega(app, 1)
        anexo = bodega(app, 1, "Anexo")
        ok(movimiento(api, producto, "entrada", 5, bodega_id=anexo), 201)
        (salida,) = ok(movimiento(api, producto, "salida", 5, bodega_id=anexo), 201)["movimientos"]
        assert api.delete(f"/inventario/bodegas/{anexo}").status_code == 204
        self.corregir(api, salida["id"], 409, "bodega_eliminada")
        assert stock_de(app, producto) == 0

    def test_un_movimiento_se_corrige_una_vez(self, app: Flask, api: ApiClient, producto: int) -> None:
        ingresar(app, producto, 5)
        (salida,) = ok(movimiento(api, producto, "salida", 2, referencia="V-1"), 201)["movimientos"]
        hecho = self.corregir(api, salida["id"])
        (contra,) = hecho["movimientos"]
        assert hecho["stock_actual"] == 5
        assert (contra["tipo"], contra["cantidad"], contra["corrige_id"]) == ("salida", 2, salida["id"])
        assert (contra["motivo"], contra["referencia"]) == ("Error", "V-1")
        assert ok(api.get(f"/inventario/movimientos/{salida['id']}"))["corregido_por_id"] == contra["id"]
        self.corregir(api, salida["id"], 409, "movimiento_ya_corregido")
        self.corregir(api, contra["id"], 409, "correccion_definitiva")
        self.corregir(api, 99, 404)
        assert "motivo" in problem(api.post("/inventario/movimientos/1/correccion", {}), 422)["errores"]
        cuadra(app)

    def test_lo_que_ya_se_uso_no_se_quita(self, app: Flask, api: ApiClient, producto: int) -> None:
        ingresar(app, producto, 5)
        ok(movimiento(api, producto, "salida", 2), 201)
        self.corregir(api, 1, 409, "stock_insuficiente")
        assert (cuantos(app), stock_de(app, producto)) == (2, 3)

    def test_con_una_entrada_se_va_su_costo(self, app: Flask, api: ApiClient, producto: int) -> None:
        ingresar(app, producto, 10, lote="A", costo="2")
        ok(movimiento(api, producto, "entrada", 10, lote="A", costo_unitario=200), 201)
        assert costos(app, producto) == (101, [101])
        self.corregir(api, 2)
        assert costos(app, producto) == (2, [2])

    def test_tambien_si_entretanto_se_uso_casi_todo(self, app: Flask, api: ApiClient, producto: int) -> None:
        ingresar(app, producto, 10, lote="A", costo="2")
        ok(movimiento(api, producto, "entrada", 10, lote="A", costo_unitario=200), 201)
        ok(movimiento(api, producto, "salida", 5), 201)
        self.corregir(api, 2)
        assert costos(app, producto) == (2, [2])
        cuadra(app)


class TestFijarStock:
    def fijar(self, api: ApiClient, producto: int, cantidad: Any, **datos: Any) -> Any:
        cuerpo = {"stock_actual": cantidad, "motivo": "Conteo", "centro_id": 1, **datos}
        return api.patch(f"/inventario/productos/{producto}/stock", cuerpo)

    def test_se_ajusta_por_la_diferencia(self, app: Flask, api: ApiClient, producto: int) -> None:
        assert [m["cantidad"] for m in ok(self.fijar(api, producto, 8))["movimientos"]] == [8]
        hecho = ok(self.fijar(api, producto, "2.5"))
        assert [(m["tipo"], m["cantidad"], m["motivo"]) for m in hecho["movimientos"]] == [("ajuste", -5.5, "Conteo")]
        assert ok(self.fijar(api, producto, 2.5)) == {**hecho, "movimientos": []}
        assert cuantos(app) == 2
        cuadra(app)

    def test_tambien_lo_de_un_lote(self, app: Flask, api: ApiClient, producto: int) -> None:
        ingresar(app, producto, 5, lote="A")
        ingresar(app, producto, 5, lote="B")
        hecho = ok(self.fijar(api, producto, 2, lote="B"))
        assert (hecho["stock_actual"], hecho["movimientos"][0]["cantidad"]) == (7, -3)
        assert por_lote(app, producto) == {("A", 1): 5, ("B", 1): 2}
        assert "lote" in problem(self.fijar(api, producto, 2, lote="C"), 422)["errores"]

    def test_lo_mal_pedido(self, app: Flask, api: ApiClient, producto: int) -> None:
        assert "stock_actual" in problem(self.fijar(api, producto, -1), 422)["errores"]
        assert "motivo" in problem(self.fijar(api, producto, 1, motivo=None), 422)["errores"]
        problem(self.fijar(api, 99, 1), 404)
        ruta, cuerpo = f"/inventario/productos/{producto}/stock", {"stock_actual": 1, "motivo": "x", "centro_id": 1}
        problem(api.patch(ruta, cuerpo, headers={"If-Match": '"7"'}), 412)
        assert cuantos(app) == 0
        ok(api.patch(ruta, cuerpo, headers={"If-Match": '"1"'}))
