"""Many at once, as a test needs them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from comun.runtime import runtime

T = TypeVar("T")


def at_once(*tasks: Callable[[], T]) -> list[T]:
    """What each of them gives. They begin together, each in a thread of its own; raises what one of them raises."""
    start = threading.Barrier(len(tasks))

    def begin(task: Callable[[], T]) -> T:
        start.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(begin, tasks))


def statuses_at_once(*calls: Callable[[], TestResponse]) -> list[int]:
    """The statuses, in ascending order, of calls that are made at once."""
    return sorted(answer.status_code for answer in at_once(*calls))


def deadlocks(app: Flask) -> int:
    """How many PostgreSQL had to break so far; SQLite lets one write at a time."""
    with app.app_context(), runtime().db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return 0
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        return int(connection.scalar(_DEADLOCKS) or 0)


_DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
