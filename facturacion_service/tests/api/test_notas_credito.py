"""Credit notes: whole and in part; what was paid comes free, fees and ledger go down with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok, problem
from facturacion.extensiones import db, tablas
from facturacion.modelos import Aplicacion, Cuenta, Honorario, Pagador, TarifaHonorario

from ..conftest import como_paciente, como_secretaria
from ..fabricas import nuevo_punto
from ..facturas import (
    URL,
    asegurar,
    borrador,
    disponible,
    emitida,
    en_el_libro,
    leer,
    otra,
    pagar,
    poner_estado,
)

NOTAS = "/facturacion/notas-credito"

pytestmark = pytest.mark.usefixtures("punto")


@pytest.fixture
def punto(app: Flask, admin: ApiClient) -> int:
    """The emission point 001-001."""
    return nuevo_punto(app)


def pedir(api: ApiClient, factura_id: int, *detalles: dict[str, Any], **datos: Any) -> TestResponse:
    cuerpo = {"motivo": "Devolución", **datos, **({"detalles": [*detalles]} if detalles else {})}
    return api.post(f"{URL}/{factura_id}/notas-credito", cuerpo)


def acreditar(api: ApiClient, factura_id: int, *detalles: dict[str, Any], **datos: Any) -> dict[str, Any]:
    return dict(ok(pedir(api, factura_id, *detalles, **datos), 201))


class TestEntera:
    def test_no_queda_nada_que_deber(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(100, tarifa_iva=15), otra(20, descuento=20))
        nota = acreditar(secretaria, 1)
        assert (nota["numero"], nota["factura_numero"]) == ("001-001-000000001", "001-001-000000001")
        assert (nota["subtotal"], nota["iva"], nota["total"]) == (100, 15, 115)
        assert [linea["detalle"]["descripcion"] for linea in nota["detalles"]] == ["Férula"]
        factura = leer(secretaria, 1)
        assert (factura["estado"], factura["saldo"], factura["acreditado"]) == ("anulada", 0, 115)
        assert factura["motivo_anulacion"] == "Devolución"
        assert (en_el_libro(app, Cuenta.FACTURADO), en_el_libro(app, Cuenta.IVA)) == (0, 0)
        problem(pedir(secretaria, 1), 409, "transicion_ilegal")
        problem(poner_estado(secretaria, 1, "anulada", motivo="x"), 409, "transicion_ilegal")

    def test_lo_pagado_queda_disponible_lo_ultimo_primero(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(100))
        primero, segundo = pagar(app, 1, 30), pagar(app, 1, 50)
        acreditar(secretaria, 1, {"detalle_id": 1, "monto": 60})
        assert (disponible(app, primero), disponible(app, segundo)) == (0, 40)
        factura = leer(secretaria, 1)
        assert (factura["estado"], factura["saldo"]) == ("pagada", 0)
        assert (factura["pagado"], factura["reembolsado"], factura["acreditado"]) == (80, 40, 60)
        acreditar(secretaria, 1)
        assert (disponible(app, primero), disponible(app, segundo)) == (30, 50)
        assert leer(secretaria, 1)["estado"] == "anulada"
        with app.app_context():
            assert db.session.scalar(db.select(func.sum(Aplicacion.monto))) == 0

    def test_se_cuenta_a_los_demas(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(20))
        acreditar(secretaria, 1, {"detalle_id": 1, "monto": 5})
        with app.app_context():
            enviados = tablas.outbox
            datos = db.session.scalar(db.select(enviados.c.datos).where(enviados.c.tipo == "nota_credito.emitida.v1"))
        assert datos is not None
        assert (datos["factura_id"], datos["total"], datos["saldo"]) == (1, 5, 15)


MAL_DICHAS: list[list[dict[str, Any]]] = [
    [{"detalle_id": 9, "cantidad": 1}],
    [{"detalle_id": 1, "cantidad": 1}, {"detalle_id": 1, "monto": 1}],
    [{"detalle_id": 1, "cantidad": 1, "monto": 1}],
    [{"detalle_id": 1}],
    [{"detalle_id": 1, "monto": 0}],
]


class TestUnaParte:
    def test_por_cantidad_y_por_monto(self, app: Flask, secretaria: ApiClient) -> None:
        factura = emitida(secretaria, otra("3.333333", cantidad=3, tarifa_iva=15), otra(50))
        una, otra_linea = (linea["id"] for linea in factura["detalles"])
        nota = acreditar(
            secretaria, 1, {"detalle_id": una, "cantidad": 1}, {"detalle_id": otra_linea, "monto": "12.50"}
        )
        assert [(parte["cantidad"], parte["base"], parte["iva"]) for parte in nota["detalles"]] == [
            (1, 3.33, 0.5),
            (0, 12.5, 0),
        ]
        assert leer(secretaria, 1)["saldo"] == 45.17
        assert en_el_libro(app, Cuenta.FACTURADO) == D("44.17")
        assert leer(secretaria, 1)["detalles"][0]["acreditada"] == 1
        assert acreditar(secretaria, 1)["total"] == 45.17

    def test_nunca_mas_de_lo_que_queda(self, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(10, cantidad=2))
        problem(pedir(secretaria, 1, {"detalle_id": 1, "cantidad": 3}), 409, "acreditado_de_mas")
        acreditar(secretaria, 1, {"detalle_id": 1, "cantidad": 1})
        problem(pedir(secretaria, 1, {"detalle_id": 1, "monto": "10.01"}), 409, "acreditado_de_mas")
        assert leer(secretaria, 1)["saldo"] == 10

    def test_lineas_mal_dichas(self, secretaria: ApiClient) -> None:
        emitida(secretaria)
        for detalles in MAL_DICHAS:
            assert "detalles" in problem(pedir(secretaria, 1, *detalles), 422)["errores"], detalles

    def test_los_medicos_devuelven_lo_suyo(self, app: Flask, secretaria: ApiClient) -> None:
        with app.app_context():
            claves = {"doctor_clave": 7, "tratamiento_clave": 0, "desde": date(2020, 1, 1)}
            db.session.add(TarifaHonorario(doctor_id=7, porcentaje=D(40), **claves))
            db.session.commit()
        emitida(secretaria, otra("33.33", cantidad=3), doctor_id=7)
        for _vez in range(3):
            acreditar(secretaria, 1, {"detalle_id": 1, "cantidad": 1})
        assert en_el_libro(app, Cuenta.HONORARIO) == 0
        with app.app_context():
            assert db.session.scalar(db.select(func.sum(Honorario.monto))) == 0


class TestLoDeLaAseguradora:
    @pytest.fixture
    def cubierta(self, app: Flask, secretaria: ApiClient) -> dict[str, Any]:
        """Of 100 dollars the insurer takes over 40."""
        borrador(secretaria, otra(100))
        asegurar(app, 1, 40)
        return dict(ok(poner_estado(secretaria, 1, "emitida")))

    def test_baja_en_proporcion(self, secretaria: ApiClient, cubierta: dict[str, Any]) -> None:
        assert (cubierta["saldo_aseguradora"], cubierta["saldo_paciente"]) == (40, 60)
        assert acreditar(secretaria, 1, {"detalle_id": 1, "monto": 10})["de_aseguradora"] == 4
        factura = leer(secretaria, 1)
        assert (factura["saldo_aseguradora"], factura["saldo_paciente"]) == (36, 54)

    def test_o_lo_que_se_diga(self, secretaria: ApiClient, cubierta: dict[str, Any]) -> None:
        linea = {"detalle_id": 1, "monto": 65}
        for malo in (4, 41):
            assert "de_aseguradora" in problem(pedir(secretaria, 1, linea, de_aseguradora=malo), 422)["errores"]
        acreditar(secretaria, 1, linea, de_aseguradora=40)
        factura = leer(secretaria, 1)
        assert (factura["saldo_aseguradora"], factura["saldo_paciente"]) == (0, 35)

    def test_a_cada_uno_le_queda_disponible_lo_que_pago(
        self, app: Flask, secretaria: ApiClient, cubierta: dict[str, Any]
    ) -> None:
        suyo, del_paciente = pagar(app, 1, 40, Pagador.ASEGURADORA), pagar(app, 1, 60)
        assert leer(secretaria, 1)["estado"] == "pagada"
        acreditar(secretaria, 1, {"detalle_id": 1, "monto": 50})
        assert (disponible(app, suyo), disponible(app, del_paciente)) == (20, 30)
        acreditar(secretaria, 1)
        assert (disponible(app, suyo), disponible(app, del_paciente)) == (40, 60)
        factura = leer(secretaria, 1)
        assert (factura["estado"], factura["saldo"], factura["saldo_aseguradora"]) == ("anulada", 0, 0)


class TestNoSePuede:
    def test_un_borrador_ni_a_consumidor_final(self, secretaria: ApiClient) -> None:
        borrador(secretaria)
        problem(pedir(secretaria, 1), 409, "transicion_ilegal")
        emitida(secretaria, otra(5), comprador={"tipo": "07"})
        problem(pedir(secretaria, 2), 409, "consumidor_final")

    def test_de_nada(self, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(5, descuento=5))
        problem(pedir(secretaria, 1), 409, "nada_que_acreditar")

    def test_anular_lo_que_tiene_notas_o_pagos(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria)
        acreditar(secretaria, 1, {"detalle_id": 1, "monto": 10})
        problem(poner_estado(secretaria, 1, "anulada", motivo="x"), 409, "factura_acreditada")
        emitida(secretaria)
        pagar(app, 2, 10)
        problem(poner_estado(secretaria, 2, "anulada", motivo="x"), 409, "factura_con_pagos")

    def test_una_nota_no_cambia_ni_por_sql(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria)
        acreditar(secretaria, 1)
        for orden in ("UPDATE nota_credito SET motivo = 'x'", "DELETE FROM nota_credito_detalle"):
            with app.app_context(), pytest.raises(IntegrityError):
                db.session.execute(db.text(orden))


class TestQuienVeQue:
    def test_cada_quien_lo_suyo(self, app: Flask, api: ApiClient, admin: ApiClient) -> None:
        nuevo_punto(app, 2)
        emitida(admin)
        emitida(admin, centro_id=2, paciente_id=2)
        acreditar(admin, 1)
        acreditar(admin, 2)
        for quien, ids in (
            (admin, [2, 1]),
            (como_secretaria(api, 1), [1]),
            (como_paciente(api, 2), [2]),
        ):
            assert [nota["id"] for nota in ok(quien.get(NOTAS))["datos"]] == ids
            for uno in (1, 2):
                assert quien.get(f"{NOTAS}/{uno}").status_code == (200 if uno in ids else 404)
        assert [nota["id"] for nota in ok(admin.get(f"{NOTAS}?factura_id=2&desde=2020-01-01"))["datos"]] == [2]
        problem(pedir(como_secretaria(api, 1), 2), 404)
        problem(pedir(como_paciente(api, 2), 2), 403)
