"""Many at once, as a test needs them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from comun.runtime import runtime
from comun.testing.databases import begin_and_wait

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


@contextmanager
def meanwhile(app: Flask, statement: str, other: Callable[[], T]) -> Iterator[list[T]]:
    """The first SQL statement that begins so has `other` begin in another thread, and goes on when that waits for it.

    The list holds what it gave, afterwards; empty when there was no such statement.
    """
    begun: list[Future[T]] = []
    given: list[T] = []
    first = [True]

    def note(_connection: Any, _cursor: Any, text_of_it: str, *_rest: Any) -> None:
        if first and text_of_it.startswith(statement):
            first.clear()
            begin_and_wait(engine, lambda: begun.append(pool.submit(other)))

    with app.app_context():
        engine = runtime().db.engine
    with ThreadPoolExecutor(1) as pool:
        event.listen(engine, "after_cursor_execute", note)
        try:
            yield given
        finally:
            event.remove(engine, "after_cursor_execute", note)
        given += [answer.result() for answer in begun]


def deadlocks(app: Flask) -> int:
    """How many PostgreSQL had to break so far; SQLite lets one write at a time."""
    with app.app_context(), runtime().db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return 0
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
        return int(connection.scalar(_DEADLOCKS) or 0)


_DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
