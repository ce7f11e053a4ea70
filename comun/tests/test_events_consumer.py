"""The receiving side: each event has its effect exactly once, whatever is repeated, refused or killed."""

import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask, request
from sqlalchemy import Column, Integer, String, Table, func, insert, select, update
from werkzeug.serving import make_server

from comun.errors import Invalid, Problem
from comun.events import Consumer, Event, EventSchemas, emit
from comun.events.consumer import superseded
from comun.events.outbox import backlog, purge
from comun.testing.databases import begin_and_wait
from comun.testing.deaths import program
from comun.testing.mechanism import bare_service
from comun.testing.processes import Process, Processes

DOCUMENT = {
    "specversion": "1.0",
    "id": "a1",
    "source": "/citas",
    "type": "cita.completada.v1",
    "subject": "cita/7",
    "time": "2026-01-15T10:00:00-05:00",
    "datacontenttype": "application/json",
    "sequence": "3",
    "data": {"numero": 7},
}


def counting_consumer() -> Consumer:
    """Adds one to the account that the subject names."""
    consumer = Consumer()

    @consumer.on("cita.completada.v1")
    def count(event: Event) -> None:
        add_one(event.subject_id)

    return consumer


def add_one(number: int) -> None:
    from comun.runtime import runtime

    db = runtime().db
    account = db.metadata.tables["cuenta"]
    done: Any = db.session.execute(update(account).where(account.c.id == number).values(valor=account.c.valor + 1))
    if done.rowcount == 0:
        db.session.execute(insert(account).values(id=number, valor=1))


@pytest.fixture
def app(url: str) -> Iterator[Flask]:
    app = bare_service(url, name="admin", consumer=counting_consumer())
    with app.app_context():
        yield app
        app.extensions["comun"].db.session.remove()
        app.extensions["comun"].db.engine.dispose()


def receive(app: Flask, document: object) -> str:
    service = app.extensions["comun"]
    try:
        outcome: str = service.consumer.receive(document)
        service.db.session.commit()
    except BaseException:
        service.db.session.rollback()
        raise
    return outcome


def accounts(app: Flask) -> dict[int, int]:
    db = app.extensions["comun"].db
    found = {row.id: row.valor for row in db.session.execute(select(db.metadata.tables["cuenta"]))}
    db.session.rollback()
    return found


def test_parses_what_a_handler_needs() -> None:
    event = Event.parse({**DOCUMENT, "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"})
    assert (event.source, event.type, event.subject_id, event.sequence) == ("/citas", "cita.completada.v1", 7, 3)
    assert event.time.isoformat() == "2026-01-15T10:00:00-05:00"
    assert event.data == {"numero": 7}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("specversion", "0.3"), ("id", ""), ("id", 5), ("id", "x" * 65), ("source", None), ("subject", "a\0"),
        ("sequence", "0"), ("sequence", 3), ("sequence", "tres"), ("sequence", str(2**31)),
        ("time", "2026-01-15T10:00:00"), ("time", "ayer"), ("time", 5), ("data", None), ("data", []),
        ("type", {}), ("traceparent", "x" * 56),
    ],
)  # fmt: skip
def test_refuses_what_is_no_event(attribute: str, value: object) -> None:
    with pytest.raises(Invalid) as caught:
        Event.parse({**DOCUMENT, attribute: value})
    assert list(caught.value.errores) == [attribute]


@pytest.mark.parametrize("document", [None, [], "x", {}])
def test_refuses_what_is_not_even_a_document(document: object) -> None:
    with pytest.raises(Invalid):
        Event.parse(document)


def test_an_event_has_its_effect_once(app: Flask) -> None:
    assert receive(app, DOCUMENT) == "aplicado"
    assert receive(app, DOCUMENT) == "duplicado"
    assert receive(app, {**DOCUMENT, "source": "/otro"}) == "aplicado"
    assert accounts(app) == {7: 2}


def test_unknown_types_are_acknowledged_and_not_remembered(app: Flask) -> None:
    assert receive(app, {**DOCUMENT, "type": "cita.nueva.v1"}) == "ignorado"
    inbox = app.extensions["comun"].tables.inbox
    assert app.extensions["comun"].db.session.scalar(select(func.count()).select_from(inbox)) == 0


def test_what_a_handler_refuses_is_not_remembered(app: Flask) -> None:
    consumer: Consumer = app.extensions["comun"].consumer

    @consumer.on("cita.rara.v1")
    def refuse(_event: Event) -> None:
        raise Problem(409)

    for _ in range(2):
        with pytest.raises(Problem):
            receive(app, {**DOCUMENT, "type": "cita.rara.v1"})


def test_a_type_has_one_handler() -> None:
    with pytest.raises(ValueError, match="has a handler"):
        counting = counting_consumer()
        counting.on("cita.completada.v1")(lambda _event: None)


def test_events_that_come_together_may_be_handled_together(app: Flask) -> None:
    consumer: Consumer = app.extensions["comun"].consumer
    seen: list[list[str]] = []
    consumer.on_many("cita.movida.v1")(lambda events: seen.append([event.id for event in events]))
    moved = {**DOCUMENT, "type": "cita.movida.v1"}
    documents = [{**moved, "id": f"m{number}", "subject": f"cita/{number}"} for number in (1, 2, 3)]
    again = {**moved, "id": "m4", "subject": "cita/1", "sequence": "9"}
    assert consumer.receive_all([*documents, DOCUMENT, again, documents[0]])[-1] == "duplicado"
    assert seen == [["m1", "m2", "m3"], ["m4"]]
    with pytest.raises(ValueError, match="has a handler"):
        consumer.on("cita.movida.v1")(lambda _event: None)


def test_all_events_may_have_a_handler_beside_the_one_of_their_type(app: Flask) -> None:
    consumer: Consumer = app.extensions["comun"].consumer
    seen: list[tuple[str, str | None]] = []
    consumer.on_all(lambda events: seen.extend((event.type, event.traceparent) for event in events))
    traceparent = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    assert receive(app, {**DOCUMENT, "traceparent": traceparent}) == "aplicado"
    assert receive(app, DOCUMENT) == "duplicado"
    assert (
        receive(app, {**DOCUMENT, "id": "a2", "type": "libro.prestado.v1", "traceparent": traceparent}) == "aplicado"
    )
    assert seen == [("cita.completada.v1", traceparent), ("libro.prestado.v1", traceparent)]
    assert accounts(app) == {7: 1}
    with pytest.raises(ValueError, match="all events"):
        consumer.on_all(lambda _events: None)


def test_data_is_held_to_the_consumers_own_copy_of_the_contract(url: str, tmp_path: Path) -> None:
    schema = {"type": "object", "required": ["numero"], "properties": {"numero": {"type": "integer"}}}
    (tmp_path / "cita.completada.v1.json").write_bytes(orjson.dumps(schema))
    consumer = Consumer(EventSchemas(tmp_path))
    consumer.on("cita.completada.v1", "cita.otra.v1")(lambda _event: None)
    app = bare_service(url, consumer=consumer)
    with app.app_context():
        assert receive(app, DOCUMENT) == "aplicado"
        with pytest.raises(Invalid):
            receive(app, {**DOCUMENT, "id": "a2", "data": {"numero": "7"}})
        assert receive(app, {**DOCUMENT, "id": "a3", "type": "cita.otra.v1", "data": {}}) == "aplicado"
        app.extensions["comun"].db.engine.dispose()


def test_twins_at_the_same_instant_have_one_effect(app: Flask) -> None:
    outcomes: list[str] = []

    def take() -> None:
        with app.app_context():
            outcomes.append(receive(app, DOCUMENT))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["aplicado"] + ["duplicado"] * 7
    assert accounts(app) == {7: 1}


def test_a_twin_is_no_repetition_when_the_first_rolls_back(app: Flask) -> None:
    """The second waits for the first's fate instead of acknowledging an effect that never was."""
    service = app.extensions["comun"]
    service.consumer.receive(DOCUMENT)
    outcomes: list[str] = []

    def take() -> None:
        with app.app_context():
            outcomes.append(receive(app, DOCUMENT))

    twin = threading.Thread(target=take)
    begin_and_wait(service.db.engine, twin.start)
    assert outcomes == []
    service.db.session.rollback()
    twin.join()
    assert outcomes == ["aplicado"]
    assert accounts(app) == {7: 1}


def test_old_news_can_be_told(app: Flask) -> None:
    receive(app, DOCUMENT)
    assert superseded(Event.parse({**DOCUMENT, "id": "a0", "sequence": "2"}))
    assert not superseded(Event.parse({**DOCUMENT, "id": "a4", "sequence": "4"}))
    assert not superseded(Event.parse({**DOCUMENT, "id": "a0", "sequence": "2", "subject": "cita/8"}))


def test_what_comes_together_is_applied_in_one_order_of_subjects(app: Flask) -> None:
    """Two that write about the same subjects then wait for each other instead of locking each other out."""
    consumer: Consumer = app.extensions["comun"].consumer
    applied: list[tuple[str, int]] = []
    consumer.on("cita.nueva.v1")(lambda event: applied.append((event.subject, event.sequence)))

    def news(subject: str, sequence: int, event_type: str = "cita.nueva.v1") -> dict[str, Any]:
        identity = {"id": f"{subject}-{sequence}", "subject": subject, "sequence": str(sequence)}
        return {**DOCUMENT, **identity, "type": event_type}

    together = [news("c/1", 1), news("c/1", 2), news("b/1", 1, "cita.otra.v1"), news("a/1", 1), news("b/1", 2)]
    outcomes = consumer.receive_all([*together, news("a/1", 1)])
    app.extensions["comun"].db.session.rollback()
    assert applied == [("a/1", 1), ("b/1", 2), ("c/1", 1), ("c/1", 2)]
    assert outcomes == ["aplicado", "aplicado", "ignorado", "aplicado", "aplicado", "duplicado"]


def test_of_two_that_are_applied_at_once_one_knows_of_the_other(app: Flask) -> None:
    """A later event came first and an earlier one comes late: it waits, and finds that it is superseded."""
    service = app.extensions["comun"]
    told: list[bool] = []

    @service.consumer.on("cita.reabierta.v1")
    def ask(event: Event) -> None:
        told.append(superseded(event))

    service.consumer.receive({**DOCUMENT, "id": "a4", "sequence": "4", "type": "cita.reabierta.v1"})

    def take() -> None:
        with app.app_context():
            receive(app, {**DOCUMENT, "id": "a3", "type": "cita.reabierta.v1"})

    late = threading.Thread(target=take)
    begin_and_wait(service.db.engine, late.start)
    assert told == [False]
    service.db.session.commit()
    late.join()
    assert told == [False, True]


def test_purge_of_received_ids_keeps_the_last_of_each_subject(app: Flask) -> None:
    for number in range(1, 4):
        receive(app, {**DOCUMENT, "id": f"a{number}", "sequence": str(number)})
    purge(inbox_days=-1)
    inbox = app.extensions["comun"].tables.inbox
    assert app.extensions["comun"].db.session.scalars(select(inbox.c.secuencia)).all() == [3]


RELAY = """
import json, sys
from comun.events.relay import RelayOptions
from comun.testing.mechanism import bare_service
from comun.worker import run_worker
app = bare_service(sys.argv[1], name="citas", subscribers=json.loads(sys.argv[2]),
                   settings={"CITAS_WORKER_HEARTBEAT": sys.argv[3]}, create=False)
print("ready", flush=True)
run_worker(app, [], RelayOptions(poll=0.02, gather=0.02, first_pause=0.05, longest_pause=0.2,
                                 longest_outage_pause=0.2, lease=1.0, timeout=(0.5, 0.5), subjects=10))
"""


def start_relay(processes: Processes, url: str, subscribers: dict[str, str], folder: Path) -> Process:
    process = processes.start(None, program, RELAY, url, json.dumps(subscribers), str(folder / "latido"), output=True)
    assert process.readline() == "ready\n"
    return process


class ForgetfulAdmin:
    """A consumer on a real server: sometimes away, and sometimes its answer is lost after the commit."""

    def __init__(self, url: str) -> None:
        consumer = Consumer()
        consumer.on("cita.completada.v1")(self._apply)
        self.app = bare_service(url, name="admin", consumer=consumer)
        self._db = self.app.extensions["comun"].db
        # Kept in the transaction of the effect: whoever notes it afterwards may be overtaken.
        columns = Column("id", Integer, primary_key=True), Column("sujeto", String(80)), Column("secuencia", Integer)
        self._applied = Table("aplicado", self._db.metadata, *columns)
        with self.app.app_context():
            self._applied.create(self._db.engine)
        self.app.post("/interno/eventos")(self._take)
        self._dice = random.Random(11)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _apply(self, event: Event) -> None:
        add_one(event.subject_id)
        self._db.session.execute(insert(self._applied).values(sujeto=event.subject, secuencia=event.sequence))

    def order(self) -> dict[str, list[int]]:
        """What had its effect of each subject, in that order."""
        found: dict[str, list[int]] = {}
        for row in self._db.session.execute(select(self._applied).order_by(self._applied.c.id)):
            found.setdefault(row.sujeto, []).append(row.secuencia)
        return found

    def _take(self) -> Any:
        if self._dice.random() < 0.05:
            raise Problem(503)
        document = request.get_json(force=True)
        for event in document if isinstance(document, list) else [document]:
            receive(self.app, event)
        if self._dice.random() < 0.1:
            raise RuntimeError("the answer is lost after the commit")
        return {}


@pytest.mark.processes
def test_killing_relays_and_losing_answers_loses_and_doubles_nothing(
    url: str, second_url: str, tmp_path: Path, processes: Processes
) -> None:
    """Two relay processes, one after the other killed with SIGKILL and replaced, while events happen."""
    admin = ForgetfulAdmin(second_url)
    subscribers = {"admin": admin.url}
    app = bare_service(url, name="citas", subscribers=subscribers)
    relays = [start_relay(processes, url, subscribers, tmp_path) for _ in range(2)]
    try:
        with app.app_context():
            for turn in range(30):
                for number in range(10):
                    emit("cita.completada.v1", f"cita/{number}", {})
                app.extensions["comun"].db.session.commit()
                if turn % 8 == 5:
                    relays.append(start_relay(processes, url, subscribers, tmp_path))
                    relays[0].kill()
                    relays.pop(0).wait()
            end = time.monotonic() + 240
            while backlog()["admin"].pending and time.monotonic() < end:
                time.sleep(0.1)
            assert backlog()["admin"].pending == 0
        for relay in relays:
            relay.send_signal(signal.SIGTERM)
        assert [relay.wait() for relay in relays] == [0, 0]
        with admin.app.app_context():
            assert accounts(admin.app) == {number: 30 for number in range(10)}
            assert admin.order() == {f"cita/{number}": list(range(1, 31)) for number in range(10)}
    finally:
        for relay in relays:
            relay.kill()
            relay.wait()
        admin.server.shutdown()
        dispose(app, admin.app)


def dispose(*apps: Flask) -> None:
    for app in apps:
        with app.app_context():
            app.extensions["comun"].db.session.remove()
            app.extensions["comun"].db.engine.dispose()
