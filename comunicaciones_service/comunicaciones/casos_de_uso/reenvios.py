"""What is to be delivered again, and what no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, update

from comun.db import changed_rows, now, upsert
from comunicaciones.dominio.patrones import alguno_coincide
from comunicaciones.entrega.prueba import TIPO as PRUEBA
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook, EstadoEntrega, Evento, Webhook


def reenviar(entrega: EntregaWebhook) -> EntregaWebhook:
    """Put one delivery on its way again, as if it were new."""
    for campo, valor in _de_nuevo(now()).items():
        setattr(entrega, campo, valor)
    return entrega


def reenviar_tramo(
    webhook: Webhook,
    desde: datetime,
    hasta: datetime | None = None,
    tipos: Sequence[str] | None = None,
    solo_fallidas: bool = False,
) -> int:
    """Put what happened from `desde` until before `hasta` on its way again; how many deliveries.

    What waits already keeps its place; trials, which are no news, are left out. With `solo_fallidas` only what was
    given up.
    """
    momento = now()
    tramo: list[ColumnElement[bool]] = [Evento.momento >= desde, Evento.momento < (hasta or momento)]
    ocurridos = db.session.scalars(db.select(Evento.tipo).where(*tramo).distinct())
    queridos = [
        tipo
        for tipo in ocurridos
        if tipo != PRUEBA and alguno_coincide(webhook.tipos, tipo) and (tipos is None or alguno_coincide(tipos, tipo))
    ]
    tramo.append(Evento.tipo.in_(queridos))
    cuales = (
        EntregaWebhook.estado == EstadoEntrega.FALLIDA
        if solo_fallidas
        else EntregaWebhook.estado != EstadoEntrega.PENDIENTE
    )
    otra_vez = (
        update(EntregaWebhook)
        .where(
            EntregaWebhook.webhook_id == webhook.id,
            cuales,
            EntregaWebhook.evento_id.in_(db.select(Evento.id).where(*tramo)),
        )
        .values(_de_nuevo(momento))
    )
    cuenta = changed_rows(db.session, otra_vez)
    return cuenta if solo_fallidas else cuenta + _lo_nunca_enviado(webhook, tramo, momento)


def descartar_pendientes(webhook: Webhook) -> None:
    """Let nothing that waits for it be delivered."""
    changed_rows(
        db.session,
        update(EntregaWebhook).where(*_pendientes(webhook)).values(estado=EstadoEntrega.DESCARTADA),
    )


def renovar_plazo(webhook: Webhook) -> None:
    """Give what waits for it a whole new span in which to be delivered, from now on."""
    momento = now()
    changed_rows(
        db.session,
        update(EntregaWebhook)
        .where(*_pendientes(webhook))
        .values(pendiente_desde=momento, proximo_intento=momento, intentos=0),
    )


def _pendientes(webhook: Webhook) -> tuple[ColumnElement[bool], ...]:
    return EntregaWebhook.webhook_id == webhook.id, EntregaWebhook.estado == EstadoEntrega.PENDIENTE


def _de_nuevo(momento: datetime) -> dict[str, Any]:
    return {
        "estado": EstadoEntrega.PENDIENTE,
        "intentos": 0,
        "pendiente_desde": momento,
        "proximo_intento": momento,
        "ultimo_error": None,
        "entregada_en": None,
    }


def _lo_nunca_enviado(webhook: Webhook, tramo: Sequence[ColumnElement[bool]], momento: datetime) -> int:
    """From before it subscribed, or before it wanted that type."""
    tabla = EntregaWebhook.__table__
    tenidos = db.select(EntregaWebhook.evento_id).where(EntregaWebhook.webhook_id == webhook.id)
    ahora = literal(momento, EntregaWebhook.pendiente_desde.type)
    nuevas = (
        db.select(literal(webhook.id), Evento.id, Evento.sujeto, ahora, ahora)
        .where(*tramo, Evento.id.not_in(tenidos))
        .order_by(Evento.id)
    )
    columnas = ["webhook_id", "evento_id", "sujeto", "pendiente_desde", "proximo_intento"]
    orden = upsert(db.session.get_bind().dialect, tabla).from_select(columnas, nuevas).on_conflict_do_nothing()
    return changed_rows(db.session, orden)
