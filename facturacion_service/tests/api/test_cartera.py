"""What is owed, and since when."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from comun.testing.client import ApiClient, ok, problem
from comun.testing.databases import empty
from facturacion.extensiones import db

from ..asientos import anticipar, conocer_aseguradora, deber
from ..conftest import como_medico, como_paciente, como_secretaria
from ..fabricas import conocer_centros, conocer_paciente, nuevo_punto

URL = "/facturacion/reportes/cartera"


def hoy() -> date:
    """By the calendar of the mainland, at any hour that the test runs."""
    return datetime.now(ZoneInfo("America/Guayaquil")).date()


TRAMOS = ("corriente", "de_1_a_30", "de_31_a_60", "de_61_a_90", "mas_de_90")
MONTOS = (*TRAMOS, "vencido", "total")


def hace(dias: int) -> date:
    return hoy() - timedelta(days=dias)


@pytest.fixture
def punto(app: Flask, clinica: dict[str, int]) -> int:
    return nuevo_punto(app, 1)


def cartera(api: ApiClient, **filtro: Any) -> dict[str, Any]:
    return dict(ok(api.get(URL, query_string=filtro)))


def montos(cifras: dict[str, Any]) -> dict[str, float]:
    """Those that are not 0."""
    return {nombre: cifras[nombre] for nombre in MONTOS if cifras[nombre]}


class TestPorAntiguedad:
    def test_segun_los_dias_desde_que_vencio(self, admin: ApiClient, app: Flask, punto: int) -> None:
        vencidas = [
            (-5, "corriente"), (0, "corriente"), (1, "de_1_a_30"), (30, "de_1_a_30"), (31, "de_31_a_60"),
            (60, "de_31_a_60"), (61, "de_61_a_90"), (90, "de_61_a_90"), (91, "mas_de_90"), (400, "mas_de_90"),
        ]  # fmt: skip
        esperado: dict[str, float] = defaultdict(float)
        for dias, tramo in vencidas:
            deber(app, punto, "100", hace(500), vence_el=hace(dias), pagado="25.5")
            for cifra in (tramo, "total", *(["vencido"] if dias > 0 else [])):
                esperado[cifra] += 74.5
            assert montos(cartera(admin)["totales"]) == esperado, dias

    def test_sin_fecha_de_pago_se_debe_desde_que_se_emite(self, admin: ApiClient, app: Flask, punto: int) -> None:
        deber(app, punto, "10", hoy())
        deber(app, punto, "20", hace(45))
        assert montos(cartera(admin)["totales"]) == {"corriente": 10, "de_31_a_60": 20, "vencido": 20, "total": 30}

    def test_a_plazos_cada_cuota_en_su_dia(self, admin: ApiClient, app: Flask, punto: int) -> None:
        deber(app, punto, "90", hace(70), cuotas={hace(40): "30", hace(10): "30", hace(-20): "30"})
        contado = cartera(admin)
        assert montos(contado["totales"]) == {
            "corriente": 30, "de_1_a_30": 30, "de_31_a_60": 30, "vencido": 60, "total": 90
        }  # fmt: skip
        assert contado["filas"][0]["facturas"] == 1

    def test_lo_pagado_y_los_borradores_no_se_deben(self, admin: ApiClient, app: Flask, punto: int) -> None:
        deber(app, punto, "90", hace(70), pagado="90")
        assert montos(cartera(admin)["totales"]) == {}
        assert cartera(admin)["filas"] == []

    def test_hoy_es_lo_que_dice_el_calendario_de_cada_centro(
        self, admin: ApiClient, app: Flask, punto: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Half past midnight in Quito: what fell due yesterday there is due today on the islands.
        momento = datetime(2026, 3, 10, 0, 30, tzinfo=ZoneInfo("America/Guayaquil"))
        monkeypatch.setattr("facturacion.casos_de_uso.dias.now", lambda: momento)
        deber(app, punto, "10", date(2026, 3, 9))
        deber(app, nuevo_punto(app, 3), "20", date(2026, 3, 9))
        contado = cartera(admin)
        assert montos(contado["totales"]) == {"corriente": 20, "de_1_a_30": 10, "vencido": 10, "total": 30}
        assert contado["al"] == "2026-03-10"
        assert cartera(admin, centro_id=3)["al"] == "2026-03-09"


class TestDeQuienEs:
    def test_lo_que_tomo_la_aseguradora_lo_debe_ella(self, admin: ApiClient, app: Flask, punto: int) -> None:
        conocer_aseguradora(app, 2, "Salud S. A.")
        deber(app, punto, "100", hace(10), cubierto="80", aseguradora_id=2)
        deber(app, punto, "40", hace(40), paciente_id=2)
        contado = cartera(admin)
        assert montos(contado["de_pacientes"]) == {"de_1_a_30": 20, "de_31_a_60": 40, "vencido": 60, "total": 60}
        assert montos(contado["de_aseguradoras"]) == {"de_1_a_30": 80, "vencido": 80, "total": 80}
        assert contado["totales"]["total"] == 140
        assert [(fila["paciente"]["id"], fila["total"]) for fila in contado["filas"]] == [(2, 40), (1, 20)]
        (suya,) = cartera(admin, agrupar="aseguradora")["filas"]
        assert (suya["aseguradora"], suya["total"], suya["facturas"]) == ({"id": 2, "nombre": "Salud S. A."}, 80, 1)
        (del_centro,) = cartera(admin, agrupar="centro")["filas"]
        assert (del_centro["centro"]["nombre"], del_centro["total"], del_centro["facturas"]) == ("Centro 1", 140, 2)
        assert cartera(admin, aseguradora_id=2)["totales"]["total"] == 100
        assert cartera(admin, paciente_id=2)["totales"]["total"] == 40

    def test_lo_pagado_por_adelantado_se_dice_aparte(self, admin: ApiClient, app: Flask, punto: int) -> None:
        deber(app, punto, "40", hace(40))
        anticipar(app, "25", hoy())
        anticipar(app, "30", hoy(), aplicado="20")
        contado = cartera(admin)
        assert (contado["anticipos"], contado["totales"]["total"]) == (35, 40)

    def test_pagina_a_pagina_el_mas_vencido_primero(self, admin: ApiClient, app: Flask, punto: int) -> None:
        for paciente_id in range(1, 6):
            conocer_paciente(app, paciente_id)
            deber(app, punto, str(paciente_id * 10), hace(5), paciente_id=paciente_id)
        deber(app, punto, "500", hoy(), paciente_id=3)
        paginas = [cartera(admin, pagina=n, tamano=2) for n in (1, 2, 3)]
        assert [[fila["paciente"]["id"] for fila in p["filas"]] for p in paginas] == [[5, 4], [3, 2], [1]]
        assert [p["paginacion"]["hay_mas"] for p in paginas] == [True, True, False]
        assert {p["paginacion"]["total"] for p in paginas} == {5}
        assert {p["totales"]["total"] for p in paginas} == {650}
        respuesta = admin.get(URL, query_string={"formato": "csv", "tamano": 2})
        titulos, *filas = csv.reader(io.StringIO(respuesta.get_data(as_text=True)))
        assert titulos == ["paciente_id", "paciente", "facturas", *MONTOS]
        assert [fila[0] for fila in filas] == ["5", "4", "3", "2", "1"]
        assert filas[2][1:] == [
            "María José Núñez Peña 3",
            "2",
            "500.00",
            "30.00",
            "0.00",
            "0.00",
            "0.00",
            "30.00",
            "530.00",
        ]

    def test_la_secretaria_ve_la_de_sus_centros(self, api: ApiClient, app: Flask, punto: int) -> None:
        deber(app, punto, "10", hoy())
        deber(app, nuevo_punto(app, 2), "20", hoy())
        assert cartera(como_secretaria(api, 2))["totales"]["total"] == 20
        assert cartera(como_secretaria(api, 1, 2))["totales"]["total"] == 30
        assert cartera(como_secretaria(api, 2), centro_id=1)["filas"] == []

    def test_los_demas_no(self, api: ApiClient, clinica: dict[str, int]) -> None:
        problem(como_medico(api).get(URL), 403)
        problem(como_paciente(api).get(URL), 403)


@given(data=st.data())
def test_los_tramos_suman_el_saldo_de_las_facturas(
    admin: ApiClient, app: Flask, seeded_tables: frozenset[str], data: st.DataObject
) -> None:
    with app.app_context():
        empty(db.engine, db.metadata, seeded_tables)
    conocer_centros(app)
    puntos = [nuevo_punto(app, centro) for centro in (1, 2)]
    saldo = D(0)
    for _ in range(data.draw(st.integers(0, 6))):
        centavos = data.draw(st.integers(3, 99_999))
        cubierto = data.draw(st.integers(0, centavos))
        pagado = data.draw(st.integers(0, centavos - cubierto))
        debe = centavos - cubierto - pagado
        primera = data.draw(st.integers(0, debe))
        # Instalments may say less than what is owed, or nothing.
        cuotas = {hace(data.draw(st.integers(-99, 99))): f"{D(primera) / 100}"} if primera else {}
        deber(
            app, data.draw(st.sampled_from(puntos)), D(centavos) / 100, hace(data.draw(st.integers(0, 99))),
            pagado=D(pagado) / 100, cubierto=D(cubierto) / 100, aseguradora_id=1, cuotas=cuotas,
            vence_el=data.draw(st.none() | st.integers(-99, 99).map(hace)),
        )  # fmt: skip
        saldo += D(centavos - pagado) / 100
    for agrupar in ("paciente", "aseguradora", "centro"):
        contado = cartera(admin, agrupar=agrupar)
        totales = {nombre: D(str(contado["totales"][nombre])) for nombre in MONTOS}
        assert totales["total"] == saldo == sum((totales[tramo] for tramo in TRAMOS), D(0))
        assert totales["vencido"] == totales["total"] - totales["corriente"]
        de_quien = {"paciente": "de_pacientes", "aseguradora": "de_aseguradoras", "centro": "totales"}[agrupar]
        de_filas = sum((D(str(fila["total"])) for fila in contado["filas"]), D(0))
        assert de_filas == D(str(contado[de_quien]["total"]))
