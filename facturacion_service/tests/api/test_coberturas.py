"""What insurers take over of invoices, and what of it becomes the patient's after all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok, problem
from comun.testing.together import at_once
from facturacion.casos_de_uso.dias import dia_en
from facturacion.extensiones import db
from facturacion.modelos import AseguradoraRef, Asiento, Cuenta, Factura

from ..conftest import como_medico, como_paciente, como_secretaria
from ..fabricas import nuevo_punto
from ..facturas import COMO_ESTE, URL, borrador, leer, otra, poner_estado
from ..vecinos import Vecinos


def cubrir(api: ApiClient, factura_id: int, headers: dict[str, str] = COMO_ESTE, **datos: Any) -> TestResponse:
    """Insurer 3 takes it over, unless told otherwise."""
    return api.put(f"{URL}/{factura_id}/cobertura", {"aseguradora_id": 3, **datos}, headers=headers)


def pagar(api: ApiClient, factura_id: int, monto: Any, pagador: str) -> TestResponse:
    datos = {"monto": monto, "medio_pago": "transferencia", "pagador": pagador, "referencia": "T-1"}
    return api.post(f"{URL}/{factura_id}/pagos", datos)


def partes(api: ApiClient, factura_id: int) -> tuple[Any, ...]:
    """What is covered, what the insurer owes, what the patient owes."""
    una = leer(api, factura_id)
    return una["cubierto"], una["saldo_aseguradora"], una["saldo_paciente"]


@pytest.fixture
def emitida(app: Flask, secretaria: ApiClient) -> int:
    """An invoice of 100 dollars of which the insurer owes 80."""
    nuevo_punto(app)
    una = int(borrador(secretaria)["id"])
    ok(cubrir(secretaria, una, porcentaje=80))
    ok(poner_estado(secretaria, una, "emitida"))
    return una


NO_SON: list[dict[str, Any]] = [
    {},
    {"monto": 1, "porcentaje": 1},
    {"monto": 0},
    {"monto": -1},
    {"porcentaje": 101},
    {"monto": "1.001"},
]


class TestElBorrador:
    @pytest.mark.parametrize(("datos", "cubierto"), [({"monto": "33.34"}, 33.34), ({"porcentaje": 33.335}, None)])
    def test_en_dolares_o_en_porcentaje(
        self, secretaria: ApiClient, datos: dict[str, Any], cubierto: float | None
    ) -> None:
        una = borrador(secretaria, otra(9.99))["id"] if cubierto is None else borrador(secretaria)["id"]
        if cubierto is None:
            problem(cubrir(secretaria, una, **datos), 422)  # a percentage has two decimals
            assert ok(cubrir(secretaria, una, porcentaje=33.5))["cubierto"] == 3.35
        else:
            assert ok(cubrir(secretaria, una, **datos))["cubierto"] == cubierto

    def test_al_emitir_cada_quien_debe_lo_suyo(self, app: Flask, secretaria: ApiClient, emitida: int) -> None:
        assert partes(secretaria, emitida) == (80, 80, 20)
        assert leer(secretaria, emitida)["aseguradora_id"] == 3
        with app.app_context():
            assert db.session.get_one(AseguradoraRef, 3).nombre == "Salud Total"
            de_ella = db.select(Asiento.importe).where(
                Asiento.cuenta == Cuenta.FACTURADO, Asiento.aseguradora_id == 3
            )
            assert db.session.scalars(de_ella).all() == [D(100)]

    def test_cada_quien_paga_hasta_lo_suyo(self, secretaria: ApiClient, emitida: int) -> None:
        problem(pagar(secretaria, emitida, "20.01", "paciente"), 409, "excede_saldo")
        ok(pagar(secretaria, emitida, 20, "paciente"), 201)
        problem(pagar(secretaria, emitida, "80.01", "aseguradora"), 409, "excede_saldo")
        ok(pagar(secretaria, emitida, 80, "aseguradora"), 201)
        assert leer(secretaria, emitida)["estado"] == "pagada"

    def test_no_mas_que_el_total(self, secretaria: ApiClient) -> None:
        una = borrador(secretaria)["id"]
        problem(cubrir(secretaria, una, monto="100.01"), 409, "cobertura_excesiva")
        ok(cubrir(secretaria, una, monto=100))
        problem(
            secretaria.put(f"{URL}/{una}", {"detalles": [otra(50)]}, headers=COMO_ESTE), 409, "cobertura_excesiva"
        )

    def test_se_quita(self, secretaria: ApiClient) -> None:
        una = borrador(secretaria)["id"]
        ruta = f"{URL}/{una}/cobertura"
        problem(secretaria.delete(ruta, headers=COMO_ESTE), 404)
        ok(cubrir(secretaria, una, monto=10))
        problem(secretaria.delete(ruta), 428)
        ok(secretaria.delete(ruta, headers=COMO_ESTE), 204)
        sin = leer(secretaria, una)
        assert (sin["cubierto"], sin["aseguradora_id"]) == (0, None)

    def test_lo_que_no_es_una_cobertura(self, secretaria: ApiClient) -> None:
        una = borrador(secretaria)["id"]
        for datos in NO_SON:
            problem(cubrir(secretaria, una, **datos), 422)

    def test_la_aseguradora_existe_y_esta_activa(self, secretaria: ApiClient, vecinos: Vecinos) -> None:
        una = borrador(secretaria)["id"]
        ruta = f"{URL}/{una}/cobertura"
        problem(secretaria.put(ruta, {"monto": 1}, headers=COMO_ESTE), 422)
        vecinos.fichas["aseguradora"] = {"id": 3, "nombre": "Salud Total", "activo": False}
        problem(cubrir(secretaria, una, monto=1), 409, "aseguradora_inactiva")
        vecinos.fichas["aseguradora"] = None
        assert "aseguradora_id" in problem(cubrir(secretaria, una, monto=1), 422)["errores"]

    def test_con_administracion_caida_solo_una_conocida(self, secretaria: ApiClient, vecinos: Vecinos) -> None:
        una = borrador(secretaria)["id"]
        vecinos.down.add("admin")
        problem(cubrir(secretaria, una, monto=1), 503)
        vecinos.reset()
        ok(cubrir(secretaria, una, monto=1))
        vecinos.down.add("admin")
        assert ok(cubrir(secretaria, una, monto=2))["cubierto"] == 2


class TestDespuesDeEmitir:
    def test_lo_que_la_aseguradora_niega_es_del_paciente(
        self, app: Flask, secretaria: ApiClient, emitida: int
    ) -> None:
        ok(cubrir(secretaria, emitida, monto=30, motivo="No cubre estética"))
        assert partes(secretaria, emitida) == (30, 30, 70)
        ok(pagar(secretaria, emitida, 70, "paciente"), 201)
        ok(pagar(secretaria, emitida, 30, "aseguradora"), 201)
        with app.app_context():
            assert db.session.get_one(Factura, emitida).estado == "pagada"

    def test_no_menos_de_lo_que_ya_pago(self, secretaria: ApiClient, emitida: int) -> None:
        ok(pagar(secretaria, emitida, 50, "aseguradora"), 201)
        problem(cubrir(secretaria, emitida, monto="49.99"), 409, "excede_saldo")
        assert ok(cubrir(secretaria, emitida, monto=50))["saldo_paciente"] == 50

    def test_ni_mas_ni_de_otra(self, secretaria: ApiClient, emitida: int) -> None:
        problem(cubrir(secretaria, emitida, monto="80.01"), 409, "factura_emitida")
        problem(cubrir(secretaria, emitida, monto=10, aseguradora_id=4), 409, "factura_emitida")
        problem(secretaria.delete(f"{URL}/{emitida}/cobertura", headers=COMO_ESTE), 409, "factura_emitida")
        ok(secretaria.put(f"{URL}/{emitida}/cobertura", {"monto": 0}, headers=COMO_ESTE))
        assert partes(secretaria, emitida) == (0, 0, 100)

    def test_con_plan_de_cuotas_se_rehace_el_plan(self, app: Flask, secretaria: ApiClient, emitida: int) -> None:
        with app.app_context():
            primera = dia_en(1) + timedelta(days=30)
        plan = {"numero": 2, "primera": primera.isoformat()}
        ruta = f"{URL}/{emitida}/plan-cuotas"
        ok(secretaria.put(ruta, plan, headers=COMO_ESTE))
        problem(cubrir(secretaria, emitida, monto=30), 409, "plan_de_cuotas")
        ok(secretaria.delete(ruta, headers=COMO_ESTE), 204)
        ok(cubrir(secretaria, emitida, monto=30))
        cuotas = ok(secretaria.put(ruta, plan, headers=COMO_ESTE))["cuotas"]
        assert [cuota["monto"] for cuota in cuotas] == [35, 35]

    def test_lo_anulado_ya_no_lo_cubre_nadie(self, secretaria: ApiClient, emitida: int) -> None:
        ok(poner_estado(secretaria, emitida, "anulada", motivo="Error"))
        problem(cubrir(secretaria, emitida, monto=10), 409, "transicion_ilegal")

    def test_a_la_vez_con_los_pagos_nunca_se_debe_menos_que_nada(
        self, app: Flask, secretaria: ApiClient, emitida: int
    ) -> None:
        """The insurer pays while its part is lowered: one of the two is refused, and what is owed adds up."""

        def pago() -> TestResponse:
            return pagar(secretaria, emitida, 40, "aseguradora")

        def cobertura() -> TestResponse:
            return cubrir(secretaria, emitida, monto=35)

        respuestas = at_once(*[cobertura, pago] * 4)
        assert {respuesta.status_code for respuesta in respuestas} <= {200, 201, 409}
        with app.app_context():
            una = db.session.get_one(Factura, emitida)
            assert una.saldo_aseguradora == una.cubierto - una.pagado
            assert una.saldo == 100 - una.pagado
            assert (una.cubierto, una.pagado) in ((D(80), D(80)), (D(35), D(0)))


class TestQuien:
    def test_quien_edita_facturas_en_su_centro_y_lo_que_vio(
        self, api: ApiClient, secretaria: ApiClient, emitida: int
    ) -> None:
        problem(cubrir(como_secretaria(api, 2), emitida, monto=10), 404)
        for nadie in (como_paciente(api), como_medico(api)):
            problem(cubrir(nadie, emitida, monto=10), 403)
        problem(secretaria.put(f"{URL}/{emitida}/cobertura", {"monto": 10}), 428)
        problem(cubrir(secretaria, emitida, headers={"If-Match": '"1"'}, monto=10), 412)
