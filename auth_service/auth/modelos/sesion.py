"""Sessions and the refresh tokens that keep them alive."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from auth.extensiones import db
from auth.huellas import huella, secreto_nuevo
from auth.modelos.revocacion import revocar
from comun.db import UtcDateTime, changed_rows, now


class Sesion(db.Model):
    """One sign-in and all tokens that came of it (`sid` in tokens). Ends by logout, disuse, age or misuse."""

    __tablename__ = "sesion"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)
    creada_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    usada_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expira_en: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    revocada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    direccion_ip: Mapped[str | None] = mapped_column(String(45))
    agente: Mapped[str | None] = mapped_column(String(200))

    @property
    def viva(self) -> bool:
        """Whether it may still be renewed."""
        return self.revocada_en is None and self.expira_en > now()

    def emitir_renovacion(self) -> str:
        """A new refresh token. It is the only copy: the database keeps its SHA-256."""
        token = secreto_nuevo()
        vida = timedelta(days=current_app.config["AUTH_REFRESH_DAYS"])
        self.usada_en = now()
        db.session.add(
            TokenRenovacion(huella=huella(token), sesion_id=self.id, expira_en=min(now() + vida, self.expira_en))
        )
        return token

    def cerrar(self) -> None:
        """End it: no renewal any more, and its access tokens are revoked."""
        if self.revocada_en is None:
            self.revocada_en = now()
            revocar("sesion", self.id)


class TokenRenovacion(db.Model):
    """A refresh token, good for one renewal."""

    __tablename__ = "token_renovacion"

    huella: Mapped[str] = mapped_column(String(64), primary_key=True)
    sesion_id: Mapped[str] = mapped_column(ForeignKey("sesion.id", ondelete="CASCADE"), index=True)
    expira_en: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    usado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def de_token(cls, token: str) -> TokenRenovacion | None:
        """The record of that refresh token, spent or not."""
        return db.session.scalar(select(cls).where(cls.huella == huella(token)))

    def gastar(self) -> bool:
        """Use it up; False when somebody else was first, even at the same instant."""
        gastar = (
            update(TokenRenovacion)
            .where(TokenRenovacion.huella == self.huella, TokenRenovacion.usado_en.is_(None))
            .values(usado_en=now())
        )
        return changed_rows(db.session, gastar) == 1
