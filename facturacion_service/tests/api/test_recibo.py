"""The receipt of a payment, on paper."""

from __future__ import annotations

import io

from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok, problem

from ..caja import abrir_caja
from ..conftest import como_paciente, como_secretaria
from ..facturas_emitidas import emitida
from ..pagos import RUTA, aplicar, cobrar, dejar_anticipo, devolver
from ..vecinos import Vecinos


def texto(respuesta: TestResponse) -> str:
    """What is written on the paper, in one line."""
    assert (respuesta.status_code, respuesta.content_type) == (200, "application/pdf")
    return " ".join(" ".join(pagina.extract_text() for pagina in PdfReader(io.BytesIO(respuesta.data)).pages).split())


def recibo(api: ApiClient, pago_id: int) -> TestResponse:
    return api.get(f"{RUTA}/pagos/{pago_id}/recibo")


def test_dice_quien_pago_cuanto_y_que(app: Flask, admin: ApiClient) -> None:
    abrir_caja(app)
    una = emitida(app, "1250.50")
    cuerpo = {
        "paciente_id": 1,
        "centro_id": 1,
        "monto": 1100,
        "medio_pago": "efectivo",
        "facturas": [{"factura_id": una, "monto": "1000.25"}],
    }
    pago = ok(admin.post(f"{RUTA}/pagos", cuerpo), 201)["id"]
    respuesta = recibo(admin, pago)
    assert respuesta.headers["Content-Disposition"] == f'inline; filename="recibo-{pago:06d}.pdf"'
    assert respuesta.headers["Cache-Control"] == "private, no-store"
    papel = texto(respuesta)
    for dicho in (
        f"Recibo N.º {pago:06d}",
        "Clínica Norte",
        "RUC: 1790011674001",
        "María José Núñez Peña",
        "1714307103",
        "Efectivo",
        "$ 1,100.00",
        "001-001-000000001",
        "$ 1,000.25",
        "$ 250.25",
        "Anticipo disponible: $ 99.75",
        "caja.1",
        "no es un comprobante de venta",
    ):
        assert dicho in papel


def test_el_mismo_pago_da_el_mismo_papel(app: Flask, admin: ApiClient) -> None:
    pago = ok(cobrar(admin, emitida(app), 10), 201)["id"]
    assert recibo(admin, pago).data == recibo(admin, pago).data


def test_dice_lo_que_se_devolvio(app: Flask, admin: ApiClient) -> None:
    una = emitida(app)
    pago = ok(dejar_anticipo(admin, 100, "tarjeta_credito"), 201)["id"]
    assert "Aplicado a facturas" not in texto(recibo(admin, pago))
    ok(aplicar(admin, pago, una, 60), 201)
    ok(devolver(admin, pago, 25, factura_id=una, medio_pago="cheque", motivo="Tratamiento suspendido"), 201)
    papel = texto(recibo(admin, pago))
    for dicho in ("Devoluciones", "Cheque", "Tratamiento suspendido", "$ -25.00", "$ 25.00", "$ 40.00"):
        assert dicho in papel


def test_el_de_la_aseguradora_dice_por_cuenta_de_quien(app: Flask, admin: ApiClient) -> None:
    pago = ok(cobrar(admin, emitida(app, cubierto="80"), 80, pagador="aseguradora"), 201)["id"]
    papel = texto(recibo(admin, pago))
    assert "Seguros Equinoccial" in papel
    assert "Por cuenta de" in papel


def test_se_imprime_aunque_administracion_no_responda(app: Flask, admin: ApiClient, vecinos: Vecinos) -> None:
    pago = ok(cobrar(admin, emitida(app), 10), 201)["id"]
    vecinos.down = {"admin"}
    papel = texto(recibo(admin, pago))
    assert "Centro 1" in papel
    assert "María José Núñez Peña 1" in papel
    assert "RUC" not in papel


def test_cada_quien_el_suyo(app: Flask, admin: ApiClient) -> None:
    pago = ok(cobrar(admin, emitida(app), 10), 201)["id"]
    texto(recibo(como_paciente(admin, 1), pago))
    texto(recibo(como_secretaria(admin, 1), pago))
    problem(recibo(como_paciente(admin, 2), pago), 404)
    problem(recibo(como_secretaria(admin, 2), pago), 404)
