"""What this service told others."""

from __future__ import annotations

from typing import Any

from flask import Flask

from facturacion.extensiones import db, tablas


def anunciados(app: Flask, tipo: str) -> list[dict[str, Any]]:
    """The data of the events of that type, in order."""
    with app.app_context():
        consulta = db.select(tablas.outbox.c.datos).where(tablas.outbox.c.tipo == tipo)
        return [*db.session.scalars(consulta.order_by(tablas.outbox.c.id))]
