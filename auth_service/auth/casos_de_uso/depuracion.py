"""Forgetting what has had its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_

from auth.extensiones import db
from auth.modelos import ClaveFirma, FrenoAcceso, Invitacion, Revocacion, Sesion, TokenRenovacion
from comun.db import changed_rows, now

_RECUERDO = timedelta(days=30)


def depurar() -> int:
    """Delete expired revocations, tokens, counters, and old sessions, invitations and keys; how many."""
    ahora = now()
    ventana = timedelta(seconds=current_app.config["AUTH_LOGIN_WINDOW_SECONDS"])
    viejo = ahora - _RECUERDO
    cuenta = 0
    ordenes: list[Any] = [
        delete(Revocacion).where(Revocacion.expira_en <= ahora),
        delete(FrenoAcceso).where(FrenoAcceso.desde <= ahora - ventana),
        delete(TokenRenovacion).where(TokenRenovacion.expira_en <= ahora),
        delete(Sesion).where(or_(Sesion.expira_en <= viejo, Sesion.revocada_en <= viejo)),
        delete(Invitacion).where(Invitacion.expira_en <= viejo),
        delete(ClaveFirma).where(~ClaveFirma.activa, ClaveFirma.publicada_hasta <= viejo),
    ]
    for orden in ordenes:
        cuenta += changed_rows(db.session, orden)
        db.session.commit()
    return cuenta
