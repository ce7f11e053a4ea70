"""Subscriptions: who outside the network wants to hear of what, and how that goes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from comun.auth.caller import Caller
from comun.db import UtcDateTime, now
from comun.errors import Conflict
from comun.models import Resource
from comun.tables import Json
from comunicaciones import secretos
from comunicaciones.extensiones import db


class EstadoWebhook(StrEnum):
    """Whether it is delivered to."""

    ACTIVO = "activo"
    PAUSADO = "pausado"


class MotivoPausa(StrEnum):
    """Why it is not: somebody said so, its endpoint failed for too long, or answered that it is gone."""

    MANUAL = "manual"
    FALLOS = "fallos"
    RETIRADO = "retirado"


class Webhook(Resource, db.Model):
    """A subscription of an endpoint to types of events, by patterns.

    How deliveries go is written by the worker, past the version: reading figures is no edit.
    """

    AUSENTE = "No existe ese webhook."
    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(map(str, EstadoWebhook))}", name="estado"),
        CheckConstraint(f"motivo_pausa IN {tuple(map(str, MotivoPausa))}", name="motivo_pausa"),
        CheckConstraint("(estado = 'pausado') = (motivo_pausa IS NOT NULL)", name="pausa"),
    )
    audit_secret = frozenset({"secreto", "secreto_anterior"})
    audit_ignored = frozenset(
        {"avisado_en", "fallos_seguidos", "falla_desde", "ultimo_exito_en", "ultimo_error", "proximo_intento"}
    )

    nombre: Mapped[str] = mapped_column(String(120))
    url: Mapped[str] = mapped_column(String(2000))
    tipos: Mapped[list[str]] = mapped_column(Json)
    descripcion: Mapped[str | None] = mapped_column(String(500))
    contacto: Mapped[str | None] = mapped_column(String(254))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoWebhook.ACTIVO)
    motivo_pausa: Mapped[str | None] = mapped_column(String(10))
    pausado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Encrypted; the previous one signs beside it for a while after a change.
    secreto: Mapped[str] = mapped_column(Text)
    secreto_anterior: Mapped[str | None] = mapped_column(Text)
    secreto_anterior_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How its endpoint does: since when it fails without a break, when that was told, when it is tried again.
    fallos_seguidos: Mapped[int] = mapped_column(default=0)
    falla_desde: Mapped[datetime | None] = mapped_column(UtcDateTime)
    avisado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ultimo_exito_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ultimo_error: Mapped[str | None] = mapped_column(Text)
    proximo_intento: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The worker that delivers to it, one at a time.
    arrendado_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrendado_por: Mapped[str | None] = mapped_column(String(64))

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All of them, for whoever may see webhooks."""
        return true()

    @property
    def secreto_descifrado(self) -> str:
        """The secret itself, for whoever just made it."""
        return secretos.descifrar(self.secreto)

    def pausar(self, motivo: MotivoPausa) -> None:
        """Deliver nothing until it is activated again; events wait. Conflict when it is paused already."""
        if self.estado == EstadoWebhook.PAUSADO:
            raise Conflict("transicion_ilegal", "El webhook ya está pausado.")
        self.estado, self.motivo_pausa, self.pausado_en = EstadoWebhook.PAUSADO, motivo, now()
        self.avisado_en = None

    def activar(self) -> None:
        """Deliver again, as if nothing had been. Conflict when it is active already."""
        if self.estado == EstadoWebhook.ACTIVO:
            raise Conflict("transicion_ilegal", "El webhook ya está activo.")
        self.estado, self.motivo_pausa, self.pausado_en = EstadoWebhook.ACTIVO, None, None
        self.olvidar_fallos()

    def olvidar_fallos(self) -> None:
        """Let its endpoint be tried at once, without the failures so far counting."""
        self.fallos_seguidos, self.ultimo_error = 0, None
        self.falla_desde = self.avisado_en = self.proximo_intento = None

    def poner_secreto(self, anterior_hasta: datetime | None = None) -> None:
        """A new secret; with `anterior_hasta` the one before signs beside it until then."""
        if anterior_hasta is not None:
            self.secreto_anterior, self.secreto_anterior_hasta = self.secreto, anterior_hasta
        self.secreto = secretos.cifrar(secretos.secreto_nuevo())
