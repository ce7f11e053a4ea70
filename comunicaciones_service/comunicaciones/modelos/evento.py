"""The log: every event of the network, as it came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime, now
from comun.errors import NotFound
from comun.tables import BigId, Json
from comunicaciones.eventos.catalogo import tipos_de
from comunicaciones.extensiones import db


class Evento(db.Model):
    """An event as its service told it; kept for a time, to be delivered and replayed."""

    __tablename__ = "evento"
    __table_args__ = (
        UniqueConstraint("origen", "evento_id"),
        Index("ix_evento_tipo_id", "tipo", "id"),
        Index("ix_evento_sujeto_id", "sujeto", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    origen: Mapped[str] = mapped_column(String(80))
    evento_id: Mapped[str] = mapped_column(String(64))
    tipo: Mapped[str] = mapped_column(String(80))
    sujeto: Mapped[str] = mapped_column(String(80))
    secuencia: Mapped[int]
    momento: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    datos: Mapped[dict[str, Any]] = mapped_column(Json)
    traceparent: Mapped[str | None] = mapped_column(String(55))
    # Whom it tells of, so that it can be found when that person is to be forgotten.
    paciente_id: Mapped[int | None] = mapped_column(index=True)
    recibido_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    @classmethod
    def condiciones(cls, filtro: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """For `tipo` (a pattern), `desde` and `hasta`, as far as they are given."""
        condiciones: list[ColumnElement[bool]] = []
        if patron := filtro.get("tipo"):
            # The pattern itself may be a type that the catalogue does not know (yet).
            condiciones.append(cls.tipo.in_([patron, *tipos_de(patron)]))
        if desde := filtro.get("desde"):
            condiciones.append(cls.momento >= desde)
        if hasta := filtro.get("hasta"):
            condiciones.append(cls.momento < hasta)
        return condiciones

    @classmethod
    def obtener(cls, evento_id: int) -> Evento:
        """The one with that id; NotFound otherwise."""
        if (evento := db.session.get(cls, evento_id)) is None:
            raise NotFound("No existe ese evento, o ya no se conserva.")
        return evento
