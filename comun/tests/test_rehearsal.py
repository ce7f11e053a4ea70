"""What is rehearsed before the forks leaves nothing that they must not share."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from biblioteca.extensiones import db
from biblioteca.servicio import SERVICIO
from comun.migrations import upgrade
from comun.rehearsal import rehearse


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    """The library on a database with its tables."""
    app = SERVICIO.create_app({"BIBLIOTECA_DATABASE_URL": url, "BIBLIOTECA_CLIENT_SECRET": "x", "LOG_LEVEL": "ERROR"})
    upgrade(app)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_rehearsal_leaves_no_connection_and_no_thread(app: Flask) -> None:
    opened: list[object] = []
    closed: list[object] = []
    with app.app_context():
        db.engine.dispose()  # those that the migrations left
        event.listen(db.engine, "connect", lambda connection, _record: opened.append(connection))
        event.listen(db.engine, "close", lambda connection, _record: closed.append(connection))
        threads = set(threading.enumerate())  # of tests before it some may be ending

        rehearse(app)

        assert opened == closed != []
        assert set(threading.enumerate()) <= threads


def test_nothing_is_written_and_the_forks_find_the_statements_made(app: Flask) -> None:
    rehearse(app)
    with app.app_context():
        made = len(db.engine._compiled_cache)
        assert made >= len(list(db.Model.registry.mappers))
        assert not any(db.session.scalar(select(func.count()).select_from(t)) for t in db.metadata.sorted_tables)


def test_without_its_tables_it_says_so(url: str) -> None:
    app = SERVICIO.create_app({"BIBLIOTECA_DATABASE_URL": url, "BIBLIOTECA_CLIENT_SECRET": "x", "LOG_LEVEL": "ERROR"})
    with pytest.raises(Exception, match="evento|trabajo|libro|nota|entrega"):
        rehearse(app)
