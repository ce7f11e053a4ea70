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


def a_la_vez(escritores: Sequence[Callable[[dict[str, str]], TestResponse]]) -> Counter[str]:
    """How each of them ended: `hecho`, or the code of the problem.

    Like any client, each asks again with the same key while the database has no connection for it.
    """
    salida = threading.Barrier(len(escritores))

    def escribir(cual: int) -> str:
        salida.wait()
        while True:
            respuesta = escritores[cual]({"Idempotency-Key": f"escritor-{cual}"})
            if respuesta.status_code != 503:
                return "hecho" if respuesta.status_code < 300 else str(respuesta.get_json(force=True)["codigo"])

    with ThreadPoolExecutor(len(escritores)) as hilos:
        return Counter(hilos.map(escribir, range(len(escritores))))


def abrazos_mortales(app: Flask) -> int:
    """Deadlocks that PostgreSQL had to break so far; SQLite lets one write at a time."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return 0
        db.session.execute(text("SELECT pg_stat_force_next_flush()"))
        consulta = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(db.session.scalar(consulta) or 0)
