"""Doctors' fees are settled once each, paid at the cash desk, and freed when a settlement is taken back."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from comun.testing.client import ApiClient, ok, problem
from comun.testing.together import at_once
from facturacion.extensiones import db
from facturacion.modelos import Cuenta, Honorario, Transaccion

from ..caja import abrir_caja
from ..conftest import como_medico, como_paciente
from ..cuentas import anotado
from ..fabricas import conocer_tratamiento
from ..gastos import contar_caja
from ..honorarios import LUNES, MARTES, MIERCOLES, acreditar, facturar, nueva_tarifa
from ..noticias import anunciados

LIQUIDACIONES = "/facturacion/liquidaciones"
HONORARIOS = "/facturacion/honorarios"
TARIFAS = "/facturacion/tarifas-honorarios"


@pytest.fixture
def cuarenta(app: Flask, clinica: dict[str, int]) -> None:
    """Doctors get 40 %."""
    nueva_tarifa(app, "40")


def liquidar(api: ApiClient, **datos: Any) -> Any:
    return api.post(LIQUIDACIONES, {"doctor_id": 7, "hasta": MIERCOLES.isoformat(), **datos})


def estado(api: ApiClient, liquidacion: dict[str, Any], **datos: Any) -> Any:
    return api.patch(f"{LIQUIDACIONES}/{liquidacion['id']}/estado", datos)


def pendiente(api: ApiClient, **filtro: Any) -> float:
    return float(ok(api.get(f"{HONORARIOS}/pendientes", query_string=filtro))["total"])


@pytest.mark.usefixtures("cuarenta")
class TestLiquidar:
    def test_se_liquida_lo_ganado_hasta_un_dia_y_una_sola_vez(self, app: Flask, admin: ApiClient) -> None:
        facturar(app, "100", "50.05")
        acreditar(app, facturar(app, "20"), "5")
        facturar(app, "30", dia=MIERCOLES)
        facturar(app, "70", doctor_id=8)
        (previo,) = ok(
            admin.get(f"{HONORARIOS}/pendientes", query_string={"doctor_id": 7, "hasta": MARTES.isoformat()})
        )["datos"]
        assert (previo["total"], previo["base"], previo["cantidad"]) == (66.02, 165.05, 4)
        assert (previo["desde"], previo["hasta"]) == (LUNES.isoformat(), MARTES.isoformat())
        respuesta = liquidar(admin, hasta=MARTES.isoformat())
        liquidacion = ok(respuesta, 201)
        assert respuesta.headers["Location"] == f"{LIQUIDACIONES}/{liquidacion['id']}"
        assert (liquidacion["total"], liquidacion["base"], liquidacion["estado"]) == (66.02, 165.05, "cerrada")
        assert (liquidacion["desde"], liquidacion["doctor"]["nombres"]) == (LUNES.isoformat(), "Ana Lucía")
        problem(liquidar(admin, hasta=MARTES.isoformat()), 409, "sin_honorarios")
        assert pendiente(admin) == 12 + 28
        assert ok(liquidar(admin), 201)["total"] == 12
        assert anunciados(app, "liquidacion.cerrada.v1")[0] == {
            "id": liquidacion["id"],
            "doctor_id": 7,
            "centro_id": None,
            "desde": LUNES.isoformat(),
            "hasta": MARTES.isoformat(),
            "base": 165.05,
            "total": 66.02,
        }

    def test_de_un_centro_y_de_un_periodo(self, app: Flask, admin: ApiClient) -> None:
        facturar(app, "100")
        facturar(app, "10", centro_id=2)
        facturar(app, "1", dia=MIERCOLES)
        assert ok(liquidar(admin, centro_id=1, desde=MARTES.isoformat()), 201)["total"] == 0.4
        assert ok(liquidar(admin, centro_id=2), 201)["total"] == 4
        assert pendiente(admin) == 40

    def test_lo_acreditado_despues_se_descuenta_en_la_siguiente(self, app: Flask, admin: ApiClient) -> None:
        factura = facturar(app, "100")
        ok(liquidar(admin, hasta=LUNES.isoformat()), 201)
        acreditar(app, factura, "50", dia=MARTES)
        problem(liquidar(admin), 409, "honorarios_en_contra")
        facturar(app, "80", dia=MARTES)
        assert ok(liquidar(admin), 201)["total"] == 12

    @pytest.mark.parametrize(
        ("datos", "campo"),
        [
            ({"doctor_id": 99}, "doctor_id"),
            ({"centro_id": 99}, "centro_id"),
            ({"hasta": "2200-01-01"}, "hasta"),
        ],
    )
    def test_lo_que_no_puede_ser(self, admin: ApiClient, datos: dict[str, Any], campo: str) -> None:
        assert [*problem(liquidar(admin, **datos), 422)["errores"]] == [campo]

    def test_muchos_a_la_vez_se_llevan_cada_honorario_una_vez(self, app: Flask, admin: ApiClient) -> None:
        for _ in range(6):
            facturar(app, "10")

        def uno() -> str:
            while True:
                respuesta = liquidar(admin, desde=LUNES.isoformat())
                if respuesta.status_code != 503:
                    return "hecha" if respuesta.status_code == 201 else str(respuesta.get_json(force=True)["codigo"])

        assert Counter(at_once(*[uno] * 8)) == {"hecha": 1, "sin_honorarios": 7}
        with app.app_context():
            libres = db.session.scalars(db.select(Honorario).where(Honorario.liquidacion_id.is_(None))).all()
        assert libres == []
        (liquidacion,) = ok(admin.get(LIQUIDACIONES))["datos"]
        assert liquidacion["total"] == 24


@pytest.mark.usefixtures("cuarenta")
class TestPagar:
    @pytest.fixture
    def liquidacion(self, app: Flask, admin: ApiClient) -> dict[str, Any]:
        """Of USD 40."""
        facturar(app, "100")
        return dict(ok(liquidar(admin), 201))

    def test_lo_pagado_sale_de_la_caja_y_no_es_otro_gasto(
        self, app: Flask, admin: ApiClient, liquidacion: dict[str, Any]
    ) -> None:
        for faltan in ({}, {"medio_pago": "transferencia"}):
            problem(estado(admin, liquidacion, estado="pagada", **faltan), 422)
        cuerpo = {"estado": "pagada", "medio_pago": "efectivo", "centro_id": 1}
        problem(estado(admin, liquidacion, **cuerpo), 409, "sin_caja_abierta")
        abrir_caja(app)
        pagada = ok(estado(admin, liquidacion, **cuerpo))
        assert (pagada["estado"], pagada["medio_pago"], pagada["pagada_en"] is None) == ("pagada", "efectivo", False)
        problem(estado(admin, liquidacion, **cuerpo), 409, "transicion_ilegal")
        assert anotado(app, Cuenta.EGRESO, "origen", "doctor_id") == {("liquidacion", 7): 40}
        assert anotado(app, Cuenta.HONORARIO) == {LUNES: 40}
        assert anotado(app, Cuenta.GASTO) == {}
        with app.app_context():
            (fila,) = db.session.scalars(db.select(Transaccion))
            assert fila.concepto == "Honorarios Ana Lucía Muñoz 7"

    def test_anulada_lo_suyo_queda_libre_otra_vez(
        self, app: Flask, admin: ApiClient, liquidacion: dict[str, Any]
    ) -> None:
        ok(estado(admin, liquidacion, estado="pagada", medio_pago="transferencia", centro_id=1))
        assert [*problem(estado(admin, liquidacion, estado="anulada"), 422)["errores"]] == ["motivo"]
        anulada = ok(estado(admin, liquidacion, estado="anulada", motivo="Faltaba una factura"))
        assert (anulada["estado"], anulada["motivo"], anulada["medio_pago"]) == (
            "anulada",
            "Faltaba una factura",
            None,
        )
        assert anotado(app, Cuenta.EGRESO) == {}
        problem(estado(admin, liquidacion, estado="anulada", motivo="Otra vez"), 409, "transicion_ilegal")
        assert ok(admin.get(f"{LIQUIDACIONES}/{liquidacion['id']}/reporte"))["lineas"] == []
        assert ok(liquidar(admin), 201)["total"] == 40

    def test_lo_pagado_de_una_caja_contada_ya_no_se_anula(
        self, app: Flask, admin: ApiClient, liquidacion: dict[str, Any]
    ) -> None:
        caja = abrir_caja(app)
        ok(estado(admin, liquidacion, estado="pagada", medio_pago="efectivo", centro_id=1))
        contar_caja(app, caja)
        problem(estado(admin, liquidacion, estado="anulada", motivo="Error"), 409, "caja_cerrada")
        assert ok(admin.get(f"{LIQUIDACIONES}/{liquidacion['id']}"))["estado"] == "pagada"
        assert pendiente(admin) == 0

    def test_la_de_cero_se_paga_sin_mover_dinero(self, app: Flask, admin: ApiClient) -> None:
        acreditar(app, facturar(app, "100", doctor_id=8), "100")
        cero = ok(liquidar(admin, doctor_id=8), 201)
        assert ok(estado(admin, cero, estado="pagada", medio_pago="efectivo", centro_id=1))["total"] == 0
        assert anotado(app, Cuenta.EGRESO) == {}


@pytest.mark.usefixtures("cuarenta")
class TestReporte:
    def test_dice_cada_linea_en_cualquier_formato(self, app: Flask, admin: ApiClient) -> None:
        conocer_tratamiento(app, 10, nombre="Limpieza dental")
        factura = facturar(app, "100", "50")
        facturar(app, "10", tratamiento_id=None)
        acreditar(app, factura, "50", dia=MARTES)
        liquidacion = ok(liquidar(admin), 201)
        url = f"{LIQUIDACIONES}/{liquidacion['id']}/reporte"
        reporte = ok(admin.get(url))
        assert reporte["liquidacion"]["total"] == 44
        assert [linea["monto"] for linea in reporte["lineas"]] == [40, 20, 4, -20]
        assert reporte["lineas"][3]["referencia"] == "nota_credito/1"
        assert reporte["lineas"][0]["factura"].startswith("001-001-")
        assert reporte["lineas"][0]["paciente_id"] == 1
        assert [(p["tratamiento"], p["total"]) for p in reporte["por_tratamiento"]] == [
            ({"id": 10, "nombre": "Limpieza dental"}, 40),
            (None, 4),
        ]
        hoja = [*csv.DictReader(io.StringIO(admin.get(f"{url}?formato=csv").get_data(as_text=True)))]
        assert [D(fila["monto"]) for fila in hoja] == [40, 20, 4, -20]
        libro = load_workbook(io.BytesIO(admin.get(f"{url}?formato=xlsx").data))
        assert [fila[6] for fila in libro.active.iter_rows(min_row=2, values_only=True)] == [40, 20, 4, -20]
        papel = admin.get(f"{url}?formato=pdf")
        texto = "".join(pagina.extract_text() for pagina in PdfReader(io.BytesIO(papel.data)).pages)
        assert papel.content_type == "application/pdf"
        for dicho in ("Ana Lucía Muñoz 7", "USD 44.00", "Limpieza dental", "-20.00"):
            assert dicho in texto


@pytest.mark.usefixtures("cuarenta")
class TestQuienVeQue:
    def test_el_medico_ve_lo_suyo_y_no_liquida(self, app: Flask, api: ApiClient, admin: ApiClient) -> None:
        facturar(app, "100")
        facturar(app, "10", doctor_id=8)
        suya, ajena = (ok(liquidar(admin, doctor_id=doctor), 201) for doctor in (7, 8))
        medico = como_medico(api)
        assert [fila["doctor_id"] for fila in ok(medico.get(HONORARIOS))["datos"]] == [7]
        assert ok(medico.get(HONORARIOS, query_string={"doctor_id": 8}))["datos"] == []
        assert [fila["id"] for fila in ok(medico.get(LIQUIDACIONES))["datos"]] == [suya["id"]]
        assert ok(medico.get(f"{LIQUIDACIONES}/{suya['id']}/reporte"))["liquidacion"]["total"] == 40
        for ruta in ("", "/reporte", "/reporte?formato=pdf"):
            problem(medico.get(f"{LIQUIDACIONES}/{ajena['id']}{ruta}"), 404)
        problem(liquidar(medico), 403)
        con_permiso = api.as_("medico", ["facturacion:honorarios:liquidar"], sub="107", doctor_id=7)
        problem(liquidar(con_permiso), 403, "alcance_insuficiente")
        problem(estado(con_permiso, suya, estado="anulada", motivo="x"), 403, "alcance_insuficiente")
        problem(como_paciente(api).get(HONORARIOS), 403)
        de_centro = api.as_("secretaria", ["facturacion:honorarios:leer"], centros=[1])
        assert (ok(de_centro.get(HONORARIOS))["datos"], pendiente(de_centro)) == ([], 0)

    def test_se_buscan(self, app: Flask, admin: ApiClient) -> None:
        facturar(app, "100")
        facturar(app, "10", centro_id=2, dia=MARTES, tratamiento_id=11)
        liquidacion = ok(liquidar(admin, centro_id=1), 201)

        def montos(**filtro: Any) -> list[float]:
            filtro["orden"] = "dia"
            return [fila["monto"] for fila in ok(admin.get(HONORARIOS, query_string=filtro))["datos"]]

        assert montos() == [40, 4]
        assert montos(pendientes="true") == montos(centro_id=2) == montos(tratamiento_id=11) == [4]
        assert montos(liquidacion_id=liquidacion["id"]) == montos(pendientes="false") == [40]
        assert montos(desde=MARTES.isoformat()) == [4]
        assert montos(hasta=LUNES.isoformat()) == [40]
        vistas = ok(admin.get(LIQUIDACIONES, query_string={"estado": "cerrada", "doctor_id": 7, "centro_id": 1}))
        assert [fila["id"] for fila in vistas["datos"]] == [liquidacion["id"]]


class TestTarifas:
    def test_se_crean_se_editan_y_se_quitan(self, app: Flask, admin: ApiClient) -> None:
        conocer_tratamiento(app, 10)
        cuerpo = {"doctor_id": 7, "tratamiento_id": 10, "porcentaje": "37.50", "desde": "2026-01-01"}
        respuesta = admin.post(TARIFAS, cuerpo)
        tarifa = ok(respuesta, 201)
        url = f"{TARIFAS}/{tarifa['id']}"
        assert (respuesta.headers["Location"], tarifa["porcentaje"]) == (url, 37.5)
        problem(admin.post(TARIFAS, cuerpo), 409, "tarifa_duplicada")
        ok(admin.post(TARIFAS, {**cuerpo, "doctor_id": None}), 201)
        problem(admin.post(TARIFAS, {**cuerpo, "doctor_id": None}), 409, "tarifa_duplicada")
        problem(admin.put(url, {"porcentaje": 40}), 428)
        etag = {"If-Match": admin.get(url).headers["ETag"]}
        assert ok(admin.put(url, {"porcentaje": 40, "tratamiento_id": None}, headers=etag))["tratamiento_id"] is None
        problem(admin.put(url, {"porcentaje": 41}, headers=etag), 412)
        facturar(app, "100", tratamiento_id=99)
        assert admin.delete(url).status_code == 204
        facturar(app, "100", tratamiento_id=99)
        assert anotado(app, Cuenta.HONORARIO) == {LUNES: 40}

    def test_de_un_tratamiento_del_que_aun_no_hay_noticia_se_pregunta(self, admin: ApiClient, vecinos: Any) -> None:
        cuerpo = {"tratamiento_id": 55, "porcentaje": 10, "desde": "2026-01-01"}
        assert [*problem(admin.post(TARIFAS, cuerpo), 422)["errores"]] == ["tratamiento_id"]
        vecinos.down.add("inventario")
        problem(admin.post(TARIFAS, cuerpo), 503)

    @pytest.mark.parametrize(
        ("datos", "campo"), [({"porcentaje": 100.01}, "porcentaje"), ({"doctor_id": 99}, "doctor_id")]
    )
    def test_lo_que_no_puede_ser(self, admin: ApiClient, datos: dict[str, Any], campo: str) -> None:
        cuerpo = {"porcentaje": 10, "desde": "2026-01-01", **datos}
        assert [*problem(admin.post(TARIFAS, cuerpo), 422)["errores"]] == [campo]

    def test_el_medico_ve_las_que_pueden_tocarle(self, app: Flask, api: ApiClient, admin: ApiClient) -> None:
        de_todos, suya = nueva_tarifa(app, "10"), nueva_tarifa(app, "20", doctor_id=7)
        ajena = nueva_tarifa(app, "30", doctor_id=8)
        medico = como_medico(api)
        assert sorted(fila["id"] for fila in ok(medico.get(TARIFAS))["datos"]) == [de_todos, suya]
        problem(medico.get(f"{TARIFAS}/{ajena}"), 404)
        problem(medico.put(f"{TARIFAS}/{suya}", {"porcentaje": 90}, headers={"If-Match": "*"}), 403)
