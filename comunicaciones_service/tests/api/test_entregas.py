"""Deliveries: who gets what, what became of it, and delivering again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from comun.testing.client import ApiClient, ok, problem
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook, IntentoWebhook

from ..fabricas import entregas, evento, recibir, suscribir

AYER = (datetime.now(UTC) - timedelta(days=1)).isoformat()


def marcar(app: Flask, estado: str, *ids: int, **campos: Any) -> None:
    """As the worker notes what became of deliveries."""
    with app.app_context():
        db.session.execute(
            update(EntregaWebhook).where(EntregaWebhook.id.in_(ids)).values(estado=estado, intentos=4, **campos)
        )
        db.session.commit()


def reenviar(api: ApiClient, webhook: dict[str, Any], **pedido: Any) -> int:
    respuesta = api.post(f"/comunicaciones/webhooks/{webhook['id']}/reenvio", {"desde": AYER, **pedido})
    return int(ok(respuesta, 202)["entregas"])


def estados(api: ApiClient, webhook: dict[str, Any]) -> dict[str, str]:
    return {e["evento"]["tipo"]: e["estado"] for e in entregas(api, webhook)}


class TestReparto:
    def test_cada_webhook_recibe_lo_que_pidio(self, api: ApiClient) -> None:
        todo, citas, hechas = suscribir(api), suscribir(api, "cita.*"), suscribir(api, "cita.completada", "centro.*")
        recibir(api, evento("paciente.creado.v1"), evento("cita.programada.v1"), evento("cita.completada.v1"))
        vistos = [[e["evento"]["tipo"] for e in entregas(api, webhook)] for webhook in (todo, citas, hechas)]
        assert vistos == [
            ["cita.completada.v1", "cita.programada.v1", "paciente.creado.v1"],
            ["cita.completada.v1", "cita.programada.v1"],
            ["cita.completada.v1"],
        ]

    def test_lo_anterior_a_la_suscripcion_no_se_entrega_por_si_solo(self, api: ApiClient) -> None:
        recibir(api, evento())
        assert entregas(api, suscribir(api)) == []

    def test_si_un_evento_de_varios_no_vale_no_se_reparte_ninguno(self, api: ApiClient) -> None:
        webhook = suscribir(api)
        malo = {**evento(), "sequence": "cero"}
        problem(api.as_("servicio").post("/interno/eventos", [evento(), malo]), 422)
        assert entregas(api, webhook) == []


class TestVer:
    def test_las_entregas_se_buscan_por_estado_tipo_tiempo_y_evento(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        ids = recibir(api, evento("paciente.creado.v1"), evento("cita.programada.v1"))
        programada, creado = entregas(api, webhook)
        marcar(app, "entregada", creado["id"])
        for consulta, esperada in (
            ("estado=entregada", creado),
            ("tipo=cita.*", programada),
            (f"evento_id={ids[0]}", creado),
            (f"evento_id={programada['evento']['id']}", programada),
        ):
            assert [e["id"] for e in entregas(api, webhook, f"?{consulta}")] == [esperada["id"]], consulta
        assert entregas(api, webhook, f"?hasta={AYER.replace('+', '%2B')}") == []
        assert entregas(api, webhook, "?evento_id=nadie") == []

    def test_una_entrega_muestra_cada_intento(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        [contado] = recibir(api, evento())
        [entrega] = entregas(api, webhook)
        with app.app_context():
            for http, error in ((None, "ConnectTimeoutError"), (503, "HTTP 503")):
                db.session.add(
                    IntentoWebhook(
                        entrega_id=entrega["id"], momento=datetime.now(UTC), estado_http=http, ms=12, error=error
                    )
                )
            db.session.commit()
        ruta = f"/comunicaciones/webhooks/{webhook['id']}/entregas/{entrega['id']}"
        detalle = ok(api.get(ruta))
        assert detalle["evento"]["evento_id"] == contado
        assert [(i["estado_http"], i["error"], i["ms"]) for i in detalle["intentos_detalle"]] == [
            (None, "ConnectTimeoutError", 12),
            (503, "HTTP 503", 12),
        ]

    def test_la_entrega_de_otro_webhook_no_existe(self, api: ApiClient) -> None:
        uno, otro = suscribir(api, "cita.*"), suscribir(api, "paciente.*")
        recibir(api, evento("cita.programada.v1"))
        [entrega] = entregas(api, uno)
        problem(api.get(f"/comunicaciones/webhooks/{otro['id']}/entregas/{entrega['id']}"), 404)
        problem(api.post(f"/comunicaciones/webhooks/{otro['id']}/entregas/{entrega['id']}/reenvio"), 404)


class TestReenviar:
    @pytest.mark.parametrize("estado", ["entregada", "fallida", "descartada", "pendiente"])
    def test_una_entrega_sale_otra_vez_como_si_fuera_nueva(self, api: ApiClient, app: Flask, estado: str) -> None:
        webhook = suscribir(api)
        recibir(api, evento())
        [antes] = entregas(api, webhook)
        marcar(app, estado, antes["id"], entregada_en=datetime.now(UTC), ultimo_error="HTTP 400")
        ruta = f"/comunicaciones/webhooks/{webhook['id']}/entregas/{antes['id']}"
        despues = ok(api.post(f"{ruta}/reenvio"), 202)
        assert despues == {k: v for k, v in ok(api.get(ruta)).items() if k != "intentos_detalle"}
        assert (despues["estado"], despues["intentos"]) == ("pendiente", 0)
        assert (despues["ultimo_error"], despues["entregada_en"]) == (None, None)
        assert despues["pendiente_desde"] > antes["pendiente_desde"]

    def test_un_tramo_trae_tambien_lo_anterior_a_la_suscripcion(self, api: ApiClient) -> None:
        recibir(api, evento("paciente.creado.v1"), evento("cita.programada.v1"))
        webhook = suscribir(api, "cita.*")
        recibir(api, evento("cita.completada.v1"))
        assert reenviar(api, webhook) == 1  # what waits already is not counted again
        assert estados(api, webhook) == {"cita.programada.v1": "pendiente", "cita.completada.v1": "pendiente"}
        assert reenviar(api, webhook) == 0

    def test_de_un_tramo_se_eligen_los_tipos(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        recibir(api, evento("paciente.creado.v1"), evento("cita.programada.v1"))
        marcar(app, "entregada", *(e["id"] for e in entregas(api, webhook)))
        assert reenviar(api, webhook, tipos=["paciente.*"]) == 1
        assert estados(api, webhook) == {"paciente.creado.v1": "pendiente", "cita.programada.v1": "entregada"}

    def test_o_solo_lo_que_fallo(self, api: ApiClient, app: Flask) -> None:
        recibir(api, evento("centro.creado.v1"))
        webhook = suscribir(api)
        recibir(api, evento("paciente.creado.v1"), evento("cita.programada.v1"))
        programada, creado = entregas(api, webhook)
        marcar(app, "entregada", creado["id"])
        marcar(app, "fallida", programada["id"])
        assert reenviar(api, webhook, solo_fallidas=True) == 1
        assert estados(api, webhook) == {"paciente.creado.v1": "entregada", "cita.programada.v1": "pendiente"}

    def test_lo_que_quedo_fuera_del_tramo_no_se_toca(self, api: ApiClient, app: Flask) -> None:
        viejo = {**evento("centro.creado.v1"), "time": "2020-01-15T10:00:00+00:00"}
        webhook = suscribir(api)
        recibir(api, viejo, evento("cita.programada.v1"))
        marcar(app, "entregada", *(e["id"] for e in entregas(api, webhook)))
        assert reenviar(api, webhook, desde="2020-01-15T10:00:00+00:00", hasta="2020-01-15T10:00:01+00:00") == 1
        assert estados(api, webhook) == {"centro.creado.v1": "pendiente", "cita.programada.v1": "entregada"}

    @pytest.mark.parametrize(
        ("campo", "pedido"),
        [
            ("desde", {}),
            ("desde", {"desde": "2026-01-15T10:00:00"}),
            ("hasta", {"desde": "2026-01-15T10:00:00Z", "hasta": "2026-01-15T10:00:00Z"}),
            ("tipos", {"desde": "2026-01-15T10:00:00Z", "tipos": ["Cita"]}),
        ],
    )
    def test_un_tramo_mal_dicho_no_reenvia_nada(self, api: ApiClient, campo: str, pedido: dict[str, Any]) -> None:
        webhook = suscribir(api)
        recibir(api, evento())
        respuesta = api.post(f"/comunicaciones/webhooks/{webhook['id']}/reenvio", pedido)
        assert campo in problem(respuesta, 422)["errores"]
