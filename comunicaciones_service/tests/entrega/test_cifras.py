"""What those who look after the system see of webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from comun import health
from comun.db import now
from comun.testing.client import ApiClient, ok
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook, Webhook

from ..fabricas import evento, recibir, suscribir


@pytest.fixture(autouse=True)
def _al_momento(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)


def informe(api: ApiClient) -> dict[str, Any]:
    respuesta = api.get("/comunicaciones/health/ready")
    hallado: dict[str, Any] = respuesta.json["comprobaciones"]["webhooks"]
    return {campo: valor for campo, valor in hallado.items() if campo != "ms"}


def test_sin_webhooks_no_hay_nada_que_contar(api: ApiClient) -> None:
    nada = {"activos": 0, "pausados": 0, "fallando": 0, "pendientes": 0, "atraso_segundos": 0.0}
    assert informe(api) == {"estado": "bien", **nada}


def test_se_ve_lo_que_espera_y_lo_que_falla_sin_decir_de_quien(app: Flask, api: ApiClient) -> None:
    sano, caido, quieto = (suscribir(api, nombre=nombre) for nombre in ("sano", "caído", "quieto"))
    ok(api.patch(f"/comunicaciones/webhooks/{quieto['id']}/estado", {"estado": "pausado"}))
    recibir(api, evento(), evento())
    with app.app_context():
        de_caido = EntregaWebhook.webhook_id == caido["id"]
        db.session.execute(update(EntregaWebhook).where(de_caido).values(pendiente_desde=now() - timedelta(hours=1)))
        de_sano = EntregaWebhook.webhook_id == sano["id"]
        db.session.execute(update(EntregaWebhook).where(de_sano).values(estado="entregada"))
        falla = update(Webhook).where(Webhook.id == caido["id"]).values(falla_desde=now() - timedelta(minutes=20))
        db.session.execute(falla)
        db.session.commit()
    hallado = informe(api)
    assert 3600 <= hallado.pop("atraso_segundos") < 3660
    assert hallado == {"estado": "bien", "activos": 2, "pausados": 1, "fallando": 1, "pendientes": 2}

    metricas = api.get("/metrics").get_data(as_text=True)
    assert f'webhook_pending{{state="activo",webhook="{sano["id"]}"}} 0.0' in metricas
    assert f'webhook_pending{{state="activo",webhook="{caido["id"]}"}} 2.0' in metricas
    assert f'webhook_pending{{state="pausado",webhook="{quieto["id"]}"}} 2.0' in metricas
    assert f'webhook_lag_seconds{{webhook="{caido["id"]}"}} 36' in metricas
    assert f'webhook_failing_seconds{{webhook="{caido["id"]}"}} 12' in metricas
    assert "caído" not in metricas
