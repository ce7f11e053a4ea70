"""The signature of a delivery, as a receiver with the library sees it."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from comun.db import now
from comunicaciones.entrega.firma import cabeceras

CUERPO = '{"type":"cita.creada.v1","data":{"motivo":"Ñandú"}}'.encode()


def secreto() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def test_el_receptor_la_comprueba() -> None:
    propio = secreto()
    firmadas = dict(cabeceras("evento-1", CUERPO, [propio], now()))
    assert Webhook(propio).verify(CUERPO, firmadas)["type"] == "cita.creada.v1"
    assert firmadas["webhook-id"] == "evento-1"
    assert firmadas["Content-Type"] == "application/json"
    assert firmadas["User-Agent"] == "OdontoCare-Webhooks/1"


def test_con_dos_secretos_vale_cualquiera_de_los_dos() -> None:
    viejo, nuevo = secreto(), secreto()
    firmadas = dict(cabeceras("evento-1", CUERPO, [nuevo, viejo], now()))
    Webhook(viejo).verify(CUERPO, firmadas)
    Webhook(nuevo).verify(CUERPO, firmadas)
    with pytest.raises(WebhookVerificationError):
        Webhook(secreto()).verify(CUERPO, firmadas)


def test_lo_cambiado_en_el_camino_no_pasa() -> None:
    propio = secreto()
    firmadas = dict(cabeceras("evento-1", CUERPO, [propio], now()))
    for falsas in ({"webhook-id": "evento-2"}, {"webhook-timestamp": str(int(now().timestamp()) + 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(propio).verify(CUERPO, {**firmadas, **falsas})
    with pytest.raises(WebhookVerificationError):
        Webhook(propio).verify(CUERPO + b" ", firmadas)
    antigua = dict(cabeceras("evento-1", CUERPO, [propio], now() - timedelta(minutes=6)))
    with pytest.raises(WebhookVerificationError):
        Webhook(propio).verify(CUERPO, antigua)


def test_el_momento_en_cualquier_zona() -> None:
    propio = secreto()
    en_quito = now().astimezone(ZoneInfo("America/Guayaquil"))
    Webhook(propio).verify(CUERPO, dict(cabeceras("evento-1", CUERPO, [propio], en_quito)))
