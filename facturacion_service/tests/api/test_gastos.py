"""Operating expenses: what they are, what they come to, and what was paid for them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from facturacion.extensiones import db
from facturacion.modelos import Cuenta, Transaccion

from ..caja import abrir_caja
from ..conftest import como_medico, como_paciente
from ..cuentas import anotado, en_dia
from ..gastos import GASTOS, contar_caja, gastar, hoy
from ..noticias import anunciados

CATEGORIAS = "/facturacion/categorias-gasto"
ENERO, FEBRERO = "2026-01-10", "2026-02-10"


def ids(api: ApiClient, **filtro: Any) -> list[int]:
    return sorted(fila["id"] for fila in ok(api.get(GASTOS, query_string=filtro))["datos"])


def transacciones(app: Flask) -> list[tuple[str, D, str, str]]:
    with app.app_context():
        filas = db.session.scalars(db.select(Transaccion).order_by(Transaccion.id))
        return [(fila.referencia or "", fila.monto, str(fila.medio_pago), str(fila.estado)) for fila in filas]


NO_PUEDEN_SER: list[tuple[dict[str, Any], str]] = [
    ({"monto": 0}, "monto"),
    ({"monto": "1.001"}, "monto"),
    ({"categoria_id": 99}, "categoria_id"),
    ({"categoria_id": 1, "categoria": "Luz"}, "categoria"),
    ({"categoria": None}, "categoria"),
    ({"fecha": "2999-01-01"}, "fecha"),
    ({"centro_id": 77}, "centro_id"),
]


class TestGastos:
    def test_un_gasto_cuenta_en_su_dia_aunque_no_este_pagado(self, app: Flask, admin: ApiClient) -> None:
        respuesta = admin.post(
            GASTOS,
            {"centro_id": 1, "categoria": "Luz", "monto": "85.40", "fecha": ENERO, "proveedor": "Empresa Eléctrica"},
        )
        gasto = ok(respuesta, 201)
        assert respuesta.headers["Location"] == f"{GASTOS}/{gasto['id']}"
        assert (gasto["categoria"], gasto["descripcion"], gasto["monto"]) == ("Luz", "Luz", 85.4)
        assert (gasto["medio_pago"], gasto["pagado_el"], gasto["adjuntos"]) == (None, None, [])
        assert anotado(app, Cuenta.GASTO, "dia", "centro_id", "categoria_id") == {
            (date(2026, 1, 10), 1, gasto["categoria_id"]): D("85.40")
        }
        assert transacciones(app) == []
        assert ok(admin.get(f"{GASTOS}/{gasto['id']}")) == gasto
        (contado,) = anunciados(app, "gasto.registrado.v1")
        assert (contado["categoria"], contado["monto"], contado["fecha"]) == ("Luz", 85.4, ENERO)

    def test_pagado_sale_de_la_caja_de_quien_lo_paga(self, app: Flask, admin: ApiClient) -> None:
        problem(
            admin.post(GASTOS, {"centro_id": 1, "categoria": "Aseo", "monto": 5, "medio_pago": "efectivo"}),
            409,
            "sin_caja_abierta",
        )
        caja = abrir_caja(app)
        gasto = gastar(admin, 5, medio_pago="efectivo", descripcion="Escobas")
        assert gasto["pagado_el"] == hoy().isoformat()
        assert transacciones(app) == [(f"gasto/{gasto['id']}", 5, "efectivo", "completado")]
        with app.app_context():
            fila = db.session.scalars(db.select(Transaccion)).one()
            assert (fila.caja_id, fila.concepto, str(fila.tipo_transaccion)) == (caja, "Escobas", "egreso")
        assert anotado(app, Cuenta.EGRESO, "origen", "medio_pago") == {("gasto", "efectivo"): 5}
        assert len(anunciados(app, "gasto.registrado.v1")) == 1

    def test_lo_pagado_otro_dia_cuenta_ese_dia_y_el_efectivo_solo_hoy(self, app: Flask, admin: ApiClient) -> None:
        abrir_caja(app)
        gastar(admin, 40, fecha=ENERO, medio_pago="transferencia", pagado_el="2026-01-12")
        assert anotado(app, Cuenta.EGRESO) == {date(2026, 1, 12): 40}
        manana = (hoy() + timedelta(days=1)).isoformat()
        for datos in (
            {"medio_pago": "efectivo", "pagado_el": "2026-01-12"},
            {"medio_pago": "cheque", "pagado_el": manana},
            {"pagado_el": ENERO},
        ):
            cuerpo = {"centro_id": 1, "categoria": "Luz", "monto": 1, "fecha": ENERO, **datos}
            assert [*problem(admin.post(GASTOS, cuerpo), 422)["errores"]] == ["pagado_el"]

    def test_lo_que_no_puede_ser(self, admin: ApiClient) -> None:
        for datos, campo in NO_PUEDEN_SER:
            cuerpo: dict[str, Any] = {"centro_id": 1, "monto": 10, **datos}
            if "categoria_id" not in datos:
                cuerpo.setdefault("categoria", "Luz")
            problema = problem(admin.post(GASTOS, cuerpo), 422)
            assert campo in problema["errores"], datos

    def test_se_edita_y_el_libro_lo_sigue(self, app: Flask, admin: ApiClient) -> None:
        gasto = gastar(admin, 100, fecha=ENERO)
        url = f"{GASTOS}/{gasto['id']}"
        editado = ok(admin.put(url, {"monto": 80, "fecha": FEBRERO, "categoria": "Agua", "centro_id": 2}))
        assert (editado["monto"], editado["fecha"], editado["categoria"]) == (80, FEBRERO, "Agua")
        assert anotado(app, Cuenta.GASTO, "dia", "centro_id", "categoria_id") == {
            (date(2026, 2, 10), 2, editado["categoria_id"]): 80
        }
        assert en_dia(app, Cuenta.GASTO) == {date(2026, 2, 10): (80, 1)}
        problem(admin.put(url, {"monto": 1}, headers={"If-Match": '"1"'}), 412)

    def test_se_paga_despues_y_lo_pagado_se_corrige(self, app: Flask, admin: ApiClient) -> None:
        gasto = gastar(admin, 100, fecha=ENERO)
        url, referencia = f"{GASTOS}/{gasto['id']}", f"gasto/{gasto['id']}"
        ok(admin.put(url, {"medio_pago": "cheque", "pagado_el": FEBRERO}))
        assert ok(admin.put(url, {"monto": 90, "descripcion": "Enero"}))["pagado_el"] == FEBRERO
        assert transacciones(app) == [(referencia, 90, "cheque", "completado")]
        ok(admin.put(url, {"medio_pago": "transferencia"}))
        assert transacciones(app) == [
            (referencia, 90, "cheque", "anulado"),
            (referencia, 90, "transferencia", "completado"),
        ]
        assert anotado(app, Cuenta.EGRESO, "dia", "medio_pago") == {(date(2026, 2, 10), "transferencia"): 90}
        assert ok(admin.put(url, {"medio_pago": None}))["pagado_el"] is None
        assert (anotado(app, Cuenta.EGRESO), en_dia(app, Cuenta.EGRESO)) == ({}, {})
        assert anotado(app, Cuenta.GASTO) == {date(2026, 1, 10): 90}

    def test_sin_decir_el_dia_se_paga_hoy(self, app: Flask, admin: ApiClient) -> None:
        gasto = gastar(admin, 100, fecha=ENERO)
        pagado = ok(admin.put(f"{GASTOS}/{gasto['id']}", {"medio_pago": "cheque"}))
        assert pagado["pagado_el"] == str(hoy())
        assert transacciones(app) == [(f"gasto/{gasto['id']}", 100, "cheque", "completado")]

    def test_lo_de_una_caja_contada_ya_no_cambia(self, app: Flask, admin: ApiClient) -> None:
        caja = abrir_caja(app)
        gasto = gastar(admin, 20, medio_pago="efectivo")
        url = f"{GASTOS}/{gasto['id']}"
        ok(admin.put(url, {"monto": 25}))
        contar_caja(app, caja)
        problem(admin.put(url, {"monto": 30}), 409, "caja_cerrada")
        problem(admin.put(url, {"medio_pago": None}), 409, "caja_cerrada")
        problem(admin.delete(url), 409, "caja_cerrada")
        assert ok(admin.put(url, {"descripcion": "Escobas y trapeadores", "monto": 25}))["monto"] == 25
        assert (anotado(app, Cuenta.GASTO), anotado(app, Cuenta.EGRESO)) == ({hoy(): 25}, {hoy(): 25})

    def test_lo_eliminado_no_cuenta(self, app: Flask, admin: ApiClient) -> None:
        gasto = gastar(admin, 20, medio_pago="transferencia")
        url = f"{GASTOS}/{gasto['id']}"
        assert admin.delete(url).status_code == 204
        problem(admin.delete(url), 404)
        problem(admin.get(url), 404)
        problem(admin.put(url, {"monto": 1}), 404)
        assert (anotado(app, Cuenta.GASTO), anotado(app, Cuenta.EGRESO)) == ({}, {})
        assert [fila[3] for fila in transacciones(app)] == ["anulado"]

    def test_se_buscan(self, admin: ApiClient) -> None:
        luz = gastar(admin, 10, categoria="Luz", fecha=ENERO, proveedor="Empresa Eléctrica")
        agua = gastar(admin, 20, categoria="Agua", fecha=FEBRERO, medio_pago="cheque", pagado_el=FEBRERO)
        otro = gastar(admin, 30, categoria="luz", centro_id=2, fecha=FEBRERO, descripcion="Panel solar")
        todos = [luz["id"], agua["id"], otro["id"]]
        assert ids(admin) == todos
        assert ids(admin, categoria_id=luz["categoria_id"]) == [luz["id"], otro["id"]]
        assert ids(admin, centro_id=1, desde="2026-02-01", hasta="2026-02-28") == [agua["id"]]
        assert ids(admin, start_date=ENERO, end_date=ENERO) == ids(admin, fecha=ENERO) == [luz["id"]]
        assert (ids(admin, pagado="no"), ids(admin, medio_pago="cheque")) == ([luz["id"], otro["id"]], [agua["id"]])
        assert (ids(admin, q="SOLAR"), ids(admin, q="empresa")) == ([otro["id"]], [luz["id"]])

    def test_cada_quien_los_de_sus_centros(self, api: ApiClient, admin: ApiClient) -> None:
        gasto = gastar(admin)
        permisos = [f"facturacion:gastos:{que}" for que in ("leer", "crear", "editar", "eliminar")]
        url = f"{GASTOS}/{gasto['id']}"
        de_otro = api.as_("secretaria", permisos, sub="21", centros=[2])
        for respuesta in (de_otro.get(url), de_otro.put(url, {"monto": 1}), de_otro.delete(url)):
            problem(respuesta, 404)
        assert ids(de_otro) == []
        assert ok(de_otro.get(f"{GASTOS}/totales"))["total"] == 0
        problem(de_otro.post(GASTOS, {"centro_id": 1, "categoria": "Luz", "monto": 1}), 403, "centro_ajeno")
        assert ids(api.as_("secretaria", permisos, sub="20", centros=[1])) == [gasto["id"]]
        for quien in (como_medico(api), como_paciente(api)):
            problem(quien.get(GASTOS), 403)


class TestTotales:
    def test_por_categoria_mes_y_centro(self, admin: ApiClient) -> None:
        gastar(admin, "10.10", categoria="Luz", fecha=ENERO)
        gastar(admin, "20.20", categoria="Agua", fecha=FEBRERO)
        luz = gastar(admin, "30.30", categoria="Luz", centro_id=2, fecha=FEBRERO)
        gastar(admin, 5, categoria="Agua", fecha=FEBRERO)
        totales = ok(admin.get(f"{GASTOS}/totales"))
        assert (totales["total"], totales["cantidad"]) == (65.6, 4)
        assert [(t["categoria"]["nombre"], t["total"], t["cantidad"]) for t in totales["por_categoria"]] == [
            ("Luz", 40.4, 2),
            ("Agua", 25.2, 2),
        ]
        assert [(t["mes"], t["total"]) for t in totales["por_mes"]] == [("2026-01", 10.1), ("2026-02", 55.5)]
        assert [(t["centro"], t["total"]) for t in totales["por_centro"]] == [
            ({"id": 1, "nombre": "Centro 1"}, 35.3),
            ({"id": 2, "nombre": "Centro 2"}, 30.3),
        ]
        del_filtro = {"desde": "2026-02-01", "hasta": "2026-02-28", "categoria_id": luz["categoria_id"]}
        assert ok(admin.get(f"{GASTOS}/totales", query_string=del_filtro))["total"] == 30.3
        assert ok(admin.get(f"{GASTOS}/totales", query_string={"centro_id": 3}))["por_mes"] == []


class TestCategorias:
    def test_se_crean_se_renombran_y_se_desactivan(self, admin: ApiClient) -> None:
        categoria = ok(admin.post(CATEGORIAS, {"nombre": "Servicios básicos"}), 201)
        problem(admin.post(CATEGORIAS, {"nombre": " servicios  BASICOS"}), 409, "categoria_duplicada")
        url = f"{CATEGORIAS}/{categoria['id']}"
        assert ok(admin.put(url, {"nombre": "Luz y agua"}))["nombre"] == "Luz y agua"
        assert gastar(admin, categoria="LUZ Y AGUA")["categoria_id"] == categoria["id"]
        ok(admin.put(url, {"activa": False}))
        cuerpo = {"centro_id": 1, "categoria_id": categoria["id"], "monto": 1}
        assert [*problem(admin.post(GASTOS, cuerpo), 422)["errores"]] == ["categoria_id"]
        assert ok(admin.get(CATEGORIAS, query_string={"activa": "true"}))["datos"] == []

    def test_no_se_elimina_la_que_tiene_gastos(self, admin: ApiClient) -> None:
        gasto = gastar(admin)
        url = f"{CATEGORIAS}/{gasto['categoria_id']}"
        problem(admin.delete(url), 409, "categoria_en_uso")
        admin.delete(f"{GASTOS}/{gasto['id']}")
        assert admin.delete(url).status_code == 204
        problem(admin.get(url), 404)
        assert gastar(admin)["categoria_id"] != gasto["categoria_id"]
