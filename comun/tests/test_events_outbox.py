"""Events are written with the change that they tell of, numbered without gaps, and kept as long as needed."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from comun.db import now
from comun.errors import as_problem
from comun.events import EventContractError, EventSchemas, emit, emit_first
from comun.events.outbox import backlog, purge, replay
from comun.testing.databases import begin_and_wait
from comun.testing.mechanism import bare_service

SUBSCRIBERS = {"admin": "http://127.0.0.1:1", "historia": "http://127.0.0.1:2"}


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    app = bare_service(url, subscribers=SUBSCRIBERS)
    with app.app_context():
        yield app
        app.extensions["comun"].db.session.remove()
        app.extensions["comun"].db.engine.dispose()


def rows(app: Flask, table: str) -> list[Any]:
    service = app.extensions["comun"]
    found = getattr(service.tables, table)
    result = list(service.db.session.execute(select(found).order_by(*found.primary_key.columns)))
    service.db.session.rollback()
    return result


def commit(app: Flask) -> None:
    app.extensions["comun"].db.session.commit()


def test_an_event_lives_and_dies_with_its_transaction(app: Flask) -> None:
    emit("cita.programada.v1", "cita/1", {"id": 1})
    app.extensions["comun"].db.session.rollback()
    assert rows(app, "outbox") == []
    emit("cita.programada.v1", "cita/1", {"id": 1})
    commit(app)
    assert len(rows(app, "outbox")) == 1
    assert {row.suscriptor for row in rows(app, "deliveries")} == set(SUBSCRIBERS)


def test_each_subject_counts_for_itself(app: Flask) -> None:
    for subject in ("cita/1", "cita/2", "cita/1", "cita/1"):
        emit("cita.programada.v1", subject, {})
    commit(app)
    assert [(row.sujeto, row.secuencia) for row in rows(app, "outbox")] == [
        ("cita/1", 1), ("cita/2", 1), ("cita/1", 2), ("cita/1", 3),
    ]  # fmt: skip


def test_data_becomes_plain_json(app: Flask) -> None:
    identity = uuid.uuid4()
    moment = datetime(2026, 1, 15, 10, tzinfo=UTC)
    emit("x.v1", "x/1", {"dia": date(2026, 1, 15), "a": moment, "valor": Decimal("12.50"), "id": identity})
    commit(app)
    assert rows(app, "outbox")[0].datos == {
        "dia": "2026-01-15",
        "a": "2026-01-15T10:00:00+00:00",
        "valor": 12.5,
        "id": str(identity),
    }


def test_only_events_that_keep_their_contract_are_emitted(app: Flask, tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["id", "momento"],
        "properties": {"id": {"type": "integer"}, "momento": {"type": "string", "format": "date-time"}},
        "additionalProperties": False,
    }
    (tmp_path / "cita.programada.v1.json").write_bytes(orjson.dumps(schema))
    EventSchemas.load(app, tmp_path)
    emit("cita.programada.v1", "cita/1", {"id": 1, "momento": now()})
    for event_type, data in (
        ("cita.programada.v1", {"id": "1", "momento": now()}),
        ("cita.programada.v1", {"id": 1, "momento": "2026-01-15T10:00:00"}),
        ("cita.programada.v1", {"id": 1, "momento": now(), "cedula": "1710034065"}),
        ("cita.inventada.v1", {}),
    ):
        with pytest.raises(EventContractError) as caught:
            emit(event_type, "cita/1", data)
        assert "1710034065" not in str(caught.value)


def test_two_writers_of_a_locked_subject_take_turns(app: Flask) -> None:
    """The aggregate's row lock puts them in order: both commit, with consecutive numbers."""
    service = app.extensions["comun"]
    account = service.db.metadata.tables["cuenta"]
    service.db.session.execute(insert(account).values(id=1, valor=0))
    commit(app)

    def write() -> None:
        with app.app_context():
            session = service.db.session
            session.execute(update(account).values(valor=account.c.valor + 1))
            emit("cuenta.cambiada.v1", "cuenta/1", {})
            session.commit()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.secuencia for row in rows(app, "outbox")] == list(range(1, 9))


def test_two_writers_that_lock_nothing_collide_and_one_gets_a_409(app: Flask, backend: str) -> None:
    outcomes: list[Any] = []

    def write(before_commit: Callable[[], object] = lambda: None) -> None:
        with app.app_context():
            session = app.extensions["comun"].db.session
            try:
                emit("cuenta.cambiada.v1", "cuenta/1", {})
                before_commit()
                session.commit()
                outcomes.append("ok")
            except Exception as error:
                session.rollback()
                outcomes.append(as_problem(error, app.extensions["comun"].constraints))

    other = threading.Thread(target=write)
    write(lambda: begin_and_wait(app.extensions["comun"].db.engine, other.start))
    other.join()
    if backend == "postgresql":  # SQLite has a single writer: they can't even meet
        problem = next(outcome for outcome in outcomes if outcome != "ok")
        assert (problem.status, problem.codigo) == (409, "cambio_simultaneo")
        assert outcomes.count("ok") == 1
    else:
        assert outcomes == ["ok", "ok"]


def deliver_everything(app: Flask, subscriber: str, state: str = "entregada") -> None:
    deliveries = app.extensions["comun"].tables.deliveries
    app.extensions["comun"].db.session.execute(
        update(deliveries).where(deliveries.c.suscriptor == subscriber).values(estado=state)
    )
    commit(app)


def test_the_backlog_names_every_subscriber(app: Flask) -> None:
    assert {name: figures.pending for name, figures in backlog().items()} == {"admin": 0, "historia": 0}
    emit("x.v1", "x/1", {})
    emit("x.v1", "x/2", {})
    commit(app)
    deliver_everything(app, "admin", "fallida")
    figures = backlog()
    assert (figures["admin"].failed, figures["admin"].pending) == (2, 0)
    assert (figures["historia"].failed, figures["historia"].pending) == (0, 2)
    assert figures["historia"].oldest is not None


def test_replay_of_what_failed(app: Flask) -> None:
    emit("x.v1", "x/1", {})
    emit("x.v1", "x/2", {})
    commit(app)
    deliver_everything(app, "admin", "fallida")
    assert replay("admin", subject="x/1") == 1
    assert replay("admin") == 1
    assert replay("admin") == 0
    assert replay("historia") == 0
    assert backlog()["admin"].pending == 2


def test_replay_of_a_range_to_a_subscriber_that_came_later(url: str) -> None:
    before = bare_service(url, subscribers={"admin": "http://127.0.0.1:1"})
    with before.app_context():
        for number in range(4):
            emit("x.v1", f"x/{number % 2}", {})
            commit(before)
        middle = rows(before, "outbox")[2].momento
        deliver_everything(before, "admin")
    after = bare_service(url, subscribers=SUBSCRIBERS, create=False)
    with after.app_context():
        assert replay("historia", since=middle, only_failed=False) == 2
        assert replay("historia", only_failed=False) == 4  # two again, and the two older ones
        assert backlog()["historia"].pending == 4
        assert replay("admin", subject="x/1", only_failed=False) == 2
        with pytest.raises(ValueError, match="no subscriber"):
            replay("nadie")
        assert replay("historia", since=now(), only_failed=False) == 0


def test_a_subscriber_that_names_types_is_told_of_these_only(url: str) -> None:
    some = bare_service(url, subscribers={"admin": "http://127.0.0.1:1", "caja": "http://127.0.0.1:2 x.v1 y.v1"})
    with some.app_context():
        for number, event_type in enumerate(("x.v1", "y.v1", "z.v1", "z.v1")):
            emit(event_type, "x/1", {})
            emit_first(event_type, [(f"otro/{number}", {})])
        commit(some)
        assert (backlog()["admin"].pending, backlog()["caja"].pending) == (8, 4)
        deliver_everything(some, "caja")
        assert replay("caja", only_failed=False) == 4
        assert backlog()["caja"].pending == 4


def test_a_subscriber_that_names_none_of_them_keeps_an_event_from_nobody(url: str) -> None:
    nobody = bare_service(url, subscribers={"caja": "http://127.0.0.1:2 x.v1"})
    with nobody.app_context():
        emit("z.v1", "z/1", {})
        emit_first("z.v1", [("z/2", {})])
        commit(nobody)
        assert len(rows(nobody, "outbox")) == 2
        assert rows(nobody, "deliveries") == []


def test_purge_keeps_what_is_young_undelivered_or_last_of_its_subject(app: Flask) -> None:
    service = app.extensions["comun"]
    for _ in range(3):
        emit("x.v1", "viejo/1", {})
    for _ in range(2):
        emit("x.v1", "pendiente/1", {})
    commit(app)
    old = now() - timedelta(days=31)
    service.db.session.execute(update(service.tables.outbox).values(momento=old))
    service.db.session.execute(
        update(service.tables.deliveries)
        .where(service.tables.deliveries.c.sujeto == "viejo/1")
        .values(estado="entregada")
    )
    for _ in range(2):
        emit("x.v1", "nuevo/1", {})
    commit(app)
    assert purge(days=30) == 2
    assert [(row.sujeto, row.secuencia) for row in rows(app, "outbox")] == [
        ("viejo/1", 3), ("pendiente/1", 1), ("pendiente/1", 2), ("nuevo/1", 1), ("nuevo/1", 2),
    ]  # fmt: skip
    assert len(rows(app, "deliveries")) == 2 * 5
    emit("x.v1", "viejo/1", {})
    commit(app)
    assert rows(app, "outbox")[-1].secuencia == 4
