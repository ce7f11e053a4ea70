"""Webhooks whose endpoint fails: announced after an hour, paused after days or when it says that it is gone."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import exists, select

from comun import audit
from comun.db import now
from comun.runtime import runtime
from comunicaciones.eventos.emitidos import anunciar
from comunicaciones.modelos import EstadoWebhook, MotivoPausa, Webhook

logger = logging.getLogger(__name__)

SE_ANUNCIA = timedelta(hours=1)
RETIRADO = "HTTP 410"


def vigilar_webhooks() -> int:
    """Announce and pause what it is time for; how many webhooks were looked at. Commits for each."""
    session = runtime().db.session
    fallan = session.scalars(
        select(Webhook.id).where(
            Webhook.vivos(), Webhook.estado == EstadoWebhook.ACTIVO, Webhook.falla_desde.is_not(None)
        )
    ).all()
    session.commit()
    for webhook_id in fallan:
        vigilar(webhook_id)
    return len(fallan)


def vigilar(webhook_id: int) -> None:
    """Announce that its endpoint fails, or pause it, if it is time. Commits.

    What it goes by is what the worker wrote down, so that whoever dies in between leaves nothing undone.
    """
    service = runtime()
    session = service.db.session
    audit.set_action("trabajo:vigilar_webhooks")
    webhook = session.scalar(
        select(Webhook)
        .where(Webhook.id == webhook_id, Webhook.vivos(), Webhook.estado == EstadoWebhook.ACTIVO)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if webhook is not None and webhook.falla_desde is not None:
        lleva = now() - webhook.falla_desde
        if webhook.ultimo_error == RETIRADO:
            _pausar(webhook, MotivoPausa.RETIRADO)
        elif lleva >= timedelta(hours=service.settings["COMUNICACIONES_WEBHOOK_PAUSA_HORAS"]):
            _pausar(webhook, MotivoPausa.FALLOS)
        elif lleva >= SE_ANUNCIA and not _anunciado(webhook):
            anunciar(webhook, "fallando")
    session.commit()


def _pausar(webhook: Webhook, motivo: MotivoPausa) -> None:
    logger.error("webhook %s is paused: %s", webhook.id, motivo)
    webhook.pausar(motivo)
    anunciar(webhook, "pausado")


def _anunciado(webhook: Webhook) -> bool:
    """Whether it was told of this failure already."""
    service = runtime()
    outbox = service.tables.outbox
    return bool(
        service.db.session.scalar(
            select(
                exists().where(
                    outbox.c.sujeto == f"webhook/{webhook.id}",
                    outbox.c.tipo == "webhook.fallando.v1",
                    outbox.c.momento >= webhook.falla_desde,
                )
            )
        )
    )
