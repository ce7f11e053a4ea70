"""The log of events: what comes in is kept and, at the same time, put on its way to every webhook that wants it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from comun.db import now
from comun.events import Event
from comunicaciones.casos_de_uso.olvido import olvidar_paciente
from comunicaciones.dominio.patrones import alguno_coincide
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook, Evento, Webhook


def registrar(evento: Event) -> None:
    """Keep an event and what is to be delivered of it, in the current transaction.

    Paused webhooks get theirs too: it goes out once they are active again.
    """
    momento = now()
    registrado = Evento(
        origen=evento.source,
        evento_id=evento.id,
        tipo=evento.type,
        sujeto=evento.subject,
        secuencia=evento.sequence,
        momento=evento.time,
        datos=dict(evento.data),
        traceparent=evento.traceparent,
        paciente_id=_paciente(evento),
        recibido_en=momento,
    )
    db.session.add(registrado)
    db.session.flush()
    interesados = [
        webhook_id
        for webhook_id, tipos in db.session.execute(db.select(Webhook.id, Webhook.tipos).where(Webhook.vivos()))
        if alguno_coincide(tipos, evento.type)
    ]
    if interesados:
        comun = {"evento_id": registrado.id, "sujeto": evento.subject}
        tiempos = {"pendiente_desde": momento, "proximo_intento": momento}
        db.session.execute(
            insert(EntregaWebhook), [{"webhook_id": quien, **comun, **tiempos} for quien in interesados]
        )
    if evento.type == "paciente.anonimizado.v1":
        olvidar_paciente(evento.subject_id, evento.data.get("usuario_id"))


def _paciente(evento: Event) -> int | None:
    """The patient that it tells of."""
    paciente_id: Any = evento.data.get("paciente_id")
    if isinstance(paciente_id, int):
        return paciente_id
    entidad, _, numero = evento.subject.partition("/")
    return int(numero) if entidad == "paciente" and numero.isdecimal() else None
