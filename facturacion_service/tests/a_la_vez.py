"""Many who write at once, and processes that are killed in between."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from facturacion.extensiones import db

Pedido = Callable[[dict[str, str]], TestResponse]


def a_la_vez(pedidos: Sequence[Pedido], clave: str | None = None) -> Counter[str]:
    """How each of them ended: `hecho`, `repetido`, or the code of the problem. `clave`: one for all of them.

    Like any client, each asks again with the same key while the database has no connection for it.
    """
    salida = threading.Barrier(len(pedidos))

    def pedir(cual: int) -> str:
        salida.wait()
        while True:
            respuesta = pedidos[cual]({"Idempotency-Key": clave or f"pedido-{cual}"})
            if respuesta.status_code != 503:
                break
        if respuesta.status_code >= 300:
            return str(respuesta.get_json(force=True)["codigo"])
        return "repetido" if "Idempotent-Replayed" in respuesta.headers else "hecho"

    with ThreadPoolExecutor(len(pedidos)) as hilos:
        return Counter(hilos.map(pedir, range(len(pedidos))))


def abrazos_mortales(app: Flask) -> int:
    """Deadlocks that PostgreSQL had to break so far; SQLite lets one write at a time."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return 0
        db.session.execute(text("SELECT pg_stat_force_next_flush()"))
        consulta = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(db.session.scalar(consulta) or 0)
