"""Issuing and annulling: number, buyer, balance, ledger, fees, news."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ApiClient, ok, problem
from facturacion.casos_de_uso.dias import dia_en
from facturacion.extensiones import db, tablas
from facturacion.modelos import Asiento, Cuenta, Honorario, TarifaHonorario

from ..conftest import DE_SECRETARIA
from ..fabricas import nuevo_punto
from ..facturas import (
    COMO_ESTE,
    URL,
    borrador,
    emitida,
    en_el_libro,
    leer,
    otra,
    poner_estado,
)
from ..vecinos import Vecinos

FINAL = {"tipo": "07"}


@pytest.fixture
def punto(app: Flask, admin: ApiClient) -> int:
    """The emission point 001-001."""
    return nuevo_punto(app)


def noticias(app: Flask) -> list[tuple[str, dict[str, Any]]]:
    with app.app_context():
        filas = db.session.execute(
            db.select(tablas.outbox.c.tipo, tablas.outbox.c.datos).order_by(tablas.outbox.c.id)
        )
        return [(fila.tipo, fila.datos) for fila in filas]


def hoy(app: Flask) -> date:
    with app.app_context():
        return dia_en(1)


@pytest.mark.usefixtures("punto")
class TestSeEmite:
    def test_con_numero_y_desde_hoy_se_debe(self, app: Flask, secretaria: ApiClient) -> None:
        factura = emitida(secretaria, otra(100, tarifa_iva=15))
        assert (factura["numero"], factura["estado"]) == ("001-001-000000001", "emitida")
        assert (factura["total"], factura["saldo"], factura["saldo_paciente"]) == (115, 115, 115)
        assert factura["fecha_emision"] == factura["vence_el"] == hoy(app).isoformat()
        assert factura["emitida_por"] == "usuario:20"
        assert emitida(secretaria)["numero"] == "001-001-000000002"

    def test_queda_en_el_libro_linea_por_linea(self, app: Flask, secretaria: ApiClient, vecinos: Vecinos) -> None:
        vecinos.vender(4, 30.5)
        emitida(secretaria, {"tratamiento_id": 4}, otra(10, tarifa_iva=15, doctor_id=8), doctor_id=7)
        with app.app_context():
            filas = db.session.scalars(db.select(Asiento).order_by(Asiento.id))
            assert [(f.cuenta, f.importe, f.doctor_id, f.tratamiento_id, f.veces) for f in filas] == [
                ("facturado", D("30.50"), 7, 4, 1),
                ("facturado", D("10.00"), 8, 0, 1),
                ("iva", D("1.50"), 8, 0, 1),
            ]

    def test_los_medicos_ganan_su_porcentaje(self, app: Flask, secretaria: ApiClient, vecinos: Vecinos) -> None:
        vecinos.vender(4, 30.5)
        with app.app_context():
            desde = {"desde": date(2020, 1, 1)}
            claves = {"doctor_clave": 7, "tratamiento_clave": 0}
            db.session.add(TarifaHonorario(doctor_id=7, porcentaje=D(40), **desde, **claves))
            db.session.commit()
        emitida(secretaria, {"tratamiento_id": 4, "descuento": "0.50"}, otra(10, doctor_id=8), doctor_id=7)
        assert en_el_libro(app, Cuenta.HONORARIO) == D(12)
        ok(poner_estado(secretaria, 1, "anulada", motivo="Error"))
        assert en_el_libro(app, Cuenta.HONORARIO) == 0
        with app.app_context():
            suyos = db.session.execute(db.select(Honorario.doctor_id, Honorario.monto).order_by(Honorario.id))
            assert [tuple(fila) for fila in suyos] == [(7, D(12)), (8, D(0)), (7, D(-12)), (8, D(0))]

    def test_se_cuenta_a_los_demas(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(20), doctor_id=7)
        ok(poner_estado(secretaria, 1, "anulada", motivo="Duplicada"))
        (creada, _de_que), (emitida_, datos), (anulada, despues) = noticias(app)
        assert (creada, emitida_, anulada) == ("factura.creada.v1", "factura.emitida.v1", "factura.anulada.v1")
        assert datos == {
            "id": 1,
            "numero": "001-001-000000001",
            "paciente_id": 1,
            "centro_id": 1,
            "doctor_id": 7,
            "cita_id": None,
            "aseguradora_id": None,
            "fecha_emision": hoy(app).isoformat(),
            "vence_el": hoy(app).isoformat(),
            "total": 20,
            "saldo": 20,
            "estado": "emitida",
        }
        assert (despues["estado"], despues["saldo"], despues["motivo"]) == ("anulada", 0, "Duplicada")

    def test_de_nada_no_se_debe_nada(self, app: Flask, secretaria: ApiClient) -> None:
        factura = emitida(secretaria, otra(20, descuento_porcentaje=100))
        assert (factura["estado"], factura["saldo"]) == ("pagada", 0)
        assert en_el_libro(app, Cuenta.FACTURADO) == 0

    def test_con_plazo(self, app: Flask, secretaria: ApiClient) -> None:
        borrador(secretaria)
        ayer, luego = hoy(app) - timedelta(days=1), hoy(app) + timedelta(days=30)
        assert (
            "vence_el" in problem(poner_estado(secretaria, 1, "emitida", vence_el=ayer.isoformat()), 422)["errores"]
        )
        assert ok(poner_estado(secretaria, 1, "emitida", vence_el=luego.isoformat()))["vence_el"] == luego.isoformat()

    def test_una_sola_vez(self, secretaria: ApiClient) -> None:
        emitida(secretaria)
        problem(poner_estado(secretaria, 1, "emitida"), 409, "factura_emitida")

    def test_no_sin_lineas(self, secretaria: ApiClient) -> None:
        ok(secretaria.post(URL, {"paciente_id": 1, "centro_id": 1, "detalles": []}), 201)
        problem(poner_estado(secretaria, 1, "emitida"), 409, "factura_sin_lineas")

    def test_no_la_version_que_otro_cambio(self, secretaria: ApiClient) -> None:
        borrador(secretaria)
        ok(secretaria.put(f"{URL}/1", {"observaciones": "x"}, headers=COMO_ESTE))
        vieja = {"If-Match": '"1"'}
        problem(secretaria.patch(f"{URL}/1/estado", {"estado": "emitida"}, headers=vieja), 412)

    def test_lo_emitido_no_cambia_ni_por_sql(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria)
        for orden in (
            "UPDATE factura SET total = total + 1, subtotal = subtotal + 1",
            "UPDATE factura_detalle SET descripcion = 'x'",
            "DELETE FROM factura_detalle",
        ):
            with app.app_context(), pytest.raises(IntegrityError):
                db.session.execute(db.text(orden))


class TestElComprador:
    def test_a_consumidor_final_hasta_cincuenta_dolares(self, punto: int, secretaria: ApiClient) -> None:
        assert emitida(secretaria, otra(50), comprador=FINAL)["estado"] == "emitida"
        borrador(secretaria, otra("50.01"), comprador=FINAL)
        problem(poner_estado(secretaria, 2, "emitida"), 409, "comprador_sin_identificar")

    def test_quien_no_tiene_identificacion_se_identifica(
        self, punto: int, secretaria: ApiClient, vecinos: Vecinos
    ) -> None:
        sin = {"identificacion": None, "tipo_identificacion": None}
        vecinos.fichas["paciente"] = {**(vecinos.fichas["paciente"] or {}), **sin}
        assert borrador(secretaria, otra(5))["comprador"]["tipo"] is None
        problem(poner_estado(secretaria, 1, "emitida"), 409, "comprador_sin_identificar")
        comprador = {"identificacion": "AB123456", "nombre": "Ana Pérez"}
        ok(secretaria.put(f"{URL}/1", {"comprador": comprador}, headers=COMO_ESTE))
        assert ok(poner_estado(secretaria, 1, "emitida"))["comprador"]["tipo"] == "06"


class TestElPunto:
    def test_sin_punto_principal_hay_que_decir_cual(self, app: Flask, admin: ApiClient) -> None:
        otro = nuevo_punto(app, punto="003", principal=False)
        ajeno = nuevo_punto(app, 2)
        borrador(admin)
        problem(poner_estado(admin, 1, "emitida"), 409, "sin_punto_emision")
        errores = problem(poner_estado(admin, 1, "emitida", punto_emision_id=ajeno), 422)["errores"]
        assert "punto_emision_id" in errores
        assert ok(poner_estado(admin, 1, "emitida", punto_emision_id=otro))["numero"] == "001-003-000000001"

    def test_uno_inactivo_no_numera(self, punto: int, admin: ApiClient) -> None:
        ok(admin.put(f"/facturacion/puntos-emision/{punto}", {"activo": False}))
        borrador(admin)
        problem(poner_estado(admin, 1, "emitida"), 409, "punto_inactivo")

    def test_cada_punto_lleva_su_cuenta(self, app: Flask, punto: int, admin: ApiClient) -> None:
        nuevo_punto(app, 2)
        emitida(admin)
        assert emitida(admin, centro_id=2)["numero"] == "002-001-000000001"
        assert emitida(admin)["numero"] == "001-001-000000002"


@pytest.mark.usefixtures("punto")
class TestSeAnula:
    def test_no_se_debe_y_sale_del_libro(self, app: Flask, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(100, tarifa_iva=15))
        emitida(secretaria, otra(40))
        assert (en_el_libro(app, Cuenta.FACTURADO), en_el_libro(app, Cuenta.IVA)) == (D(140), D(15))
        factura = ok(poner_estado(secretaria, 1, "anulada", motivo="Se cobró dos veces"))
        assert (factura["estado"], factura["saldo"], factura["total"]) == ("anulada", 0, 115)
        assert factura["motivo_anulacion"] == "Se cobró dos veces"
        assert (en_el_libro(app, Cuenta.FACTURADO), en_el_libro(app, Cuenta.IVA)) == (D(40), D(0))
        problem(poner_estado(secretaria, 1, "anulada", motivo="Otra vez"), 409, "transicion_ilegal")
        assert emitida(secretaria)["numero"] == "001-001-000000003"

    def test_solo_con_motivo(self, secretaria: ApiClient) -> None:
        emitida(secretaria)
        assert "motivo" in problem(poner_estado(secretaria, 1, "anulada"), 422)["errores"]
        problem(poner_estado(secretaria, 1, "anulada", motivo="x", vence_el="2030-01-01"), 422)
        problem(poner_estado(secretaria, 1, "pagada"), 422)

    def test_un_borrador_no(self, secretaria: ApiClient) -> None:
        borrador(secretaria)
        problem(poner_estado(secretaria, 1, "anulada", motivo="x"), 409, "transicion_ilegal")

    def test_a_consumidor_final_no(self, secretaria: ApiClient) -> None:
        emitida(secretaria, otra(5), comprador=FINAL)
        problem(poner_estado(secretaria, 1, "anulada", motivo="x"), 409, "consumidor_final")

    def test_solo_quien_puede(self, api: ApiClient, secretaria: ApiClient) -> None:
        emitida(secretaria)
        sin_anular = sorted(DE_SECRETARIA - {"facturacion:facturas:anular"})
        otra_secretaria = api.as_("secretaria", sin_anular, sub="21", centros=[1])
        problem(poner_estado(otra_secretaria, 1, "anulada", motivo="x"), 403)
        ajena = api.as_("secretaria", sorted(DE_SECRETARIA), sub="22", centros=[2])
        problem(poner_estado(ajena, 1, "anulada", motivo="x"), 404)
        assert leer(secretaria, 1)["estado"] == "emitida"
