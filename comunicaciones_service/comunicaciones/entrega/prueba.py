"""Trying a webhook out: one signed event now, for it alone, and what it answered."""

from __future__ import annotations

import time
import uuid
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from comun.db import now, release
from comun.errors import NotFound
from comun.runtime import runtime
from comunicaciones import secretos
from comunicaciones.entrega.anotacion import como_texto, fila_de_intento
from comunicaciones.entrega.mensajero import Contestacion, Mensajero, documento
from comunicaciones.entrega.transporte import SinRespuesta
from comunicaciones.modelos import EntregaWebhook, EstadoEntrega, Evento, IntentoWebhook, Webhook

TIPO = "webhook.prueba.v1"


def probar(webhook_id: int) -> dict[str, Any]:
    """Send `webhook.prueba.v1` now, also to a paused webhook, and log it; the caller commits.

    The answer: `entregado`, `estado_http`, `ms`, `error`, `respuesta`. It is tried once, whatever comes of it,
    and says nothing about whether the endpoint fails. Raises NotFound, and RuntimeError when the session has
    unsaved changes: nothing is held while the endpoint takes its time.
    """
    service = runtime()
    session = service.db.session
    webhook = session.scalar(select(Webhook).where(Webhook.id == webhook_id, Webhook.vivos()))
    if webhook is None:
        raise NotFound(Webhook.AUSENTE)
    evento = _evento(webhook)
    url, claves = webhook.url, secretos.vigentes(webhook)
    release(session)
    ajustes = service.settings
    mensajero = Mensajero(
        ajustes["COMUNICACIONES_REDES_PERMITIDAS"], ajustes["COMUNICACIONES_WEBHOOK_TIMEOUT_SEGUNDOS"], conexiones=0
    )
    mensajero.renovar(url, claves, sano=True)
    error, contestacion = None, None
    empezado = time.perf_counter()
    try:
        contestacion = mensajero.entregar(evento["evento_id"], documento(SimpleNamespace(**evento)))
    except SinRespuesta as fallo:
        error = f"{type(fallo).__name__}: {fallo}" if str(fallo) else type(fallo).__name__
    segundos = time.perf_counter() - empezado
    entregado = contestacion is not None and 200 <= contestacion.status < 300
    if contestacion is not None and not entregado:
        error = f"HTTP {contestacion.status}"
    _anotar(webhook_id, evento, segundos, contestacion, error)
    return {
        "entregado": entregado,
        "estado_http": contestacion.status if contestacion else None,
        "ms": round(segundos * 1000),
        "error": error,
        "respuesta": como_texto(contestacion.body) if contestacion else None,
    }


def _evento(webhook: Webhook) -> dict[str, Any]:
    """The columns of such an event. It counts by itself: the sequence of the webhook's own news has no gaps."""
    sujeto = f"prueba/{webhook.id}"
    anteriores = runtime().db.session.scalar(select(func.count()).where(Evento.sujeto == sujeto))
    return {
        "origen": f"/{runtime().service}",
        "evento_id": str(uuid.uuid4()),
        "tipo": TIPO,
        "sujeto": sujeto,
        "secuencia": (anteriores or 0) + 1,
        "momento": now(),
        "datos": {"id": webhook.id, "nombre": webhook.nombre},
        "traceparent": None,
    }


def _anotar(
    webhook_id: int,
    datos: dict[str, Any],
    segundos: float,
    contestacion: Contestacion | None,
    error: str | None,
) -> None:
    session = runtime().db.session
    evento = Evento(**datos)
    momento = datos["momento"]
    entrega = EntregaWebhook(
        evento=evento,
        webhook_id=webhook_id,
        sujeto=evento.sujeto,
        estado=EstadoEntrega.FALLIDA if error else EstadoEntrega.ENTREGADA,
        intentos=1,
        pendiente_desde=momento,
        proximo_intento=momento,
        entregada_en=None if error else now(),
        ultimo_error=error,
    )
    session.add(entrega)
    session.flush()
    estado, cuerpo = (contestacion.status, contestacion.body) if contestacion else (None, None)
    session.add(IntentoWebhook(**fila_de_intento(entrega.id, momento, segundos, estado, cuerpo, error)))
