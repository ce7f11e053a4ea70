"""Expenses that come again and again: written once each, whoever writes them and however late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.together import at_once
from facturacion.casos_de_uso.gastos_recurrentes import registrar_recurrentes
from facturacion.modelos import Cuenta

from ..cuentas import anotado
from ..gastos import GASTOS, RECURRENTES
from ..noticias import anunciados

ENERO = datetime(2026, 1, 5, 17, tzinfo=UTC)


@pytest.fixture
def reloj(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What time it is, as this service sees it; noon of the 5th of January at first."""

    def poner(momento: datetime) -> None:
        for modulo in ("dias", "gastos_recurrentes"):
            monkeypatch.setattr(f"facturacion.casos_de_uso.{modulo}.now", lambda: momento)

    poner(ENERO)
    return poner


def recurrente(api: ApiClient, **datos: Any) -> dict[str, Any]:
    cuerpo = {"centro_id": 1, "categoria": "Arriendo", "monto": 500, "frecuencia": "mensual", "desde": "2026-01-31"}
    return dict(ok(api.post(RECURRENTES, {**cuerpo, **datos}), 201))


def trabajar(app: Flask) -> None:
    with app.app_context():
        registrar_recurrentes()


def escritos(api: ApiClient) -> list[str]:
    return [fila["fecha"] for fila in ok(api.get(GASTOS, query_string={"orden": "fecha", "tamano": 200}))["datos"]]


def el(mes: int, dia: int, hora: int = 17) -> datetime:
    return datetime(2026, mes, dia, hora, tzinfo=UTC)


class TestRecurrentes:
    def test_se_escribe_en_su_dia_sin_pagar(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        de_enero = recurrente(admin, proveedor="Inmobiliaria")
        assert (de_enero["proximo"], de_enero["descripcion"]) == ("2026-01-31", "Arriendo")
        trabajar(app)
        assert escritos(admin) == []
        reloj(el(1, 31))
        trabajar(app)
        trabajar(app)
        (gasto,) = ok(admin.get(GASTOS))["datos"]
        assert (gasto["fecha"], gasto["monto"], gasto["proveedor"]) == ("2026-01-31", 500, "Inmobiliaria")
        assert (gasto["recurrente_id"], gasto["medio_pago"], gasto["registrado_por"]) == (
            de_enero["id"],
            None,
            "sistema",
        )
        assert anotado(app, Cuenta.GASTO) == {date(2026, 1, 31): 500}
        assert len(anunciados(app, "gasto.registrado.v1")) == 1
        assert ok(admin.get(f"{RECURRENTES}/{de_enero['id']}"))["proximo"] == "2026-02-28"

    def test_tras_una_pausa_del_servicio_se_pone_al_dia(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        recurrente(admin)
        reloj(el(4, 15))
        trabajar(app)
        assert escritos(admin) == ["2026-01-31", "2026-02-28", "2026-03-31"]

    def test_el_dia_es_el_del_centro(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        recurrente(admin, centro_id=3, desde="2026-01-10")
        recurrente(admin, centro_id=1, desde="2026-01-10", monto=1)
        # One in the morning in UTC: still the 9th in both; at half past five it is the 10th on the mainland only.
        reloj(el(1, 10, 1))
        trabajar(app)
        assert escritos(admin) == []
        reloj(datetime(2026, 1, 10, 5, 30, tzinfo=UTC))
        trabajar(app)
        assert anotado(app, Cuenta.GASTO, "centro_id") == {1: 1}

    def test_termina_cuando_se_dijo(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        uno = recurrente(admin, hasta="2026-03-15")
        reloj(el(12, 1))
        trabajar(app)
        assert escritos(admin) == ["2026-01-31", "2026-02-28"]
        assert ok(admin.get(f"{RECURRENTES}/{uno['id']}"))["proximo"] is None

    def test_muchos_a_la_vez_lo_escriben_una_vez(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        for dia in (10, 20, 31):
            recurrente(admin, desde=f"2026-01-{dia}")
        reloj(el(3, 1))
        at_once(*[lambda: trabajar(app)] * 6)
        trabajar(app)
        assert escritos(admin) == [
            *("2026-01-10", "2026-01-20", "2026-01-31"),
            *("2026-02-10", "2026-02-20", "2026-02-28"),
        ]
        assert sum(anotado(app, Cuenta.GASTO).values()) == 3000

    def test_uno_que_falla_no_detiene_a_los_demas(
        self, app: Flask, admin: ApiClient, reloj: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        malo, _bueno = recurrente(admin, desde="2026-01-10"), recurrente(admin, desde="2026-01-11")
        from facturacion.casos_de_uso import gastos_recurrentes

        verdadero = gastos_recurrentes.anunciar_gasto

        def falla(gasto: Any) -> None:
            if gasto.recurrente_id == malo["id"]:
                raise RuntimeError("de prueba")
            verdadero(gasto)

        monkeypatch.setattr(gastos_recurrentes, "anunciar_gasto", falla)
        reloj(el(1, 20))
        trabajar(app)
        assert escritos(admin) == ["2026-01-11"]
        monkeypatch.undo()
        trabajar(app)
        assert "2026-01-10" in escritos(admin)

    def test_el_que_se_elimino_no_vuelve_a_escribirse(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        recurrente(admin)
        reloj(el(2, 1))
        trabajar(app)
        (gasto,) = ok(admin.get(GASTOS))["datos"]
        admin.delete(f"{GASTOS}/{gasto['id']}")
        trabajar(app)
        assert escritos(admin) == []

    def test_se_edita_lo_que_viene_y_no_lo_escrito(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        url = f"{RECURRENTES}/{recurrente(admin, desde='2026-01-10')['id']}"
        reloj(el(1, 20))
        trabajar(app)
        problem(admin.put(url, {"monto": 600}), 428)
        etag = {"If-Match": admin.get(url).headers["ETag"]}
        editado = ok(admin.put(url, {"monto": 600, "frecuencia": "quincenal"}, headers=etag))
        assert editado["proximo"] == "2026-01-25"
        problem(admin.put(url, {"monto": 700}, headers=etag), 412)
        reloj(el(1, 26))
        trabajar(app)
        filas = ok(admin.get(GASTOS, query_string={"orden": "fecha"}))["datos"]
        assert [(fila["fecha"], fila["monto"]) for fila in filas] == [("2026-01-10", 500), ("2026-01-25", 600)]

    def test_el_que_lleva_otra_fecha_no_se_escribe_otra_vez(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        uno = recurrente(admin, frecuencia="semanal", desde="2026-01-05")
        reloj(el(1, 12))
        trabajar(app)
        segundo = ok(admin.get(GASTOS, query_string={"orden": "-fecha"}))["datos"][0]
        ok(admin.put(f"{GASTOS}/{segundo['id']}", {"fecha": "2026-01-10"}, headers={"If-Match": "*"}))
        cambios = {"hasta": "2026-01-18"}
        for _vez in range(2):
            ok(admin.put(f"{RECURRENTES}/{uno['id']}", cambios, headers={"If-Match": "*"}))
            trabajar(app)
            assert escritos(admin) == ["2026-01-05", "2026-01-10"]
            cambios = {"hasta": "2026-12-31"}
        assert ok(admin.get(f"{RECURRENTES}/{uno['id']}"))["proximo"] == "2026-01-19"

    def test_uno_escrito_no_ocupa_el_dia_del_que_viene(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        recurrente(admin, frecuencia="semanal", desde="2026-01-05")
        trabajar(app)
        (gasto,) = ok(admin.get(GASTOS))["datos"]
        reloj(el(1, 13))  # before what is due is written
        url, siempre = f"{GASTOS}/{gasto['id']}", {"If-Match": "*"}
        for ocupado in ("2026-01-12", "2026-01-13"):
            problem(admin.put(url, {"fecha": ocupado}, headers=siempre), 409, "gasto_ya_registrado")
        trabajar(app)
        problem(admin.put(url, {"fecha": "2026-01-12"}, headers=siempre), 409, "gasto_ya_registrado")
        assert ok(admin.put(url, {"fecha": "2026-01-13"}, headers=siempre))["fecha"] == "2026-01-13"
        assert escritos(admin) == ["2026-01-12", "2026-01-13"]

    def test_pausado_no_se_escribe_ni_se_recupera(self, app: Flask, admin: ApiClient, reloj: Any) -> None:
        url, siempre = f"{RECURRENTES}/{recurrente(admin, desde='2026-01-10')['id']}", {"If-Match": "*"}
        ok(admin.put(url, {"activo": False}, headers=siempre))
        reloj(el(3, 20))
        trabajar(app)
        assert escritos(admin) == []
        assert ok(admin.put(url, {"activo": True}, headers=siempre))["proximo"] == "2026-04-10"
        assert admin.delete(url).status_code == 204
        reloj(el(5, 20))
        trabajar(app)
        assert escritos(admin) == []
        problem(admin.put(url, {"activo": True}, headers=siempre), 404)

    @pytest.mark.parametrize(
        ("datos", "campo"),
        [
            ({"desde": "2024-12-31"}, "desde"),
            ({"hasta": "2026-01-30"}, "hasta"),
            ({"frecuencia": "diaria"}, "frecuencia"),
        ],
    )
    def test_lo_que_no_puede_ser(self, admin: ApiClient, reloj: Any, datos: dict[str, str], campo: str) -> None:
        cuerpo = {"centro_id": 1, "categoria": "Luz", "monto": 5, "frecuencia": "mensual", "desde": "2026-01-31"}
        assert [*problem(admin.post(RECURRENTES, {**cuerpo, **datos}), 422)["errores"]] == [campo]

    def test_cada_quien_los_de_sus_centros(self, api: ApiClient, admin: ApiClient, reloj: Any) -> None:
        uno = recurrente(admin)
        de_otro = api.as_("secretaria", ["facturacion:gastos:leer", "facturacion:gastos:editar"], centros=[2])
        problem(de_otro.get(f"{RECURRENTES}/{uno['id']}"), 404)
        problem(de_otro.put(f"{RECURRENTES}/{uno['id']}", {"monto": 1}, headers={"If-Match": "*"}), 404)
        assert ok(de_otro.get(RECURRENTES))["datos"] == []
        assert [fila["id"] for fila in ok(admin.get(RECURRENTES, query_string={"activo": "true"}))["datos"]] == [
            uno["id"]
        ]
