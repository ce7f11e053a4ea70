"""What is to be believed: published keys and revocations, from this service's own tables."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Connection, select

from auth.extensiones import db
from auth.modelos import ClaveFirma, Revocacion
from comun.db import now, reader


def documento_jwks(conexion: Connection) -> dict[str, Any]:
    """The JWKS (RFC 7517) of all keys whose tokens are to be believed."""
    claves = conexion.scalars(
        select(ClaveFirma.publica).where(ClaveFirma.publicadas()).order_by(ClaveFirma.creada_en)
    )
    return {"keys": list(claves)}


def documento_revocaciones(conexion: Connection) -> dict[str, Any]:
    """Every revocation whose tokens have not yet expired by themselves; `expira_en` in Unix seconds."""
    filas = conexion.execute(
        select(Revocacion.tipo, Revocacion.clave, Revocacion.version_minima, Revocacion.expira_en)
        .where(Revocacion.expira_en > now())
        .order_by(Revocacion.id)
    )
    return {
        "revocaciones": [
            {
                "tipo": fila.tipo,
                "clave": fila.clave,
                "version_minima": fila.version_minima,
                "expira_en": int(fila.expira_en.timestamp()),
            }
            for fila in filas
        ]
    }


class ConfianzaLocal:
    """The TrustSource of auth_service itself: no call over the network."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def keys(self) -> dict[str, Any]:
        with self._app.app_context(), reader(db.engine) as conexion:
            return documento_jwks(conexion)

    def revocations(self) -> dict[str, Any]:
        with self._app.app_context(), reader(db.engine) as conexion:
            return documento_revocaciones(conexion)
