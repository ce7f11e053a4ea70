"""Counting what a request asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from inventario.extensiones import db


@contextmanager
def sentencias(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are run meanwhile."""
    anotadas: list[str] = []

    def anotar(_c: Any, _cursor: Any, sentencia: str, *_resto: Any) -> None:
        if not sentencia.startswith("BEGIN"):
            anotadas.append(sentencia)

    with app.app_context():
        motor = db.engine
    event.listen(motor, "before_cursor_execute", anotar)
    try:
        yield anotadas
    finally:
        event.remove(motor, "before_cursor_execute", anotar)
