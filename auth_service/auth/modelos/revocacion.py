"""What was revoked before its time, for every service to know within seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from flask import current_app
from sqlalchemy import CheckConstraint, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from auth.extensiones import db
from comun.db import UtcDateTime, now, upsert

TIPOS = ("sesion", "usuario", "rol", "clave")
Tipo = Literal["sesion", "usuario", "rol", "clave"]

# Clocks differ, and verifiers allow some seconds beyond the expiry.
_MARGEN = timedelta(minutes=1)


class Revocacion(db.Model):
    """Tokens of this session, user, role or signing key are worth nothing.

    Those of a user (or service client) and of a role only below `version_minima`. Forgotten when the last
    such token has expired by itself.
    """

    __tablename__ = "revocacion"
    __table_args__ = (UniqueConstraint("tipo", "clave"), CheckConstraint(f"tipo IN {TIPOS}", name="tipo"))

    id: Mapped[int] = mapped_column(primary_key=True)
    tipo: Mapped[str] = mapped_column(String(10))
    clave: Mapped[str] = mapped_column(String(80))
    version_minima: Mapped[int | None]
    expira_en: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def primera_version(modelo: Any, nombre: str) -> int:
    """The first token version of a new role or client: above whatever was revoked of deleted ones of that name."""
    return (db.session.scalar(select(func.max(modelo.version_token)).where(modelo.nombre == nombre)) or 0) + 1


def revocar(tipo: Tipo, clave: str | int, version_minima: int | None = None) -> None:
    """Revoke in the current transaction, until the last token concerned has expired by itself."""
    vida = timedelta(seconds=current_app.config["AUTH_ACCESS_SECONDS"])
    fila = {"version_minima": version_minima, "expira_en": now() + vida + _MARGEN}
    nueva = upsert(db.session.get_bind().dialect, Revocacion).values(tipo=tipo, clave=str(clave), **fila)
    db.session.execute(nueva.on_conflict_do_update(index_elements=["tipo", "clave"], set_=fila))
