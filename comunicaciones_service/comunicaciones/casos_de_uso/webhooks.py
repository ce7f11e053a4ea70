"""Subscriptions: made, changed, paused, taken up again, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from comun import audit
from comun.db import now, release
from comunicaciones.casos_de_uso import reenvios
from comunicaciones.entrega.direcciones import exigir_url_permitida
from comunicaciones.eventos.emitidos import anunciar
from comunicaciones.extensiones import db
from comunicaciones.modelos import EstadoWebhook, MotivoPausa, Webhook


def crear(datos: Mapping[str, Any]) -> Webhook:
    """A new subscription, with a secret of its own. Raises Invalid for an address that may not be called."""
    exigir_url_permitida(datos["url"])
    webhook = Webhook(**datos)
    webhook.poner_secreto()
    db.session.add(webhook)
    return webhook


def cambiar(webhook: Webhook, cambios: Mapping[str, Any]) -> Webhook:
    """Change what is given; another address starts without the failures of the one before. Raises as `crear`."""
    if cambios.get("url", webhook.url) != webhook.url:
        release(db.session)
        exigir_url_permitida(cambios["url"])
        webhook.olvidar_fallos()
        reenvios.renovar_plazo(webhook)
    for campo, valor in cambios.items():
        setattr(webhook, campo, valor)
    return webhook


def cambiar_estado(webhook: Webhook, estado: str, motivo: str | None, descartar_pendientes: bool) -> Webhook:
    """Pause or activate, and tell. Conflict when it is so already."""
    if estado == EstadoWebhook.PAUSADO:
        webhook.pausar(MotivoPausa.MANUAL)
    else:
        webhook.activar()
    db.session.flush()
    if descartar_pendientes:
        reenvios.descartar_pendientes(webhook)
    elif estado == EstadoWebhook.ACTIVO:
        reenvios.renovar_plazo(webhook)
    if motivo:
        audit.record("webhook", webhook.id, {"motivo": motivo})
    anunciar(webhook, "pausado" if estado == EstadoWebhook.PAUSADO else "reanudado")
    return webhook


def cambiar_secreto(webhook: Webhook, vigencia_horas: int) -> Webhook:
    """A new secret; the old one signs beside it for so long."""
    webhook.poner_secreto(anterior_hasta=now() + timedelta(hours=vigencia_horas))
    return webhook


def retirar(webhook: Webhook) -> None:
    """End the subscription and drop what waits for it."""
    webhook.eliminar()
    reenvios.descartar_pendientes(webhook)
