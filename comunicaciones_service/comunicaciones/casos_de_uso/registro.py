"""The log of events: what comes in is kept and, at the same time, put on its way to every webhook that wants it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from comun.db import insert_all, now
from comun.events import Event
from comunicaciones.casos_de_uso.olvido import esperar_olvidos, olvidar
from comunicaciones.dominio.patrones import alguno_coincide
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook, Evento, Webhook


def registrar(eventos: Sequence[Event]) -> None:
    """Keep events and what is to be delivered of them, in the current transaction.

    Paused webhooks get theirs too: it goes out once they are active again.
    """
    esperar_olvidos([evento.type for evento in eventos])
    momento = now()
    tabla: Any = Evento.__table__
    filas = [_fila(evento, momento) for evento in eventos]
    nuevos = insert_all(db.session, tabla, filas, returning=(tabla.c.id, tabla.c.origen, tabla.c.evento_id))
    ids = {(fila.origen, fila.evento_id): fila.id for fila in nuevos}
    webhooks = db.session.execute(db.select(Webhook.id, Webhook.tipos).where(Webhook.vivos())).all()
    entregas = [
        {
            "webhook_id": webhook_id,
            "evento_id": ids[evento.key],
            "sujeto": evento.subject,
            "pendiente_desde": momento,
            "proximo_intento": momento,
        }
        for evento in eventos
        for webhook_id, tipos in webhooks
        if alguno_coincide(tipos, evento.type)
    ]
    if entregas:
        insert_all(db.session, EntregaWebhook.__table__, entregas)
    olvidar(set(ids.values()))


def _fila(evento: Event, momento: datetime) -> dict[str, Any]:
    return {
        "origen": evento.source,
        "evento_id": evento.id,
        "tipo": evento.type,
        "sujeto": evento.subject,
        "secuencia": evento.sequence,
        "momento": evento.time,
        "datos": dict(evento.data),
        "traceparent": evento.traceparent,
        "paciente_id": _paciente(evento),
        "recibido_en": momento,
    }


def _paciente(evento: Event) -> int | None:
    """The patient that it tells of."""
    paciente_id: Any = evento.data.get("paciente_id")
    if isinstance(paciente_id, int):
        return paciente_id
    entidad, _, numero = evento.subject.partition("/")
    return int(numero) if entidad == "paciente" and numero.isdecimal() else None
