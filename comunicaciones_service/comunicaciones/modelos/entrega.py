"""Deliveries: what became of each event on its way to each webhook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, SmallInteger, String, Text, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from comun.db import UtcDateTime
from comun.errors import NotFound
from comun.models import partial_index
from comun.tables import BigId
from comunicaciones.extensiones import db
from comunicaciones.modelos.evento import Evento
from comunicaciones.modelos.webhook import Webhook

_NUMERO = re.compile(r"[0-9]{1,18}")


class EstadoEntrega(StrEnum):
    """`fallida`: given up; `descartada`: nobody wants it any more."""

    PENDIENTE = "pendiente"
    ENTREGADA = "entregada"
    FALLIDA = "fallida"
    DESCARTADA = "descartada"


class EntregaWebhook(db.Model):
    """One event for one webhook. The worker leases, sends and records it (see `comun.events.lane`)."""

    __tablename__ = "entrega_webhook"
    __table_args__ = (
        UniqueConstraint("webhook_id", "evento_id"),
        CheckConstraint(f"estado IN {tuple(map(str, EstadoEntrega))}", name="estado"),
        Index("ix_entrega_webhook_lista", "webhook_id", "id"),
        partial_index("ix_entrega_webhook_turno", "estado = 'pendiente'", "webhook_id", "sujeto", "evento_id"),
        partial_index("ix_entrega_webhook_pendiente", "estado = 'pendiente'", "webhook_id", "evento_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    evento_id: Mapped[int] = mapped_column(BigId, ForeignKey("evento.id", ondelete="CASCADE"), index=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    sujeto: Mapped[str] = mapped_column(String(80))
    estado: Mapped[str] = mapped_column(String(10), server_default=EstadoEntrega.PENDIENTE)
    intentos: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    pendiente_desde: Mapped[datetime] = mapped_column(UtcDateTime)
    proximo_intento: Mapped[datetime] = mapped_column(UtcDateTime)
    arrendada_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrendada_por: Mapped[str | None] = mapped_column(String(64))
    ultimo_error: Mapped[str | None] = mapped_column(Text)
    entregada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    evento: Mapped[Evento] = relationship()
    intentos_detalle: Mapped[list[IntentoWebhook]] = relationship(order_by="IntentoWebhook.id", viewonly=True)

    @classmethod
    def de(cls, webhook: Webhook, filtro: Mapping[str, Any]) -> Select[Any]:
        """Those of a webhook, with `estado`, `evento_id` (either kind) and the conditions of their events."""
        consulta = db.select(cls).join(cls.evento).options(contains_eager(cls.evento))
        consulta = consulta.where(cls.webhook_id == webhook.id, *Evento.condiciones(filtro))
        if "estado" in filtro:
            consulta = consulta.where(cls.estado == filtro["estado"])
        if pedido := filtro.get("evento_id"):
            del_registro = [cls.evento_id == int(pedido)] if _NUMERO.fullmatch(pedido) else []
            consulta = consulta.where(or_(Evento.evento_id == pedido, *del_registro))
        return consulta

    @classmethod
    def obtener(cls, webhook: Webhook, entrega_id: int) -> EntregaWebhook:
        """The one with that id, if it is that webhook's; NotFound otherwise."""
        entrega = db.session.scalar(db.select(cls).where(cls.id == entrega_id, cls.webhook_id == webhook.id))
        if entrega is None:
            raise NotFound("No existe esa entrega, o ya no se conserva.")
        return entrega


class IntentoWebhook(db.Model):
    """One attempt: what the endpoint answered, or what kept it from answering."""

    __tablename__ = "intento_webhook"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    entrega_id: Mapped[int] = mapped_column(BigId, ForeignKey("entrega_webhook.id", ondelete="CASCADE"), index=True)
    momento: Mapped[datetime] = mapped_column(UtcDateTime)
    estado_http: Mapped[int | None] = mapped_column(SmallInteger)
    ms: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    # The beginning of what it answered, as text.
    respuesta: Mapped[str | None] = mapped_column(Text)
