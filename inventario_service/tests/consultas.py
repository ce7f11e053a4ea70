"""What tests look up: events that were told, what was audited."""

from __future__ import annotations

from typing import Any

from flask import Flask

from inventario.extensiones import db


def eventos(app: Flask, sobre: str = "") -> list[tuple[str, str, dict[str, Any]]]:
    """What was told: (type, subject, data), of types that begin so."""
    tabla = app.extensions["comun"].tables.outbox
    with app.app_context():
        filas = db.session.execute(db.select(tabla).where(tabla.c.tipo.startswith(sobre)).order_by(tabla.c.id))
        return [(fila.tipo, fila.sujeto, fila.datos) for fila in filas]


def auditados(app: Flask) -> list[dict[str, Any]]:
    """The changes that were written down, in their order."""
    tabla = app.extensions["comun"].tables.audit
    with app.app_context():
        filas = db.session.scalars(db.select(tabla.c.cambios).order_by(tabla.c.id))
        return [cambios for cambios in filas if cambios]
