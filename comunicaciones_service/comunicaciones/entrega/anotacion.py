"""What is kept of a round of deliveries beside its outcome: the attempts, and how the endpoint does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from comun.db import now
from comun.events.lane import Round
from comun.events.queue import Attempt
from comunicaciones.modelos import EntregaWebhook, IntentoWebhook, Webhook

RESPUESTA_MAXIMA = 2**10

_WEBHOOK: Any = Webhook.__table__
_ENTREGA: Any = EntregaWebhook.__table__


def anotar(connection: Connection, webhook_id: int, url: str, ronda: Round, detalles: Mapping[int, str]) -> None:
    """Write down the attempts of a round and what they say of the endpoint, unless it has another address by now.

    `url`: where they went; `detalles`: what else there is to say of an error, by the id of the event.
    """
    intentos = [intento for run in ronda.runs for intento in run.attempts]
    if not intentos:
        return
    entregas = {
        evento_id: entrega_id
        for evento_id, entrega_id in connection.execute(
            select(_ENTREGA.c.evento_id, _ENTREGA.c.id).where(
                _ENTREGA.c.webhook_id == webhook_id,
                _ENTREGA.c.evento_id.in_({intento.event.id for intento in intentos}),
            )
        )
    }
    # Those that were purged meanwhile leave nothing to write to.
    filas = [
        _fila(entregas[intento.event.id], intento, detalles.get(intento.event.id))
        for intento in intentos
        if intento.event.id in entregas
    ]
    if filas:
        connection.execute(insert(IntentoWebhook), filas)
    connection.execute(
        update(_WEBHOOK)
        .where(_WEBHOOK.c.id == bindparam("quien"), _WEBHOOK.c.url == url)
        .values(**_salud(ronda, intentos), actualizado_en=_WEBHOOK.c.actualizado_en),
        {"quien": webhook_id},
    )


def fila_de_intento(
    entrega_id: int, momento: Any, segundos: float, estado: int | None, cuerpo: bytes | None, error: str | None
) -> dict[str, Any]:
    """A row of `intento_webhook`."""
    return {
        "entrega_id": entrega_id,
        "momento": momento,
        "ms": round(segundos * 1000),
        "estado_http": estado,
        "error": error,
        "respuesta": como_texto(cuerpo),
    }


def como_texto(cuerpo: bytes | None) -> str | None:
    """The beginning of an answer, as a database can keep it; nothing for an empty one."""
    if not cuerpo:
        return None
    # Cutting may split a character: what is left of it is dropped. PostgreSQL keeps no NUL.
    return cuerpo[:RESPUESTA_MAXIMA].decode("utf-8", "replace").rstrip("\ufffd").replace("\0", "\ufffd")


def _fila(entrega_id: int, intento: Attempt, detalle: str | None) -> dict[str, Any]:
    estado = intento.answer.status if intento.answer else None
    error = f"{intento.error}: {detalle}" if intento.error and detalle else intento.error
    cuerpo = intento.answer.body if intento.answer else None
    return fila_de_intento(entrega_id, intento.at, intento.seconds, estado, cuerpo, error)


def _salud(ronda: Round, intentos: list[Attempt]) -> dict[str, Any]:
    """How the endpoint does after that. Who refuses an event is alive as well."""
    llegaron = [intento.at for intento in intentos if intento.error is None]
    con_exito = {"ultimo_exito_en": max(llegaron)} if llegaron else {}
    fallidas = [run for run in ronda.runs if run.outage]
    if not fallidas:
        return {**con_exito, "fallos_seguidos": 0, "falla_desde": None, "proximo_intento": None, "ultimo_error": None}
    desde = min(run.attempts[-1].at for run in fallidas)
    pausa = max([ronda.pause, *(run.retry_after or 0.0 for run in fallidas)])
    vive = len(fallidas) < sum(bool(run.attempts) for run in ronda.runs) or bool(llegaron)
    return {
        **con_exito,
        "fallos_seguidos": 1 if vive else _WEBHOOK.c.fallos_seguidos + 1,
        "falla_desde": desde if vive else func.coalesce(_WEBHOOK.c.falla_desde, desde),
        "proximo_intento": now() + timedelta(seconds=pausa),
        "ultimo_error": fallidas[-1].error,
    }
