"""The dashboard: its own figures, those of its neighbours, and what it does without them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.peers import Reply
from facturacion.modelos import Cuenta

from ..asientos import anotar, cobro, deber, una
from ..conftest import como_secretaria
from ..fabricas import nuevo_punto
from ..fuentes import Fuentes, fuentes_de, respuestas

URL = "/facturacion/reportes/tablero"
QUITO = ZoneInfo("America/Guayaquil")
# Half past midnight in Quito, half past eleven the night before on the islands.
MOMENTO = datetime(2026, 3, 10, 0, 30, tzinfo=QUITO)
HOY, AYER = date(2026, 3, 10), date(2026, 3, 9)


@pytest.fixture
def fuentes(app: Flask, admin: ApiClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fuentes]:
    """The neighbours answer; it is the small hours of 10 March."""
    monkeypatch.setattr("facturacion.casos_de_uso.dias.now", lambda: MOMENTO)
    with fuentes_de(app) as vecinas:
        yield vecinas


def tablero(api: ApiClient, **filtro: Any) -> dict[str, Any]:
    return dict(ok(api.get(URL, query_string=filtro)))


def un_dia_de_trabajo(app: Flask) -> None:
    anotar(
        app,
        una(Cuenta.FACTURADO, "100", HOY),
        cobro("60", HOY),
        una(Cuenta.GASTO, "5", AYER),
        cobro("40", AYER, 3),
        una(Cuenta.FACTURADO, "1000", date(2026, 2, 28)),
    )
    deber(app, nuevo_punto(app), "40", AYER, vence_el=AYER)
    deber(app, nuevo_punto(app, 3), "7", AYER, vence_el=AYER)


def test_el_dia_y_el_mes_de_un_vistazo(admin: ApiClient, app: Flask, fuentes: Fuentes) -> None:
    un_dia_de_trabajo(app)
    visto = tablero(admin)
    dicho = respuestas()
    assert visto["fecha"] == "2026-03-10"
    assert visto["citas"] == dicho["citas"]
    assert visto["pacientes_nuevos"] == 4
    assert visto["stock_bajo"] == dicho["inventario"]["stock_bajo"]
    assert visto["fuentes"] == {nombre: {"estado": "ok"} for nombre in ("citas", "admin", "inventario")}
    # What the islands took in yesterday, they took in today.
    assert (visto["ingresos"]["hoy"]["facturado"], visto["ingresos"]["hoy"]["cobrado"]) == (100, 100)
    assert (visto["ingresos"]["mes"]["cobrado"], visto["ingresos"]["mes"]["utilidad"]) == (100, 95)
    assert (visto["cartera"]["total"], visto["cartera"]["vencido"]) == (47, 40)
    assert fuentes.preguntas == {
        "citas": [{}],
        "admin": [{"desde": "2026-03-01", "hasta": "2026-03-10"}],
        "inventario": [{}],
    }


def test_de_un_centro(admin: ApiClient, app: Flask, fuentes: Fuentes) -> None:
    un_dia_de_trabajo(app)
    visto = tablero(admin, centro_id=3)
    assert (visto["fecha"], visto["ingresos"]["hoy"]["cobrado"]) == ("2026-03-09", 40)
    assert (visto["cartera"]["total"], visto["cartera"]["vencido"]) == (7, 0)
    assert [fuentes.preguntas[nombre][0]["centros"] for nombre in ("citas", "admin", "inventario")] == ["3", "3", "3"]


def test_quien_actua_en_unos_centros_ve_lo_de_esos(api: ApiClient, app: Flask, fuentes: Fuentes) -> None:
    un_dia_de_trabajo(app)
    suya = api.as_("secretaria", ["facturacion:reportes:leer"], centros=[1, 2])
    visto = tablero(suya)
    assert (visto["ingresos"]["hoy"]["cobrado"], visto["cartera"]["total"]) == (60, 40)
    assert fuentes.preguntas["citas"] == [{"centros": "1,2"}]
    ajeno = tablero(suya, centro_id=3)
    assert (ajeno["ingresos"]["mes"]["cobrado"], ajeno["cartera"]["total"]) == (0, 0)
    assert fuentes.preguntas["inventario"][-1] == {"centros": ""}
    problem(como_secretaria(api, 1).get(URL), 403)


@pytest.mark.parametrize(
    ("caida", "parte"), [("citas", "citas"), ("admin", "pacientes_nuevos"), ("inventario", "stock_bajo")]
)
class TestSiUnServicioNoResponde:
    def dice_cual_falta(self, api: ApiClient, caida: str, parte: str) -> None:
        visto = tablero(api)
        assert visto[parte] is None
        assert visto["fuentes"] == {
            nombre: {"estado": "no_responde" if nombre == caida else "ok"}
            for nombre in ("citas", "admin", "inventario")
        }
        assert all(visto[otra] is not None for otra in ("citas", "pacientes_nuevos", "stock_bajo") if otra != parte)
        assert (visto["ingresos"]["mes"]["facturado"], visto["cartera"]["total"]) == (100, 47)

    def test_porque_esta_apagado(
        self, admin: ApiClient, app: Flask, fuentes: Fuentes, caida: str, parte: str
    ) -> None:
        un_dia_de_trabajo(app)
        fuentes.apagar(caida)
        for _ in range(7):  # the breaker opens on the way
            self.dice_cual_falta(admin, caida, parte)

    def test_porque_no_puede(self, admin: ApiClient, app: Flask, fuentes: Fuentes, caida: str, parte: str) -> None:
        """Unavailable, failing, without that question, saying something else, hanging up."""
        un_dia_de_trabajo(app)
        for respuesta in (Reply(503), Reply(500, {}), Reply(404, {}), Reply(200, body=b"<html>"), Reply(drop=True)):
            fuentes.contestar(caida, respuesta)
            self.dice_cual_falta(admin, caida, parte)


def test_a_quien_no_responde_a_tiempo_no_se_le_espera(admin: ApiClient, app: Flask, fuentes: Fuentes) -> None:
    un_dia_de_trabajo(app)
    respondido = Event()
    for nombre in ("citas", "admin", "inventario"):
        fuentes.hacer_esperar(nombre, respondido)
    try:
        visto = tablero(admin)
    finally:
        respondido.set()
    assert {fuente["estado"] for fuente in visto["fuentes"].values()} == {"no_responde"}
    assert visto["ingresos"]["mes"]["facturado"] == 100
