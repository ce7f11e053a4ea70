"""Links with which an invited user sets a first password."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.extensiones import db
from auth.huellas import huella, secreto_nuevo
from auth.modelos.usuario import Usuario
from comun.db import UtcDateTime, changed_rows, now
from comun.errors import NotFound


class Invitacion(db.Model):
    """A token, good once and for a limited time; only its SHA-256 is kept. A newer one voids it."""

    __tablename__ = "invitacion"

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)
    huella: Mapped[str] = mapped_column(String(64), unique=True)
    creada_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expira_en: Mapped[datetime] = mapped_column(UtcDateTime)
    usada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    usuario: Mapped[Usuario] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def emitir(cls, usuario: Usuario) -> tuple[Invitacion, str]:
        """A new invitation and its token, of which the answer is the only copy."""
        cls.anular(usuario)
        token = secreto_nuevo()
        vida = timedelta(hours=current_app.config["AUTH_INVITATION_HOURS"])
        invitacion = cls(usuario=usuario, huella=huella(token), expira_en=now() + vida)
        db.session.add(invitacion)
        return invitacion, token

    @classmethod
    def anular(cls, usuario: Usuario) -> None:
        """Void those that were sent to the user so far."""
        db.session.execute(
            update(cls).where(cls.usuario_id == usuario.id, cls.usada_en.is_(None)).values(usada_en=now())
        )

    @classmethod
    def de_token(cls, token: str) -> Invitacion:
        """The invitation that can still be used, by somebody without a password; NotFound otherwise."""
        invitacion = db.session.scalar(
            select(cls)
            .join(cls.usuario)
            .where(cls.huella == huella(token), cls.usada_en.is_(None), cls.expira_en > now())
            .where(Usuario.confirmados(), Usuario.activo, Usuario.contrasena_hash.is_(None))
        )
        if invitacion is None:
            raise NotFound("La invitación no existe, ya se usó o caducó; pida otra.")
        return invitacion

    def usar(self) -> None:
        """Use it up; NotFound when somebody else was first."""
        usar = (
            update(Invitacion).where(Invitacion.id == self.id, Invitacion.usada_en.is_(None)).values(usada_en=now())
        )
        if changed_rows(db.session, usar) != 1:
            raise NotFound("La invitación ya se usó.")
