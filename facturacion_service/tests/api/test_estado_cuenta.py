"""The account of a patient."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from facturacion.casos_de_uso.dias import dia_en
from facturacion.extensiones import db
from facturacion.modelos import Factura

from ..conftest import como_medico, como_paciente, como_secretaria
from ..fabricas import conocer_paciente
from ..facturas_emitidas import borrador, emitida, en_cuotas
from ..pagos import RUTA, aplicar, cobrar, dejar_anticipo, devolver
from .test_recibo import texto

HACE_UN_MES = date(2026, 1, 5)


def cuenta(api: ApiClient, paciente_id: int = 1, **dias: Any) -> dict[str, Any]:
    hallada = ok(api.get(f"{RUTA}/pacientes/{paciente_id}/estado-cuenta", query_string=dias))
    assert isinstance(hallada, dict)
    return hallada


def hoy(app: Flask) -> date:
    with app.app_context():
        return dia_en(1)


def test_cada_movimiento_con_el_saldo_que_deja(app: Flask, admin: ApiClient) -> None:
    una, otra = emitida(app, "100"), emitida(app, "30.50")
    borrador(app)
    pago = ok(dejar_anticipo(admin, 150), 201)["id"]
    ok(aplicar(admin, pago, una, 100), 201)
    ok(devolver(admin, pago, 40), 201)
    ok(cobrar(admin, otra, "10.25", "cheque"), 201)
    suya = cuenta(admin)
    assert [(uno["tipo"], uno["cargo"], uno["abono"], uno["saldo"]) for uno in suya["movimientos"]] == [
        ("factura", 100, 0, 100),
        ("factura", 30.5, 0, 130.5),
        ("pago", 0, 150, -19.5),
        ("reembolso", 40, 0, 20.5),
        ("pago", 0, 10.25, 10.25),
    ]
    assert (suya["saldo_inicial"], suya["cargos"], suya["abonos"], suya["saldo_final"]) == (0, 170.5, 160.25, 10.25)
    assert (suya["por_cobrar"], suya["a_favor"]) == (20.25, 10)
    assert suya["paciente"]["apellidos"] == "Núñez Peña 1"
    assert [uno["factura_id"] for uno in suya["pendientes"]] == [otra]


def test_lo_anulado_deja_de_deberse(app: Flask, admin: ApiClient) -> None:
    una = emitida(app)
    with app.app_context():
        anular = f"UPDATE factura SET estado = 'anulada', saldo = 0, anulada_en = emitida_en WHERE id = {una}"
        db.session.execute(db.text(anular))
        db.session.commit()
    suya = cuenta(admin)
    assert [(uno["tipo"], uno["saldo"]) for uno in suya["movimientos"]] == [("anulacion", -100), ("factura", 0)]
    assert (suya["saldo_final"], suya["por_cobrar"]) == (0, 0)


def test_de_unos_dias_con_el_saldo_de_antes(app: Flask, admin: ApiClient) -> None:
    emitida(app, "100")
    emitida(app, "50", fecha_emision=HACE_UN_MES + timedelta(days=10))
    ok(dejar_anticipo(admin, 20), 201)
    suya = cuenta(admin, desde=HACE_UN_MES + timedelta(days=1), hasta=HACE_UN_MES + timedelta(days=20))
    assert (suya["saldo_inicial"], suya["cargos"], suya["abonos"], suya["saldo_final"]) == (100, 50, 0, 150)
    assert len(suya["movimientos"]) == 1
    nada = cuenta(admin, desde="2020-01-01", hasta="2020-12-31")
    assert (nada["saldo_inicial"], nada["saldo_final"], nada["movimientos"]) == (0, 0, [])
    al_reves = admin.get(f"{RUTA}/pacientes/1/estado-cuenta", query_string={"desde": hoy(app), "hasta": "2020-01-01"})
    assert "hasta" in problem(al_reves, 422)["errores"]


class TestLoVencido:
    def test_sin_cuotas_todo_lo_que_debe_el_paciente(self, app: Flask, admin: ApiClient) -> None:
        emitida(app, "100", cubierto="80")
        emitida(app, "50", vence_el=hoy(app))
        suya = cuenta(admin)
        assert (suya["por_cobrar"], suya["por_cobrar_paciente"], suya["por_cobrar_aseguradora"]) == (150, 70, 80)
        assert (suya["vencido"], [uno["vencido"] for uno in suya["pendientes"]]) == (20, [20, 0])

    def test_con_cuotas_las_que_vencieron(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app, "100")
        en_cuotas(app, una, "40", "30", "30", desde=hoy(app) - timedelta(days=45))
        assert cuenta(admin)["vencido"] == 70
        pago = ok(cobrar(admin, una, "50.5"), 201)["id"]
        assert cuenta(admin)["vencido"] == 19.5
        ok(devolver(admin, pago, "35.5", factura_id=una), 201)
        assert cuenta(admin)["vencido"] == 55

    def test_lo_que_quedo_fuera_del_plan_vence_con_la_factura(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app, "100", vence_el=hoy(app))
        pago = ok(cobrar(admin, una, 60), 201)["id"]
        en_cuotas(app, una, "20", "20", desde=hoy(app) - timedelta(days=45))
        ok(devolver(admin, pago, 10, factura_id=una), 201)
        assert cuenta(admin)["vencido"] == 40
        with app.app_context():
            db.session.get_one(Factura, una).vence_el = hoy(app) - timedelta(days=1)
            db.session.commit()
        assert cuenta(admin)["vencido"] == 50


class TestDeQuien:
    def test_un_paciente_solo_la_suya(self, app: Flask, admin: ApiClient) -> None:
        emitida(app), emitida(app, paciente_id=2)
        el = como_paciente(admin, 1)
        assert cuenta(el)["saldo_final"] == 100
        problem(el.get(f"{RUTA}/pacientes/2/estado-cuenta"), 404)
        problem(el.get(f"{RUTA}/pacientes/2/estado-cuenta/pdf"), 404)
        problem(como_medico(admin).get(f"{RUTA}/pacientes/1/estado-cuenta"), 403)
        problem(admin.as_("medico", doctor_id=7).get(f"{RUTA}/pacientes/1/estado-cuenta"), 404)
        problem(admin.get(f"{RUTA}/pacientes/404/estado-cuenta"), 404)

    def test_una_secretaria_lo_de_sus_centros(self, app: Flask, admin: ApiClient) -> None:
        emitida(app, "100"), emitida(app, "70", centro_id=2)
        assert cuenta(como_secretaria(admin, 1))["saldo_final"] == 100
        assert cuenta(como_secretaria(admin, 1, 2))["saldo_final"] == cuenta(admin)["saldo_final"] == 170
        for parte in ("", "/pdf"):
            problem(como_secretaria(admin, 3).get(f"{RUTA}/pacientes/1/estado-cuenta{parte}"), 404)

    def test_la_de_un_paciente_fusionado_es_la_del_que_queda(self, app: Flask, admin: ApiClient) -> None:
        conocer_paciente(app, 9, fusionado_en_id=1)
        emitida(app)
        assert (cuenta(admin, 9)["paciente"]["id"], cuenta(admin, 9)["saldo_final"]) == (1, 100)


class TestEnPapel:
    def test_dice_lo_mismo(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app, "1100", cubierto="80")
        ok(cobrar(admin, una, "20.5"), 201)
        papel = texto(admin.get(f"{RUTA}/pacientes/1/estado-cuenta/pdf"))
        for dicho in (
            "Estado de cuenta",
            "Clínica Norte",
            "1714307103",
            "Factura 001-001-000000001",
            "Pago en transferencia",
            "$ 1,079.50",
            "$ 999.50",
            "$ 80.00",
            "Facturas por pagar",
        ):
            assert dicho in papel

    def test_sin_movimientos_tambien_se_imprime(self, admin: ApiClient) -> None:
        papel = texto(como_paciente(admin, 1).get(f"{RUTA}/pacientes/1/estado-cuenta/pdf"))
        assert "Totales y saldo final" in papel
        assert "Facturas por pagar" not in papel
