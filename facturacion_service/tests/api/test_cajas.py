"""Tills: opened, counted without seeing what should be there, closed for good."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ApiClient, ok, problem
from facturacion.extensiones import db
from facturacion.modelos import Caja

from ..caja import CAJAS, abierta, anotar, cerrar, contar, cuadra
from ..conftest import como_medico, como_paciente, como_secretaria
from ..noticias import anunciados


def con_movimiento(api: ApiClient) -> int:
    """A till with 50.00 at the start, 30.10 in cash in, 5 out, and 20 by card."""
    caja = abierta(api)
    ok(anotar(api, "ingreso", "30.10", "efectivo"), 201)
    ok(anotar(api, "egreso", 5, "efectivo"), 201)
    ok(anotar(api, "ingreso", 20, "tarjeta_credito"), 201)
    return caja


class TestAbrir:
    def test_cada_cajero_abre_la_suya(self, secretaria: ApiClient, api: ApiClient) -> None:
        respuesta = secretaria.post(CAJAS, {"centro_id": 1, "monto_inicial": "50.00"})
        caja = ok(respuesta, 201)
        assert respuesta.headers["Location"] == f"{CAJAS}/{caja['id']}"
        assert (caja["estado"], caja["cajero"], caja["cajero_nombre"]) == ("abierta", "usuario:20", "secretaria.20")
        problem(secretaria.post(CAJAS, {"centro_id": 1}), 409, "caja_abierta")
        abierta(como_secretaria(api, 1, sub="21"))

    def test_en_otro_centro_otra(self, clinica: dict[str, int], api: ApiClient) -> None:
        rosa = como_secretaria(api, 1, 2)
        assert abierta(rosa, centro_id=1) != abierta(rosa, centro_id=2)
        assert "centro_id" in problem(rosa.post(CAJAS, {}), 422)["errores"]
        problem(rosa.post(CAJAS, {"centro_id": 3}), 403, "centro_ajeno")

    def test_con_la_anterior_contada_se_abre_la_siguiente(self, secretaria: ApiClient) -> None:
        primera = abierta(secretaria)
        ok(contar(secretaria, primera, 50))
        assert abierta(secretaria) != primera

    @pytest.mark.parametrize("monto", [-1, "1.005", "mucho"])
    def test_un_monto_que_no_se_entiende(self, secretaria: ApiClient, monto: Any) -> None:
        cuerpo = {"centro_id": 1, "monto_inicial": monto}
        assert "monto_inicial" in problem(secretaria.post(CAJAS, cuerpo), 422)["errores"]


MAL_CONTADO: list[tuple[dict[str, Any], str]] = [
    ({}, "contado"),
    ({"contado": {"cheque": 1}}, "contado"),
    ({"contado": {"efectivo": 1}, "denominaciones": {"1": 1}}, "denominaciones"),
    ({"denominaciones": {"3": 1}}, "denominaciones"),
    ({"denominaciones": {"1": -1}}, "denominaciones"),
    ({"contado": {"efectivo": -1}}, "contado"),
    ({"contado": {"efectivo": 1, "trueque": 1}}, "contado"),
]


class TestContar:
    def test_lo_esperado_se_ve_al_contar_y_no_antes(self, secretaria: ApiClient, admin: ApiClient) -> None:
        caja = con_movimiento(secretaria)
        antes = ok(secretaria.get(f"{CAJAS}/{caja}"))
        assert (antes["esperado"], antes["diferencia"]) == (None, None)
        assert ok(secretaria.get(CAJAS))["datos"][0]["esperado"] is None
        problem(secretaria.get(f"{CAJAS}/{caja}/reporte"), 409, "caja_sin_contar")
        assert ok(admin.get(f"{CAJAS}/{caja}"))["esperado"] == {"efectivo": 75.1, "tarjeta_credito": 20}
        contada = ok(contar(secretaria, caja, "75.00", tarjeta_credito=20))
        assert contada["esperado"] == {"efectivo": 75.1, "tarjeta_credito": 20}
        assert contada["contado"] == {"efectivo": 75, "tarjeta_credito": 20}
        assert contada["diferencias"] == {"efectivo": -0.1, "tarjeta_credito": 0}
        assert (contada["estado"], contada["diferencia"]) == ("contada", -0.1)

    def test_por_billetes_y_monedas(self, secretaria: ApiClient) -> None:
        caja = con_movimiento(secretaria)
        denominaciones = {"20": 3, "10": 1, "5": 1, "0.10": 1, "0.5": 0}
        contada = ok(secretaria.post(f"{CAJAS}/{caja}/conteo", {"denominaciones": denominaciones}))
        assert (contada["contado"], contada["diferencia"]) == ({"efectivo": 75.1}, 0)
        assert contada["denominaciones"] == {"20": 3, "10": 1, "5": 1, "0.1": 1}

    def test_lo_que_no_se_cuenta_no_se_compara(self, secretaria: ApiClient) -> None:
        contada = ok(contar(secretaria, con_movimiento(secretaria), "75.10", cheque=4))
        assert contada["diferencias"] == {"efectivo": 0, "cheque": 4}

    def test_contada_ya_no_recibe_y_no_se_cuenta_otra_vez(self, secretaria: ApiClient, app: Flask) -> None:
        caja = con_movimiento(secretaria)
        ok(contar(secretaria, caja, 75))
        problem(contar(secretaria, caja, "75.10"), 409, "caja_contada")
        problem(anotar(secretaria, "ingreso", 1, "efectivo"), 409, "sin_caja_abierta")
        assert ok(anotar(secretaria, "ingreso", 1, "cheque"), 201)["caja_id"] is None
        cuadra(app)

    def test_un_conteo_que_no_se_entiende(self, secretaria: ApiClient) -> None:
        ruta = f"{CAJAS}/{abierta(secretaria)}/conteo"
        for cuerpo, campo in MAL_CONTADO:
            errores = problem(secretaria.post(ruta, cuerpo), 422)["errores"]
            assert any(nombre.startswith(campo) for nombre in errores), cuerpo

    def test_solo_quien_supervisa_la_reabre(self, secretaria: ApiClient, admin: ApiClient, app: Flask) -> None:
        caja = con_movimiento(secretaria)
        reabrir = {"estado": "abierta", "motivo": "Faltó contar un billete"}
        problem(secretaria.patch(f"{CAJAS}/{caja}/estado", reabrir), 403)
        problem(admin.patch(f"{CAJAS}/{caja}/estado", reabrir), 409, "caja_sin_contar")
        ok(contar(secretaria, caja, 70))
        assert "motivo" in problem(admin.patch(f"{CAJAS}/{caja}/estado", {"estado": "abierta"}), 422)["errores"]
        otra_vez = ok(admin.patch(f"{CAJAS}/{caja}/estado", reabrir))
        assert (otra_vez["estado"], otra_vez["contado"], otra_vez["motivo_reapertura"]) == (
            "abierta",
            None,
            "Faltó contar un billete",
        )
        ok(anotar(secretaria, "ingreso", 1, "efectivo"), 201)
        assert ok(contar(secretaria, caja, "76.10"))["diferencia"] == 0
        cuadra(app)

    def test_no_se_reabre_con_otra_ya_abierta(self, secretaria: ApiClient, admin: ApiClient) -> None:
        caja = abierta(secretaria)
        ok(contar(secretaria, caja, 50))
        abierta(secretaria)
        problem(admin.patch(f"{CAJAS}/{caja}/estado", {"estado": "abierta", "motivo": "x"}), 409, "caja_abierta")


CAMBIOS: list[str] = [
    "UPDATE caja SET explicacion = 'otra'",
    "UPDATE caja SET estado = 'abierta', cerrada_en = NULL",
    "DELETE FROM caja",
    "UPDATE transaccion SET monto = monto + 1",
    "UPDATE transaccion SET estado = 'anulado'",
    "UPDATE transaccion SET caja_id = NULL",
    "DELETE FROM transaccion",
    "UPDATE transaccion SET caja_id = 1 WHERE caja_id IS NULL",
]


class TestCerrar:
    def test_se_cierra_contada_y_se_avisa_una_vez(self, secretaria: ApiClient, app: Flask) -> None:
        caja = con_movimiento(secretaria)
        problem(cerrar(secretaria, caja), 409, "caja_sin_contar")
        ok(contar(secretaria, caja, "75.10", tarjeta_credito=20))
        cerrada = ok(cerrar(secretaria, caja))
        assert (cerrada["estado"], cerrada["cerrada_por"], cerrada["diferencia"]) == ("cerrada", "usuario:20", 0)
        for otra_vez in (cerrar(secretaria, caja), contar(secretaria, caja, 1)):
            problem(otra_vez, 409, "caja_cerrada")
        (aviso,) = anunciados(app, "caja.cerrada.v1")
        assert (aviso["id"], aviso["centro_id"], aviso["diferencia"]) == (caja, 1, 0)
        assert aviso["medios"] == [
            {"medio_pago": "efectivo", "esperado": 75.1, "contado": 75.1},
            {"medio_pago": "tarjeta_credito", "esperado": 20, "contado": 20},
        ]

    def test_una_diferencia_se_explica(self, secretaria: ApiClient) -> None:
        caja = con_movimiento(secretaria)
        ok(contar(secretaria, caja, "76.10", tarjeta_credito=19))
        problem(cerrar(secretaria, caja), 409, "falta_explicacion")
        cerrada = ok(cerrar(secretaria, caja, "Un dólar que se pagó con tarjeta"))
        assert (cerrada["diferencia"], cerrada["explicacion"]) == (0, "Un dólar que se pagó con tarjeta")

    def test_cerrada_no_se_reabre(self, secretaria: ApiClient, admin: ApiClient) -> None:
        caja = abierta(secretaria)
        ok(contar(secretaria, caja, 50))
        ok(cerrar(secretaria, caja))
        problem(admin.patch(f"{CAJAS}/{caja}/estado", {"estado": "abierta", "motivo": "x"}), 409, "caja_cerrada")

    def test_ni_la_base_de_datos_deja_cambiarla(self, secretaria: ApiClient, app: Flask) -> None:
        ok(anotar(secretaria, "ingreso", 4), 201)
        caja = con_movimiento(secretaria)
        ok(contar(secretaria, caja, "75.10"))
        ok(cerrar(secretaria, caja))
        for orden in CAMBIOS:
            with app.app_context(), pytest.raises(IntegrityError):
                db.session.execute(db.text(orden))

    def test_una_version_vieja_no_se_cierra(self, secretaria: ApiClient) -> None:
        caja = abierta(secretaria)
        etiqueta = {"If-Match": secretaria.get(f"{CAJAS}/{caja}").headers["ETag"]}
        ok(contar(secretaria, caja, 50))
        problem(secretaria.post(f"{CAJAS}/{caja}/cierre", {}, headers=etiqueta), 412)


class TestReporte:
    def test_dice_de_que_se_hizo(self, secretaria: ApiClient) -> None:
        caja = con_movimiento(secretaria)
        ok(contar(secretaria, caja, 75))
        reporte = ok(secretaria.get(f"{CAJAS}/{caja}/reporte"))
        assert (reporte["ingresos"], reporte["egresos"], reporte["transacciones"]) == (50.1, 5, 3)
        assert reporte["por_medio_pago"] == [
            {
                "medio_pago": "efectivo",
                "ingresos": 30.1,
                "egresos": 5,
                "transacciones": 2,
                "esperado": 75.1,
                "contado": 75,
                "diferencia": -0.1,
            },
            {
                "medio_pago": "tarjeta_credito",
                "ingresos": 20,
                "egresos": 0,
                "transacciones": 1,
                "esperado": 20,
                "contado": None,
                "diferencia": None,
            },
        ]
        assert reporte["por_origen"] == [{"origen": "manual", "ingresos": 50.1, "egresos": 5, "transacciones": 3}]

    def test_se_imprime_igual_cada_vez(self, secretaria: ApiClient) -> None:
        caja = con_movimiento(secretaria)
        ruta = f"{CAJAS}/{caja}/reporte/pdf"
        problem(secretaria.get(ruta), 409, "caja_sin_contar")
        ok(secretaria.post(f"{CAJAS}/{caja}/conteo", {"denominaciones": {"50": 1, "20": 1}}))
        ok(cerrar(secretaria, caja, "Se perdió un billete de cinco"))
        impreso = secretaria.get(ruta)
        assert (impreso.status_code, impreso.content_type) == (200, "application/pdf")
        texto = PdfReader(io.BytesIO(impreso.get_data())).pages[0].extract_text()
        for palabra in ("Centro 1", "secretaria.20", "75.10", "-5.10", "Se perdió un billete", "Billetes y monedas"):
            assert palabra in texto
        assert secretaria.get(ruta).get_data() == impreso.get_data()


class TestQuienVeQue:
    def test_las_de_sus_centros_y_solo_se_opera_la_propia(self, secretaria: ApiClient, api: ApiClient) -> None:
        caja = abierta(secretaria)
        colega, de_otro = como_secretaria(api, 1, sub="21"), como_secretaria(api, 2, sub="22")
        assert ok(colega.get(f"{CAJAS}/{caja}"))["cajero"] == "usuario:20"
        problem(contar(colega, caja, 50), 403, "caja_ajena")
        problem(de_otro.get(f"{CAJAS}/{caja}"), 404)
        problem(contar(de_otro, caja, 50), 404)
        assert ok(de_otro.get(CAJAS))["datos"] == []
        ok(contar(api.as_("admin"), caja, 50))
        problem(cerrar(colega, caja), 403, "caja_ajena")

    def test_nadie_mas(self, clinica: dict[str, int], api: ApiClient) -> None:
        for quien in (como_paciente(api), como_medico(api)):
            problem(quien.get(CAJAS), 403)
            problem(quien.post(CAJAS, {"centro_id": 1}), 403)

    def test_filtros(self, secretaria: ApiClient, admin: ApiClient, app: Flask) -> None:
        suya, ajena, lejana = abierta(secretaria), abierta(admin), abierta(admin, centro_id=3)
        ok(contar(secretaria, suya, 50))
        with app.app_context():
            hoy = db.session.get_one(Caja, lejana).abierta_en - timedelta(hours=6)
            en_el_sur = db.session.get_one(Caja, suya).abierta_en - timedelta(hours=5)
        for filtro, ids in (
            ({}, [lejana, ajena, suya]),
            ({"centro_id": 3}, [lejana]),
            ({"estado": "contada"}, [suya]),
            ({"propias": True}, [lejana, ajena]),
            ({"centro_id": 3, "desde": str(hoy.date()), "hasta": str(hoy.date())}, [lejana]),
            ({"centro_id": 1, "hasta": str(en_el_sur.date() - timedelta(days=1))}, []),
            ({"centro_id": 1, "desde": str(en_el_sur.date() + timedelta(days=1))}, []),
        ):
            assert [c["id"] for c in ok(admin.get(CAJAS, query_string=filtro))["datos"]] == ids, filtro
