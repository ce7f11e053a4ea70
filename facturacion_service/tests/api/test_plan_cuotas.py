"""Invoices that are paid in instalments."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import nuevo_punto
from ..facturas import COMO_ESTE, URL, asegurar, borrador, emitida, leer, otra, poner_estado

PLAN = f"{URL}/1/plan-cuotas"


@pytest.fixture(autouse=True)
def punto(app: Flask, admin: ApiClient) -> int:
    """The emission point 001-001."""
    return nuevo_punto(app)


def cuota(vence_el: str, monto: Any) -> dict[str, Any]:
    return {"vence_el": vence_el, "monto": monto}


def test_tantas_iguales(secretaria: ApiClient) -> None:
    emitida(secretaria, otra(100))
    plan = ok(secretaria.put(PLAN, {"numero": 3, "primera": "2199-01-31"}))
    assert [(una["numero"], una["vence_el"], una["monto"], una["saldo"]) for una in plan["cuotas"]] == [
        (1, "2199-01-31", 33.33, 33.33),
        (2, "2199-02-28", 33.33, 33.33),
        (3, "2199-03-31", 33.34, 33.34),
    ]
    assert (plan["factura_id"], plan["saldo_paciente"]) == (1, 100)
    assert leer(secretaria, 1)["vence_el"] == "2199-03-31"
    assert ok(secretaria.get(PLAN)) == plan


def test_las_que_se_den(secretaria: ApiClient) -> None:
    emitida(secretaria, otra(100))
    cuotas = [cuota("2199-01-01", 60), cuota("2199-02-01", 40)]
    ok(secretaria.put(PLAN, {"numero": 2, "primera": "2199-01-01", "intervalo": "semanal"}))
    assert [una["monto"] for una in ok(secretaria.put(PLAN, {"cuotas": cuotas}))["cuotas"]] == [60, 40]
    for malas in (
        [cuota("2199-01-01", 60)],
        [cuota("2199-02-01", 60), cuota("2199-01-01", 40)],
        [cuota("2001-01-01", 100)],
        [cuota("2199-01-01", 0)],
    ):
        assert "cuotas" in problem(secretaria.put(PLAN, {"cuotas": malas}), 422)["errores"]
    problem(secretaria.put(PLAN, {"cuotas": cuotas, "numero": 2}), 422)
    assert set(problem(secretaria.put(PLAN, {}), 422)["errores"]) == {"numero", "primera"}
    assert len(ok(secretaria.get(PLAN))["cuotas"]) == 2


def test_lo_que_se_acredita_paga_las_primeras(secretaria: ApiClient) -> None:
    emitida(secretaria, otra(100))
    ok(secretaria.put(PLAN, {"numero": 4, "primera": "2199-01-01"}))
    linea = {"detalle_id": 1, "monto": 40}
    ok(secretaria.post(f"{URL}/1/notas-credito", {"motivo": "x", "detalles": [linea]}), 201)
    assert [una["pagado"] for una in ok(secretaria.get(PLAN))["cuotas"]] == [25, 15, 0, 0]


def test_de_lo_que_debe_el_paciente(app: Flask, secretaria: ApiClient) -> None:
    borrador(secretaria, otra(100))
    asegurar(app, 1, 40)
    assert (
        sum(una["monto"] for una in ok(secretaria.put(PLAN, {"numero": 2, "primera": "2199-01-01"}))["cuotas"]) == 60
    )
    ok(secretaria.put(f"{URL}/1", {"detalles": [otra(90)]}, headers=COMO_ESTE))
    problem(poner_estado(secretaria, 1, "emitida"), 409, "plan_no_cuadra")
    ok(secretaria.put(PLAN, {"numero": 2, "primera": "2199-01-01"}))
    assert ok(poner_estado(secretaria, 1, "emitida"))["vence_el"] == "2199-02-01"


def test_se_quita(secretaria: ApiClient) -> None:
    emitida(secretaria)
    problem(secretaria.get(PLAN), 404)
    ok(secretaria.put(PLAN, {"numero": 2, "primera": "2199-01-01"}))
    assert secretaria.delete(PLAN).status_code == 204
    problem(secretaria.delete(PLAN), 404)
    assert leer(secretaria, 1)["cuotas"] == []


def test_de_lo_que_nadie_debe_no_hay_cuotas(secretaria: ApiClient) -> None:
    emitida(secretaria)
    ok(secretaria.put(PLAN, {"numero": 2, "primera": "2199-01-01"}))
    assert ok(poner_estado(secretaria, 1, "anulada", motivo="x"))["cuotas"] == []
    problem(secretaria.put(PLAN, {"numero": 2, "primera": "2199-01-01"}), 409, "transicion_ilegal")


def test_con_la_version_que_se_leyo(secretaria: ApiClient) -> None:
    emitida(secretaria)
    vieja = {"If-Match": '"1"'}
    problem(secretaria.put(PLAN, {"numero": 2, "primera": "2199-01-01"}, headers=vieja), 412)
