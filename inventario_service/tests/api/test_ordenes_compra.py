"""Purchase orders: drafted, sent, given up; and their deliveries, never more than was ordered."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.databases import begin_and_wait
from comun.testing.statements import statements
from inventario.extensiones import db
from inventario.modelos import Lote, Movimiento, OrdenCompra, Producto, Proveedor, Stock

from ..compras import ORDENES, empaquetar, enviar, nuevo_proveedor, pedir
from ..consultas import eventos
from ..fabricas import conocer_centros, nuevo_producto
from ..libro import bodega, cuadra, movimiento

EN_DOS_ANOS = (date.today() + timedelta(days=730)).isoformat()  # noqa: DTZ011 - any day far enough
AYER = (date.today() - timedelta(days=2)).isoformat()  # noqa: DTZ011


@pytest.fixture
def proveedor(app: Flask) -> int:
    conocer_centros(app)
    return nuevo_proveedor(app, nombre="Dental Andina")


def existencia(app: Flask, producto: int) -> Any:
    with app.app_context():
        return db.session.scalar(db.select(Stock.cantidad).where(Stock.producto_id == producto)) or 0


def recibir(api: ApiClient, orden: dict[str, Any], *lineas: dict[str, Any], **datos: Any) -> Any:
    return api.post(f"{ORDENES}/{orden['id']}/recepciones", {"lineas": lineas, **datos})


LINEAS_MALAS: list[tuple[dict[str, Any], str]] = [
    ({"cantidad": -1}, "cantidad"),
    ({"cantidad": 0}, "cantidad"),
    ({"unidad": "litro"}, "unidad"),
    ({"cantidad": 999_999_999, "unidad": "caja"}, "cantidad"),
    ({"producto_id": 99_999}, "producto_id"),
    ({"costo_unitario": -1}, "costo_unitario"),
]


class TestBorrador:
    def test_se_pide_en_cajas_y_cuesta_lo_que_cuesta_el_producto(
        self, api: ApiClient, app: Flask, proveedor: int
    ) -> None:
        guantes = nuevo_producto(app, costo_unitario="0.125")
        empaquetar(app, guantes, "caja", 100)
        orden = pedir(api, proveedor, {"producto_id": guantes, "cantidad": 3, "unidad": "Caja"})
        linea = orden["lineas"][0]
        assert (orden["estado"], orden["total"], orden["proveedor"]["nombre"]) == ("borrador", 37.5, "Dental Andina")
        assert (linea["factor"], linea["costo_unitario"], linea["pendiente"]) == (100, 12.5, 3)
        assert ok(api.get(f"{ORDENES}/{orden['id']}")) == orden

    def test_sus_lineas_cambian_enteras(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        uno, dos = nuevo_producto(app), nuevo_producto(app)
        orden = pedir(api, proveedor, {"producto_id": uno, "cantidad": 3}, {"producto_id": dos, "cantidad": 1})
        lineas = [{"producto_id": dos, "cantidad": 5, "costo_unitario": "1.5"}]
        ruta = f"{ORDENES}/{orden['id']}"
        problem(api.put(ruta, {"lineas": lineas}), 428)
        cambiada = ok(api.put(ruta, {"lineas": lineas}, headers={"If-Match": '"1"'}))
        assert [(v["producto"]["id"], v["cantidad"], v["costo_unitario"]) for v in cambiada["lineas"]] == [
            (dos, 5, 1.5)
        ]
        problem(api.put(ruta, {"lineas": lineas}, headers={"If-Match": '"1"'}), 412)

    def test_una_linea_mala_se_senala(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        buena = {"producto_id": nuevo_producto(app), "cantidad": 2}
        otro = nuevo_producto(app)
        empaquetar(app, otro, "caja", 100)
        for cambios, lugar in LINEAS_MALAS:
            mala = {"producto_id": otro, "cantidad": 2, **cambios}
            cuerpo = {"proveedor_id": proveedor, "centro_id": 1, "lineas": [buena, mala]}
            errores = problem(api.post(ORDENES, cuerpo), 422)["errores"]
            assert [*errores["lineas"]["1"]] == [lugar], cambios
            assert ok(api.get(ORDENES))["datos"] == [], cambios

    def test_no_se_pide_dos_veces_lo_mismo_ni_lo_que_ya_no_se_usa(
        self, api: ApiClient, app: Flask, proveedor: int
    ) -> None:
        uno, viejo = nuevo_producto(app), nuevo_producto(app, activo=False)
        cuerpo = {"proveedor_id": proveedor, "centro_id": 1}
        dos_veces = [{"producto_id": uno, "cantidad": 2}] * 2
        problem(api.post(ORDENES, {**cuerpo, "lineas": dos_veces}), 422)
        inactivo = [{"producto_id": viejo, "cantidad": 2}]
        problem(api.post(ORDENES, {**cuerpo, "lineas": inactivo}), 409, "producto_inactivo")
        otro = nuevo_proveedor(app, activo=False)
        lineas = [{"producto_id": uno, "cantidad": 2}]
        problem(api.post(ORDENES, {**cuerpo, "proveedor_id": otro, "lineas": lineas}), 409, "proveedor_inactivo")
        problem(api.post(ORDENES, {**cuerpo, "proveedor_id": 99_999, "lineas": lineas}), 422)
        problem(api.post(ORDENES, {**cuerpo, "bodega_id": 99_999, "lineas": lineas}), 422)

    @pytest.mark.both_databases
    @pytest.mark.parametrize("modelo", [Proveedor, Producto])
    def test_a_quien_se_elimina_mientras_tanto_no_se_le_pide_ni_lo_que_se_elimina(
        self, api: ApiClient, app: Flask, proveedor: int, modelo: type[Proveedor | Producto]
    ) -> None:
        producto = nuevo_producto(app)
        cuerpo = {
            "proveedor_id": proveedor,
            "centro_id": 1,
            "lineas": [{"producto_id": producto, "cantidad": 2, "costo_unitario": 1}],
        }
        pedidos: list[Future[Any]] = []
        with app.app_context(), ThreadPoolExecutor(1) as hilo:
            uno = db.session.get_one(modelo, proveedor if modelo is Proveedor else producto, with_for_update=True)
            uno.eliminar()
            db.session.flush()
            begin_and_wait(db.engine, lambda: pedidos.append(hilo.submit(api.post, ORDENES, cuerpo)))
            db.session.commit()
            problem(pedidos[0].result(), 422)

    @pytest.mark.both_databases
    def test_lo_que_se_tira_mientras_alguien_lo_envia_no_se_envia(
        self, api: ApiClient, app: Flask, proveedor: int
    ) -> None:
        orden = pedir(api, proveedor, {"producto_id": nuevo_producto(app), "cantidad": 2})
        ruta, enviada = f"{ORDENES}/{orden['id']}/estado", {"estado": "enviada"}
        envios: list[Future[Any]] = []
        with app.app_context(), ThreadPoolExecutor(1) as hilo:
            db.session.get_one(OrdenCompra, orden["id"]).eliminar()
            db.session.flush()
            begin_and_wait(db.engine, lambda: envios.append(hilo.submit(api.patch, ruta, enviada)))
            db.session.commit()
            problem(envios[0].result(), 404)
        assert eventos(app, "orden_compra.enviada") == []

    def test_se_tira_mientras_es_borrador(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        linea = {"producto_id": nuevo_producto(app), "cantidad": 2}
        orden, otra = pedir(api, proveedor, linea), pedir(api, proveedor, linea)
        assert api.delete(f"{ORDENES}/{orden['id']}").status_code == 204
        problem(api.get(f"{ORDENES}/{orden['id']}"), 404)
        enviar(api, otra)
        problem(api.delete(f"{ORDENES}/{otra['id']}"), 409, "orden_cerrada")


class TestSuVida:
    def test_enviada_se_espera_al_cabo_de_lo_que_tarda_el_proveedor(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        orden = enviar(
            api,
            pedir(api, nuevo_proveedor(app, plazo_entrega_dias=3), linea := {"producto_id": producto, "cantidad": 2}),
        )
        assert orden["estado"] == "enviada"
        assert date.fromisoformat(orden["esperada_el"]) - date.fromisoformat(orden["enviada_en"][:10]) in (
            timedelta(days=2),
            timedelta(days=3),
        )
        ((tipo, sujeto, datos),) = eventos(app, "orden_compra.")
        assert (tipo, sujeto) == ("orden_compra.enviada.v1", f"orden_compra/{orden['id']}")
        assert datos["lineas"][0]["cantidad"] == linea["cantidad"]
        problem(api.patch(f"{ORDENES}/{orden['id']}/estado", {"estado": "enviada"}), 409, "transicion_ilegal")

    def test_enviada_ya_no_cambia_lo_que_pide(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        producto = nuevo_producto(app)
        orden = enviar(api, pedir(api, proveedor, {"producto_id": producto, "cantidad": 2}))
        ruta, siempre = f"{ORDENES}/{orden['id']}", {"If-Match": "*"}
        lineas = [{"producto_id": producto, "cantidad": 9}]
        problem(api.put(ruta, {"lineas": lineas}, headers=siempre), 409, "orden_cerrada")
        assert ok(api.put(ruta, {"notas": "Llamar antes"}, headers=siempre))["notas"] == "Llamar antes"

    def test_se_anula_con_un_motivo(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        orden = enviar(api, pedir(api, proveedor, {"producto_id": nuevo_producto(app), "cantidad": 2}))
        ruta = f"{ORDENES}/{orden['id']}/estado"
        assert "motivo" in problem(api.patch(ruta, {"estado": "anulada"}), 422)["errores"]
        anulada = ok(api.patch(ruta, {"estado": "ANULADA", "motivo": "No hay en el mercado"}))
        assert (anulada["estado"], anulada["motivo_anulacion"]) == ("anulada", "No hay en el mercado")
        assert eventos(app, "orden_compra.anulada")[0][2]["motivo"] == "No hay en el mercado"
        problem(api.patch(ruta, {"estado": "enviada"}), 409, "transicion_ilegal")

    def test_cada_quien_ve_las_de_sus_centros(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        linea = {"producto_id": nuevo_producto(app), "cantidad": 2}
        de_uno, de_dos = pedir(api, proveedor, linea), pedir(api, proveedor, linea, centro_id=2)
        rosa = api.as_("secretaria", centros=[1])
        assert [o["id"] for o in ok(rosa.get(ORDENES))["datos"]] == [de_uno["id"]]
        problem(rosa.get(f"{ORDENES}/{de_dos['id']}"), 404)
        problem(rosa.patch(f"{ORDENES}/{de_dos['id']}/estado", {"estado": "enviada"}), 404)
        problem(rosa.post(ORDENES, {"proveedor_id": proveedor, "centro_id": 2, "lineas": [linea]}), 403)
        medico = api.as_("medico", doctor_id=3)
        assert len(ok(medico.get(ORDENES))["datos"]) == 2
        problem(medico.patch(f"{ORDENES}/{de_uno['id']}/estado", {"estado": "enviada"}), 403)

    def test_la_lista_se_filtra(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        uno, dos = nuevo_producto(app), nuevo_producto(app)
        primera = pedir(api, proveedor, {"producto_id": uno, "cantidad": 1}, esperada_el="2027-01-05")
        segunda = enviar(api, pedir(api, nuevo_proveedor(app), {"producto_id": dos, "cantidad": 1}))
        for filtro, esperadas in {
            "estado=enviada": [segunda],
            f"proveedor_id={proveedor}": [primera],
            f"producto_id={dos}": [segunda],
            "pendientes=true": [segunda],
            "pendientes=false": [primera],
            "centro_id=2": [],
            "": [segunda, primera],
        }.items():
            assert [o["id"] for o in ok(api.get(f"{ORDENES}?{filtro}"))["datos"]] == [o["id"] for o in esperadas]

    def test_sin_permiso_no_se_ven_los_costos(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        orden = pedir(api, proveedor, {"producto_id": nuevo_producto(app), "cantidad": 2, "costo_unitario": 3})
        rosa = api.as_("secretaria", ["inventario:compras:leer"], centros=[1])
        vista = ok(rosa.get(f"{ORDENES}/{orden['id']}"))
        assert not {"total", "costo_unitario", "subtotal"} & {*vista, *vista["lineas"][0]}

    def test_con_mas_ordenes_no_hay_mas_consultas(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        cuentas = []
        for _ in range(2):
            lineas = [{"producto_id": nuevo_producto(app), "cantidad": 1} for _ in range(2)]
            pedir(api, nuevo_proveedor(app), *lineas)
            with statements(app) as hechas:
                ok(api.get(ORDENES))
            cuentas.append(len(hechas))
        assert cuentas[0] == cuentas[1]


NO_CUADRAN: list[tuple[dict[str, Any], str, int]] = [
    ({"lote": None}, "lote", 422),
    ({"caducidad": AYER}, "caducidad", 422),
    ({"lote": "VIEJO"}, "lote", 409),
    ({"lote": "BUENO", "caducidad": EN_DOS_ANOS}, "caducidad", 409),
    ({"cantidad": -3}, "cantidad", 422),
    ({"producto_id": 99_999}, "producto_id", 422),
]


class TestRecepcion:
    def test_llega_en_partes_con_lotes_y_otro_costo(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        resina = nuevo_producto(app, controla_lotes=True)
        empaquetar(app, resina, "caja", 10)
        orden = enviar(
            api, pedir(api, proveedor, {"producto_id": resina, "cantidad": 4, "unidad": "caja", "costo_unitario": 20})
        )
        una = {"producto_id": resina, "cantidad": 1, "lote": "A1", "caducidad": EN_DOS_ANOS}
        otra = {"producto_id": resina, "cantidad": 2, "lote": "B7", "costo_unitario": 30}
        hecha = ok(recibir(api, orden, una, otra, documento="001-001-000000123"), 201)
        assert (hecha["estado"], existencia(app, resina)) == ("parcial", 30)
        assert [(m["lote"], m["caducidad"], m["cantidad"], m["costo_unitario"]) for m in hecha["movimientos"]] == [
            ("A1", EN_DOS_ANOS, 10, 2),
            ("B7", None, 20, 3),
        ]
        linea = ok(api.get(f"{ORDENES}/{orden['id']}"))["lineas"][0]
        assert (linea["recibida"], linea["pendiente"]) == (3, 1)
        assert ok(recibir(api, orden, {**una, "lote": "A1"}), 201)["estado"] == "recibida"
        assert [datos["total"] for _, _, datos in eventos(app, "orden_compra.recibida")] == [80, 20]
        recepciones = ok(api.get(f"{ORDENES}/{orden['id']}/recepciones"))["datos"]
        assert [r["documento"] for r in recepciones] == [None, "001-001-000000123"]
        vista = ok(api.get(f"{ORDENES}/{orden['id']}/recepciones/{hecha['id']}"))
        assert vista["movimientos"] == hecha["movimientos"]
        with app.app_context():
            assert db.session.get_one(Producto, resina).costo_unitario == 2.5
            assert db.session.scalars(db.select(Lote.proveedor_id)).all() == [proveedor] * 2
            assert {f.referencia for f in db.session.scalars(db.select(Movimiento))} == {"recepcion/1", "recepcion/2"}

    def test_no_se_recibe_mas_de_lo_pedido(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        producto = nuevo_producto(app)
        orden = enviar(api, pedir(api, proveedor, {"producto_id": producto, "cantidad": 5}))
        de_mas = [{"producto_id": producto, "cantidad": 3}] * 2
        error = problem(recibir(api, orden, *de_mas), 409, "recibido_de_mas")
        assert [*error["errores"]["lineas"]["1"]] == ["cantidad"]
        assert existencia(app, producto) == 0
        ok(recibir(api, orden, {"producto_id": producto, "cantidad": 5}), 201)
        problem(recibir(api, orden, {"producto_id": producto, "cantidad": 1}), 409, "transicion_ilegal")

    def test_un_lote_que_no_cuadra_no_entra(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        producto = nuevo_producto(app, controla_lotes=True)
        with app.app_context():
            ayer = date.fromisoformat(AYER)
            db.session.add(Lote(producto_id=producto, codigo="VIEJO", caducidad=ayer))
            db.session.add(Lote(producto_id=producto, codigo="BUENO", caducidad=date(2090, 1, 1)))
            db.session.commit()
        orden = enviar(api, pedir(api, proveedor, {"producto_id": producto, "cantidad": 5}))
        for cambios, campo, estado in NO_CUADRAN:
            linea = {"producto_id": producto, "cantidad": 1, "lote": "N1", **cambios}
            respuesta = recibir(api, orden, {k: v for k, v in linea.items() if v is not None})
            assert [*problem(respuesta, estado)["errores"]["lineas"]["0"]] == [campo], cambios
            assert existencia(app, producto) == 0, cambios

    def test_de_un_borrador_no_llega_nada_y_de_lo_anulado_tampoco(
        self, api: ApiClient, app: Flask, proveedor: int
    ) -> None:
        linea = {"producto_id": nuevo_producto(app), "cantidad": 5}
        orden = pedir(api, proveedor, linea)
        problem(recibir(api, orden, linea), 409, "transicion_ilegal")
        enviar(api, orden)
        ok(recibir(api, orden, {**linea, "cantidad": 2}), 201)
        ok(api.patch(f"{ORDENES}/{orden['id']}/estado", {"estado": "anulada", "motivo": "No vendrá el resto"}))
        problem(recibir(api, orden, {**linea, "cantidad": 3}), 409, "transicion_ilegal")
        assert existencia(app, linea["producto_id"]) == 2

    def test_a_la_vez_no_entra_dos_veces_lo_mismo(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        """Twenty deliveries of one each at once, of an order for seven."""
        producto = nuevo_producto(app, controla_lotes=True)
        orden = enviar(api, pedir(api, proveedor, {"producto_id": producto, "cantidad": 7}))
        codigos: list[int] = []

        def entregar() -> None:
            codigos.append(recibir(api, orden, {"producto_id": producto, "cantidad": 1, "lote": "L"}).status_code)

        hilos = [threading.Thread(target=entregar) for _ in range(20)]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join()
        assert sorted(codigos) == [201] * 7 + [409] * 13
        assert existencia(app, producto) == 7
        assert ok(api.get(f"{ORDENES}/{orden['id']}"))["estado"] == "recibida"

    @pytest.mark.both_databases
    def test_lo_que_llega_mientras_cambian_la_bodega_entra_en_la_nueva(
        self, api: ApiClient, app: Flask, proveedor: int
    ) -> None:
        producto = nuevo_producto(app)
        orden = enviar(api, pedir(api, proveedor, linea := {"producto_id": producto, "cantidad": 5}))
        nueva = bodega(app, 1, "Anexo")
        entregas: list[Future[Any]] = []
        with app.app_context(), ThreadPoolExecutor(1) as hilo:
            db.session.get_one(OrdenCompra, orden["id"]).bodega_id = nueva
            db.session.flush()
            begin_and_wait(db.engine, lambda: entregas.append(hilo.submit(recibir, api, orden, linea)))
            db.session.commit()
            ok(entregas[0].result(), 201)
            assert db.session.scalars(db.select(Movimiento.bodega_id)).all() == [nueva]

    def test_lo_que_se_recibio_por_error_vuelve_a_estar_pendiente(
        self, api: ApiClient, app: Flask, proveedor: int
    ) -> None:
        producto = nuevo_producto(app)
        empaquetar(app, producto, "caja", 10)
        orden = enviar(api, pedir(api, proveedor, {"producto_id": producto, "cantidad": 5, "unidad": "caja"}))
        hecha = ok(recibir(api, orden, {"producto_id": producto, "cantidad": 5}), 201)
        assert hecha["estado"] == "recibida"
        ruta = f"/inventario/movimientos/{hecha['movimientos'][0]['id']}/correccion"
        ok(api.post(ruta, {"motivo": "Era de otra orden"}), 201)
        problem(api.post(ruta, {"motivo": "Era de otra orden"}), 409, "movimiento_ya_corregido")
        quedo = ok(api.get(f"{ORDENES}/{orden['id']}"))
        assert (quedo["estado"], quedo["lineas"][0]["recibida"], quedo["lineas"][0]["pendiente"]) == ("enviada", 0, 5)
        ok(recibir(api, orden, {"producto_id": producto, "cantidad": 3}), 201)
        assert (existencia(app, producto), ok(api.get(f"{ORDENES}/{orden['id']}"))["estado"]) == (30, "parcial")
        cuadra(app)

    def test_nadie_escribe_a_mano_lo_que_llega_de_una_orden(self, api: ApiClient, app: Flask, proveedor: int) -> None:
        producto = nuevo_producto(app)
        orden = enviar(api, pedir(api, proveedor, {"producto_id": producto, "cantidad": 5}))
        hecha = ok(recibir(api, orden, {"producto_id": producto, "cantidad": 5}), 201)
        ajeno = movimiento(api, producto, "entrada", 5, referencia=f"recepcion/{hecha['id']}")
        assert [*problem(ajeno, 422)["errores"]] == ["referencia"]
