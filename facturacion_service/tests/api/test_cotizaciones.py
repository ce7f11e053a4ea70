"""Quotes, and the invoices that are made of them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok, problem
from comun.testing.together import at_once
from facturacion.casos_de_uso.dias import dia_en
from facturacion.extensiones import db
from facturacion.modelos import Cotizacion

from ..conftest import como_medico, como_paciente, como_secretaria
from ..facturas import COMO_ESTE, otra
from ..noticias import anunciados
from ..vecinos import Vecinos

URL = "/facturacion/cotizaciones"


def pedir(api: ApiClient, *detalles: dict[str, Any], **datos: Any) -> TestResponse:
    """A quote for patient 1 at centre 1, of 100 dollars unless told otherwise."""
    return api.post(URL, {"paciente_id": 1, "centro_id": 1, "detalles": [*detalles] or [otra(100)], **datos})


def cotizar(api: ApiClient, *detalles: dict[str, Any], **datos: Any) -> dict[str, Any]:
    return dict(ok(pedir(api, *detalles, **datos), 201))


def poner(api: ApiClient, cotizacion_id: int, estado: str, **datos: Any) -> TestResponse:
    return api.patch(f"{URL}/{cotizacion_id}/estado", {"estado": estado, **datos})


def facturar(api: ApiClient, cotizacion_id: int) -> TestResponse:
    return api.post(f"{URL}/{cotizacion_id}/factura")


def hoy(app: Flask) -> date:
    with app.app_context():
        return dia_en(1)


def vencer(app: Flask, cotizacion_id: int) -> None:
    """Time goes by, and it holds no more."""
    with app.app_context():
        db.session.get_one(Cotizacion, cotizacion_id).valida_hasta = dia_en(1) - timedelta(days=1)
        db.session.commit()


class TestLaCotizacion:
    def test_dice_que_costaria_y_hasta_cuando(self, app: Flask, secretaria: ApiClient, vecinos: Vecinos) -> None:
        vecinos.vender(4, 30.5, 15)
        hecha = cotizar(secretaria, {"tratamiento_id": 4, "cantidad": 2, "descuento": 1}, otra(10), doctor_id=7)
        assert (hecha["bruto"], hecha["descuento"], hecha["subtotal"], hecha["iva"], hecha["total"]) == (
            71, 1, 70, 9, 79,
        )  # fmt: skip
        assert (hecha["estado"], hecha["doctor_id"]) == ("borrador", 7)
        assert hecha["valida_hasta"] == (hoy(app) + timedelta(days=30)).isoformat()
        leida = secretaria.get(f"{URL}/{hecha['id']}")
        assert ok(leida) == hecha
        assert leida.headers["ETag"] == '"1"'

    def test_no_se_ofrece_hasta_ayer(self, app: Flask, secretaria: ApiClient) -> None:
        ayer = (hoy(app) - timedelta(days=1)).isoformat()
        problem(pedir(secretaria, valida_hasta=ayer), 422)
        hecha = cotizar(secretaria, valida_hasta=hoy(app).isoformat())
        problem(secretaria.put(f"{URL}/{hecha['id']}", {"valida_hasta": ayer}, headers=COMO_ESTE), 422)

    @pytest.mark.parametrize("campo", ["paciente_id", "doctor_id", "centro_id"])
    def test_de_quien_no_existe_no_hay(self, admin: ApiClient, campo: str) -> None:
        assert campo in problem(pedir(admin, **{campo: 99}), 422)["errores"]

    def test_se_corrige_mientras_no_se_envia(self, secretaria: ApiClient) -> None:
        hecha = cotizar(secretaria)
        ruta = f"{URL}/{hecha['id']}"
        problem(secretaria.put(ruta, {"observaciones": "x"}), 428)
        corregida = ok(
            secretaria.put(
                ruta, {"detalles": [otra(20), otra(5)], "paciente_id": 2, "doctor_id": 8}, headers=COMO_ESTE
            )
        )
        assert (corregida["total"], corregida["paciente_id"], corregida["doctor_id"]) == (25, 2, 8)
        problem(secretaria.put(ruta, {"observaciones": "x"}, headers={"If-Match": '"1"'}), 412)
        ok(poner(secretaria, hecha["id"], "enviada"))
        problem(secretaria.put(ruta, {"observaciones": "x"}, headers=COMO_ESTE), 409, "cotizacion_cerrada")
        ok(poner(secretaria, hecha["id"], "borrador"))
        assert ok(secretaria.put(ruta, {"observaciones": "x"}, headers=COMO_ESTE))["observaciones"] == "x"

    def test_se_busca_y_se_elimina(self, app: Flask, secretaria: ApiClient) -> None:
        una, dos = cotizar(secretaria), cotizar(secretaria, paciente_id=2, doctor_id=8)
        vencer(app, una["id"])
        ok(poner(secretaria, dos["id"], "enviada"))

        def ids(**filtro: Any) -> list[int]:
            return [fila["id"] for fila in ok(secretaria.get(URL, query_string=filtro))["datos"]]

        assert ids() == [dos["id"], una["id"]]
        assert ids(paciente_id=2) == ids(doctor_id=8) == ids(estado="enviada") == [dos["id"]]
        assert ids(vigente_el=hoy(app).isoformat()) == [dos["id"]]
        ok(secretaria.delete(f"{URL}/{una['id']}"), 204)
        problem(secretaria.delete(f"{URL}/{una['id']}"), 404)
        assert ids() == [dos["id"]]


class TestSuVida:
    @pytest.mark.parametrize(
        ("pasos", "ultimo"),
        [
            (["enviada", "aceptada"], 200),
            (["aceptada", "rechazada", "borrador", "enviada"], 200),
            (["rechazada", "aceptada"], 409),
            (["aceptada", "enviada"], 409),
            (["enviada", "enviada"], 409),
            (["facturada"], 422),
        ],
    )
    def test_los_pasos(self, secretaria: ApiClient, pasos: list[str], ultimo: int) -> None:
        hecha = cotizar(secretaria)
        respuestas = [poner(secretaria, hecha["id"], paso, motivo="Así quedó").status_code for paso in pasos]
        assert respuestas == [200] * (len(pasos) - 1) + [ultimo]

    def test_lo_vencido_y_lo_vacio_no_se_acepta(self, app: Flask, secretaria: ApiClient) -> None:
        vencida = cotizar(secretaria)["id"]
        vencer(app, vencida)
        vacia = ok(secretaria.post(URL, {"paciente_id": 1, "centro_id": 1, "detalles": []}), 201)["id"]
        problem(poner(secretaria, vencida, "aceptada"), 409, "cotizacion_vencida")
        problem(poner(secretaria, vacia, "enviada"), 409, "cotizacion_sin_lineas")
        ok(poner(secretaria, vencida, "rechazada", motivo="Muy caro"))


class TestSuFactura:
    def test_un_borrador_a_los_precios_cotizados(self, app: Flask, secretaria: ApiClient, vecinos: Vecinos) -> None:
        vecinos.vender(4, 30, 15)
        hecha = cotizar(
            secretaria, {"tratamiento_id": 4, "descuento_porcentaje": 10}, otra(5), doctor_id=7, observaciones="Ok"
        )
        vecinos.vender(4, 99, 15)
        respuesta = facturar(secretaria, hecha["id"])
        factura = ok(respuesta, 201)
        assert respuesta.headers["Location"] == f"/facturacion/facturas/{factura['id']}"
        assert (factura["estado"], factura["cotizacion_id"], factura["total"]) == ("borrador", hecha["id"], 36.05)
        assert [(x["tratamiento_id"], x["precio_unitario"], x["doctor_id"]) for x in factura["detalles"]] == [
            (4, 30, 7),
            (None, 5, 7),
        ]
        assert (factura["comprador"]["identificacion"], factura["observaciones"]) == ("1714307103", "Ok")
        assert ok(secretaria.get(f"{URL}/{hecha['id']}"))["estado"] == "facturada"
        assert anunciados(app, "factura.creada.v1")[-1]["cotizacion_id"] == hecha["id"]

    def test_una_vez_y_otra_si_se_deshizo(self, secretaria: ApiClient) -> None:
        hecha = cotizar(secretaria)["id"]
        primera = ok(facturar(secretaria, hecha), 201)["id"]
        problem(facturar(secretaria, hecha), 409, "cotizacion_facturada")
        problem(secretaria.delete(f"{URL}/{hecha}"), 409, "cotizacion_facturada")
        problem(poner(secretaria, hecha, "borrador"), 409, "transicion_ilegal")
        ok(secretaria.delete(f"/facturacion/facturas/{primera}"), 204)
        assert ok(facturar(secretaria, hecha), 201)["id"] != primera

    def test_ni_de_la_vencida_ni_de_la_rechazada(self, app: Flask, secretaria: ApiClient) -> None:
        vencida, aceptada, rechazada = (cotizar(secretaria)["id"] for _ in range(3))
        ok(poner(secretaria, aceptada, "aceptada"))
        ok(poner(secretaria, rechazada, "rechazada"))
        vencer(app, vencida)
        vencer(app, aceptada)
        problem(facturar(secretaria, vencida), 409, "cotizacion_vencida")
        problem(facturar(secretaria, rechazada), 409, "cotizacion_rechazada")
        # What was accepted in time holds.
        ok(facturar(secretaria, aceptada), 201)

    def test_con_administracion_caida_no_queda_nada_a_medias(self, secretaria: ApiClient, vecinos: Vecinos) -> None:
        hecha = cotizar(secretaria)["id"]
        vecinos.down.add("admin")
        problem(facturar(secretaria, hecha), 503)
        assert ok(secretaria.get(f"{URL}/{hecha}"))["estado"] == "borrador"
        assert ok(secretaria.get("/facturacion/facturas"))["datos"] == []

    def test_veinte_a_la_vez_hacen_una(self, secretaria: ApiClient) -> None:
        hecha = cotizar(secretaria)["id"]
        respuestas = at_once(*[lambda: facturar(secretaria, hecha)] * 20)
        assert sorted(respuesta.status_code for respuesta in respuestas) == [201] + [409] * 19
        assert len(ok(secretaria.get("/facturacion/facturas"))["datos"]) == 1


class TestQuienLaVe:
    def test_el_paciente_la_suya_una_vez_enviada(self, api: ApiClient, secretaria: ApiClient) -> None:
        hecha = cotizar(secretaria)["id"]
        paciente = como_paciente(api)
        problem(paciente.get(f"{URL}/{hecha}"), 404)
        ok(poner(secretaria, hecha, "enviada"))
        assert ok(paciente.get(f"{URL}/{hecha}"))["total"] == 100
        assert [fila["id"] for fila in ok(paciente.get(URL))["datos"]] == [hecha]
        otro = como_paciente(api, 2)
        problem(otro.get(f"{URL}/{hecha}"), 404)
        problem(otro.get(f"{URL}/{hecha}/pdf"), 404)
        assert ok(otro.get(URL))["datos"] == []
        problem(pedir(paciente), 403)
        problem(poner(paciente, hecha, "aceptada"), 403)
        problem(facturar(paciente, hecha), 403)

    def test_la_secretaria_las_de_sus_centros_y_el_medico_ninguna(
        self, api: ApiClient, secretaria: ApiClient
    ) -> None:
        hecha = cotizar(secretaria)["id"]
        ajena = como_secretaria(api, 2)
        problem(ajena.get(f"{URL}/{hecha}"), 404)
        problem(poner(ajena, hecha, "enviada"), 404)
        problem(facturar(ajena, hecha), 404)
        problem(ajena.delete(f"{URL}/{hecha}"), 404)
        problem(pedir(ajena), 403, "centro_ajeno")
        problem(como_medico(api).get(URL), 403)


class TestImpresa:
    def test_dice_quien_que_y_cuanto(self, secretaria: ApiClient, vecinos: Vecinos) -> None:
        vecinos.vender(4, 1234.5, 15)
        hecha = cotizar(
            secretaria, {"tratamiento_id": 4, "descuento": 34.5}, otra(2.345678), doctor_id=7, observaciones="En mayo"
        )
        impresa = secretaria.get(f"{URL}/{hecha['id']}/pdf")
        assert (impresa.status_code, impresa.content_type) == (200, "application/pdf")
        nombre = f"cotizacion-{hecha['id']:06d}.pdf"
        assert impresa.headers["Content-Disposition"] == f'inline; filename="{nombre}"'
        texto = " ".join(pagina.extract_text() for pagina in PdfReader(io.BytesIO(impresa.data)).pages)
        for dicho in ("Núñez Peña", "1714307103", "Clínica Norte", "Férula", "1,234.50", "34.50", "2.345678"):
            assert dicho in texto
        for dicho in ("Muñoz", "En mayo", "180.00", "Total: 1,382.35", f"{hecha['id']:06d}"):
            assert dicho in texto
        vecinos.down.add("admin")
        problem(secretaria.get(f"{URL}/{hecha['id']}/pdf"), 503)

    def test_la_vacia_no_se_imprime(self, secretaria: ApiClient) -> None:
        vacia = ok(secretaria.post(URL, {"paciente_id": 1, "centro_id": 1, "detalles": []}), 201)["id"]
        problem(secretaria.get(f"{URL}/{vacia}/pdf"), 409, "cotizacion_sin_lineas")
