"""What every list and report of this service is asked in the same way."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements

from ..caja import anotar
from ..fabricas import nuevo_punto
from ..facturas import borrador, emitida, poner_estado
from ..gastos import gastar
from ..pagos import cobrar, devolver

RAIZ = "/facturacion"
CON_DIAS = (
    "facturas",
    "facturas/totales",
    "notas-credito",
    "pagos",
    "cajas",
    "transacciones",
    "transacciones/resumen",
    "gastos",
    "gastos/totales",
    "honorarios",
    "honorarios/pendientes",
    "reportes/financiero",
    "estadisticas/clinica",
    "pacientes/1/estado-cuenta",
)


def test_de_dias_al_reves_no_se_calla(admin: ApiClient) -> None:
    for ruta in CON_DIAS:
        respuesta = problem(admin.get(f"{RAIZ}/{ruta}?start_date=2026-02-01&end_date=2026-01-31"), 422)
        assert "hasta" in respuesta["errores"], ruta


DE_PACIENTES: list[str] = ["facturas", "notas-credito", "pagos", "cotizaciones", "transacciones"]


def test_de_un_paciente_tambien_en_ingles(app: Flask, admin: ApiClient) -> None:
    for ruta in DE_PACIENTES:
        assert ok(admin.get(f"{RAIZ}/{ruta}?patient_id=1"))["datos"] == [], ruta
        problem(admin.get(f"{RAIZ}/{ruta}?patient_id=1&paciente_id=1"), 422)


def test_hoy_es_el_mismo_dia_en_todo(app: Flask, admin: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    # Half past midnight in Quito, while it is still yesterday in Galápagos.
    momento = datetime(2026, 3, 1, 0, 30, tzinfo=ZoneInfo("America/Guayaquil"))
    monkeypatch.setattr("facturacion.casos_de_uso.dias.now", lambda: momento)
    for centro, dia in (("", "2026-03-01"), ("centro_id=1", "2026-03-01"), ("centro_id=3", "2026-02-28")):
        reportes = f"{RAIZ}/reportes"
        assert ok(admin.get(f"{RAIZ}/transacciones/reporte-diario?{centro}"))["fecha"] == dia
        assert ok(admin.get(f"{RAIZ}/transacciones/reporte-mensual?{centro}"))["mes"] == dia[:7]
        assert ok(admin.get(f"{reportes}/cartera?{centro}"))["al"] == dia
        assert ok(admin.get(f"{reportes}/financiero?{centro}"))["desde"] == f"{dia[:7]}-01"


LISTAS = ("facturas", "notas-credito", "pagos", "transacciones", "gastos", "honorarios", "cotizaciones", "cajas")


def _algo_de_todo(admin: ApiClient) -> None:
    una = emitida(admin, doctor_id=7)
    pago = ok(cobrar(admin, una["id"], 50), 201)["id"]
    ok(devolver(admin, pago, 5, factura_id=una["id"]), 201)
    nota = {"motivo": "x", "detalles": [{"detalle_id": una["detalles"][0]["id"], "monto": 1}]}
    ok(admin.post(f"{RAIZ}/facturas/{una['id']}/notas-credito", nota), 201)
    ok(poner_estado(admin, emitida(admin)["id"], "anulada", motivo="x"))
    borrador(admin)
    gastar(admin, medio_pago="transferencia")
    ok(anotar(admin, "ingreso", 1, doctor_id=7, paciente_id=1), 201)


def test_una_lista_larga_cuesta_las_consultas_de_una_corta(app: Flask, admin: ApiClient) -> None:
    nuevo_punto(app)

    def consultas() -> dict[str, int]:
        cuantas = {}
        for lista in LISTAS:
            with statements(app) as vistas:
                ok(admin.get(f"{RAIZ}/{lista}?tamano=200"))
            cuantas[lista] = len(vistas)
        return cuantas

    _algo_de_todo(admin)
    pocas = consultas()
    for _ in range(4):
        _algo_de_todo(admin)
    assert consultas() == pocas
