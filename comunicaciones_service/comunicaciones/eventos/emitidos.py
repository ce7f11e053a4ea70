"""News that this service sends: how its webhooks do."""

from __future__ import annotations

from typing import Any, Literal

from comun.events import emit
from comunicaciones.modelos import Webhook

Suceso = Literal["fallando", "pausado", "reanudado"]


def datos_webhook(webhook: Any) -> dict[str, Any]:
    """What others may know of a webhook (or of a row of its table): never its address, which may hold a secret."""
    campos = ("id", "nombre", "estado", "motivo_pausa", "fallos_seguidos", "falla_desde", "ultimo_error")
    return {campo: getattr(webhook, campo) for campo in campos}


def anunciar(webhook: Webhook, suceso: Suceso) -> None:
    """Emit `webhook.<suceso>.v1` with the webhook as it now is, in the current transaction."""
    emit(f"webhook.{suceso}.v1", f"webhook/{webhook.id}", datos_webhook(webhook))
