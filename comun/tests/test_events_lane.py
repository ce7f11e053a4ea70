"""A lane to a receiver that may refuse single events: only these wait, and no outage gives up on anything."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from comun.events import emit
from comun.events.lane import Lane, LaneOptions, Refusal
from comun.events.queue import Queue, Queues
from comun.events.queue_sql import QueueTables
from comun.testing.mechanism import bare_service
from comun.transport import Answer

QUICK = LaneOptions(
    lease=2.0, threads=1, first_pause=0.01, longest_pause=0.02, first_outage_pause=0.01, longest_outage_pause=0.02
)


class Picky:
    """Takes events one by one; `answer(event)` decides."""

    batch = 1

    def __init__(self) -> None:
        self.answer: Callable[[Any], Answer] = lambda _event: Answer(200, {}, b"")
        self.taken: list[str] = []

    def send(self, events: Sequence[Any]) -> Answer:
        answer = self.answer(events[0])
        self.taken += [events[0].sujeto] if answer.status == 200 else []
        return answer

    def is_outage(self, status: int) -> bool:
        return status >= 500


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    app = bare_service(url, name="citas", subscribers={"uno": "http://127.0.0.1:1"})
    with app.app_context():
        yield app
        app.extensions["comun"].db.session.remove()
        app.extensions["comun"].db.engine.dispose()


def happen(app: Flask, *subjects: str) -> None:
    for subject in subjects:
        emit("cita.cambiada.v1", subject, {})
    app.extensions["comun"].db.session.commit()


def lane(app: Flask, sender: Picky, **options: Any) -> Lane:
    service = app.extensions["comun"]
    table = service.tables.deliveries
    tables = QueueTables(service.tables.outbox, table, table.c.suscriptor, failed_blocks=False)
    queue = Queue(Queues(service.db.engine, tables), "uno")
    return Lane("uno", queue, sender, replace(QUICK, **options), threading.Event())


def states(app: Flask) -> list[tuple[str, str, str | None]]:
    service = app.extensions["comun"]
    table = service.tables.deliveries
    rows = service.db.session.execute(
        select(table.c.sujeto, table.c.estado, table.c.ultimo_error).order_by(table.c.evento_id)
    ).all()
    service.db.session.rollback()
    return [tuple(row) for row in rows]


def refuse(error: str, *, final: bool = False) -> Callable[[Any], Answer]:
    def answer(event: Any) -> Answer:
        if event.sujeto == "cita/1":
            raise Refusal(error, final=final)
        return Answer(200, {}, b"")

    return answer


def test_what_is_refused_waits_alone(app: Flask) -> None:
    happen(app, "cita/1", "cita/2", "cita/1", "cita/2")
    sender = Picky()
    sender.answer = refuse("indigestible")
    assert lane(app, sender).step() == 2
    assert states(app) == [
        ("cita/1", "pendiente", "indigestible"),
        ("cita/2", "entregada", None),
        ("cita/1", "pendiente", None),
        ("cita/2", "entregada", None),
    ]


def test_what_will_never_be_taken_is_given_up_at_once(app: Flask) -> None:
    happen(app, "cita/1")
    sender = Picky()
    sender.answer = refuse("too big", final=True)
    lane(app, sender).step()
    assert states(app) == [("cita/1", "fallida", "too big")]


def test_a_receiver_that_is_down_is_tried_with_another_event_each_time(app: Flask) -> None:
    """What failed last may be what it fails on."""
    happen(app, "cita/1", "cita/2", "cita/3")
    sender = Picky()
    sender.answer = lambda event: Answer(500 if event.sujeto == "cita/1" else 200, {}, b"")
    one = lane(app, sender)
    end = time.monotonic() + 120
    while len(sender.taken) < 2:
        one.step()
        assert time.monotonic() < end
    assert sorted(sender.taken) == ["cita/2", "cita/3"]


@pytest.mark.parametrize(("outages_give_up", "state"), [(True, "fallida"), (False, "pendiente")])
def test_whether_an_outage_gives_up_on_events(app: Flask, outages_give_up: bool, state: str) -> None:
    happen(app, "cita/1")
    sender = Picky()
    sender.answer = lambda _event: Answer(503, {}, b"")
    lane(app, sender, outages_give_up=outages_give_up, give_up_after=0.0).step()
    assert [row[1] for row in states(app)] == [state]
