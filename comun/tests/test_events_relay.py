"""The relay: in order per subject, at least once, nobody waits for somebody else's subscriber."""

import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from comun import context
from comun.db import now
from comun.events import emit
from comun.events.lane import Lane
from comun.events.outbox import backlog, replay
from comun.events.relay import Relay, RelayOptions
from comun.testing.mechanism import bare_service
from comun.testing.patience import until
from comun.testing.peers import Peer, Reply, Seen, closed_port, once_told
from comun.testing.statements import statements

QUICK = RelayOptions(
    poll=0.02,
    gather=0.02,
    first_pause=0.05,
    longest_pause=0.2,
    longest_outage_pause=0.2,
    # More than any machine needs.
    lease=300.0,
    timeout=(30.0, 30.0),
)


class Subscriber(Peer):
    """Takes delivery as a service does: all or nothing, recognises repetitions, and fails as `trouble` says."""

    def __init__(self, port: int = 0) -> None:
        self.trouble: Callable[[Any], Reply | None] = lambda _event: None
        self.received: list[tuple[str, int]] = []
        self.repeated = 0
        self._known: set[str] = set()
        self._lock = threading.Lock()
        super().__init__(self._take, port)

    def _take(self, seen: Seen) -> Reply:
        events = seen.json if isinstance(seen.json, list) else [seen.json]
        for event in events:
            if reply := self.trouble(event):
                return reply
        with self._lock:
            for event in events:
                if event["id"] in self._known:
                    self.repeated += 1
                else:
                    self._known.add(event["id"])
                    self.received.append((event["subject"], int(event["sequence"])))
        return Reply(json={})

    def by_subject(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for subject, sequence in self.received:
            found[subject].append(sequence)
        return found


@pytest.fixture
def first() -> Iterator[Subscriber]:
    with Subscriber() as subscriber:
        yield subscriber


@pytest.fixture
def second() -> Iterator[Subscriber]:
    with Subscriber() as subscriber:
        yield subscriber


@pytest.fixture
def app(url: str, first: Subscriber, second: Subscriber) -> Iterator[Flask]:
    app = bare_service(url, name="citas", subscribers={"uno": first.url, "dos": second.url})
    with app.app_context():
        yield app
        app.extensions["comun"].db.session.remove()
        app.extensions["comun"].db.engine.dispose()


def happen(app: Flask, subjects: int = 1, times: int = 1) -> None:
    """`times` events of each subject, a transaction for each round."""
    session = app.extensions["comun"].db.session
    for _ in range(times):
        for number in range(subjects):
            emit("cita.cambiada.v1", f"cita/{number}", {"numero": number})
        session.commit()


def deliveries(app: Flask, subscriber: str) -> list[Any]:
    service = app.extensions["comun"]
    table = service.tables.deliveries
    found = service.db.session.execute(
        select(table).where(table.c.suscriptor == subscriber).order_by(table.c.evento_id)
    ).all()
    service.db.session.rollback()
    return list(found)


def test_one_look_is_for_all_subscribers(app: Flask) -> None:
    relay = Relay(app, replace(QUICK, gather=0.05))
    begun = time.monotonic()
    with statements(app) as looks:
        relay.start()
        until(lambda: len(looks) >= 10)
        relay.stop()
        assert len(looks) <= (time.monotonic() - begun) / 0.05 + 2


def test_subscribers_get_cloud_events(app: Flask, first: Subscriber) -> None:
    with context.piece_of_work():
        traceparent = context.traceparent()
        happen(app)
        relay = Relay(app, QUICK, token=lambda: "abc")
        assert relay.run_once() == 2
        happen(app)
    assert relay.run_once() == 2
    assert relay.run_once() == 0
    seen = first.seen[1]
    assert (seen.method, seen.path) == ("POST", "/interno/eventos")
    assert seen.headers["Content-Type"].startswith("application/cloudevents+json")
    assert seen.headers["Authorization"] == "Bearer abc"
    assert seen.headers["traceparent"] == traceparent
    event = seen.json
    assert seen.headers["X-Request-ID"] == event["id"]
    assert datetime.fromisoformat(event.pop("time")).tzinfo is not None
    assert len(event.pop("id")) == 36
    assert event == {
        "specversion": "1.0",
        "source": "/citas",
        "type": "cita.cambiada.v1",
        "subject": "cita/0",
        "sequence": "2",
        "datacontenttype": "application/json",
        "traceparent": traceparent,
        "data": {"numero": 0},
    }
    assert {row.estado for row in deliveries(app, "uno")} == {"entregada"}
    assert backlog()["uno"].pending == 0


def test_many_travel_together(app: Flask, first: Subscriber) -> None:
    happen(app, subjects=30, times=4)
    assert Relay(app, QUICK).run_once() == 240
    assert sorted(len(seen.json) for seen in first.seen) == [20, 100]
    assert first.seen[0].headers["Content-Type"].startswith("application/cloudevents-batch+json")
    assert first.by_subject() == {f"cita/{number}": [1, 2, 3, 4] for number in range(30)}


def test_a_receiver_that_knows_no_lists_gets_them_one_by_one(app: Flask, first: Subscriber) -> None:
    happen(app, subjects=3, times=2)
    first.answer = lambda seen: Reply(422) if isinstance(seen.json, list) else first._take(seen)
    Relay(app, QUICK).run_once()
    assert first.by_subject() == {f"cita/{number}": [1, 2] for number in range(3)}
    assert {row.intentos for row in deliveries(app, "uno")} == {1}


def test_a_refused_event_holds_back_its_subject_only(app: Flask, first: Subscriber) -> None:
    first.trouble = lambda event: Reply(500) if event["subject"] == "cita/0" else None
    happen(app, subjects=2, times=3)
    tried = now()
    Relay(app, QUICK).run_once()
    assert first.by_subject() == {"cita/1": [1, 2, 3]}
    stuck, *behind = [row for row in deliveries(app, "uno") if row.sujeto == "cita/0"]
    assert (stuck.intentos, stuck.ultimo_error, stuck.estado) == (1, "HTTP 500", "pendiente")
    assert stuck.proximo_intento > tried
    assert [row.intentos for row in behind] == [0, 0]
    first.trouble = lambda _event: None
    relay = Relay(app, QUICK)
    until(lambda: relay.run_once() > 0)
    assert first.by_subject()["cita/0"] == [1, 2, 3]


def test_pauses_double_up_to_the_longest_and_honour_retry_after(app: Flask, first: Subscriber) -> None:
    happen(app)
    pauses = []
    options = RelayOptions(first_pause=10, longest_pause=50)
    for _ in range(5):
        first.trouble = lambda _event: Reply(409)
        Relay(app, options).run_once()
        (row,) = deliveries(app, "uno")
        pauses.append((row.proximo_intento - now()).total_seconds())
        make_due(app)
    for pause, longest in zip(pauses, (10, 20, 40, 50, 50), strict=True):
        assert longest / 2 - 1 < pause <= longest
    first.trouble = lambda _event: Reply(409, headers={"Retry-After": "300"})
    Relay(app, options).run_once()
    (row,) = deliveries(app, "uno")
    assert row.proximo_intento > now() + timedelta(seconds=290)


def make_due(app: Flask) -> None:
    service = app.extensions["comun"]
    service.db.session.execute(update(service.tables.deliveries).values(proximo_intento=now()))
    service.db.session.commit()


def test_an_event_is_given_up_on_and_its_subject_waits_for_a_replay(app: Flask, first: Subscriber) -> None:
    first.trouble = lambda event: Reply(422) if event["subject"] == "cita/0" else None
    happen(app, subjects=2, times=2)
    options = RelayOptions(first_pause=0.01, longest_pause=0.01, give_up_after=0.0, give_up_tries=1)
    relay = Relay(app, options)
    relay.run_once()
    happen(app, subjects=2)
    for _ in range(3):
        relay.run_once()
    states = [row.estado for row in deliveries(app, "uno") if row.sujeto == "cita/0"]
    assert states == ["fallida", "pendiente", "pendiente"]
    assert first.by_subject() == {"cita/1": [1, 2, 3]}
    assert backlog()["uno"].failed == 1
    first.trouble = lambda _event: None
    assert replay("uno") == 1
    assert relay.run_once() == 3
    assert first.by_subject()["cita/0"] == [1, 2, 3]


def test_what_waited_long_behind_another_is_not_given_up_on_at_its_first_refusal(
    app: Flask, first: Subscriber
) -> None:
    first.trouble = lambda event: Reply(500) if event["sequence"] == "1" else None
    happen(app, times=2)
    relay = Relay(app, QUICK)
    relay.run_once()
    service = app.extensions["comun"]
    table = service.tables.deliveries
    service.db.session.execute(update(table).values(pendiente_desde=now() - timedelta(days=4)))
    service.db.session.commit()
    refused = iter([Reply(409)] * 2)  # together with the first one, then alone
    first.trouble = lambda event: next(refused, None) if event["sequence"] == "2" else None
    until(lambda: relay.run_once() >= 0 and first.by_subject() == {"cita/0": [1, 2]})


def test_what_waits_behind_a_later_failure_is_not_sent_past_it(app: Flask, first: Subscriber) -> None:
    """A replay of everything before a failed event must not take what is behind it along."""
    happen(app, times=3)
    service = app.extensions["comun"]
    table = service.tables.deliveries
    middle = deliveries(app, "uno")[1].evento_id
    service.db.session.execute(update(table).where(table.c.evento_id == middle).values(estado="fallida"))
    service.db.session.commit()
    Relay(app, QUICK).run_once()
    assert first.by_subject() == {"cita/0": [1]}


def test_a_dead_subscriber_delays_nobody_and_gets_all_in_order_when_it_is_back(url: str, second: Subscriber) -> None:
    port = closed_port()
    app = bare_service(url, subscribers={"muerto": f"http://127.0.0.1:{port}", "dos": second.url})
    with app.app_context():
        happen(app, subjects=20, times=5)
        relay, begun = Relay(app, QUICK), time.monotonic()
        relay.start()
        until(lambda: len(second.received) == 100)
        tries = sum(row.intentos for row in deliveries(app, "muerto"))
        assert tries <= 5 + 10 * (time.monotonic() - begun)  # left alone for 0.1 s at least between probes
        with Subscriber(port) as back:
            until(lambda: len(back.received) == 100)
            assert all(sequences == [1, 2, 3, 4, 5] for sequences in back.by_subject().values())
        relay.stop()
        app.extensions["comun"].db.engine.dispose()


def test_a_slow_subscriber_delays_nobody(app: Flask, first: Subscriber, second: Subscriber) -> None:
    go = threading.Event()
    first.answer = once_told(go, Reply(json={}))
    happen(app, subjects=40)
    relay = Relay(app, QUICK)
    relay.start()
    until(lambda: len(second.received) == 40)
    assert {row.estado for row in deliveries(app, "uno")} == {"pendiente"}
    go.set()
    relay.stop()


def test_silence_is_an_outage_and_the_event_comes_again(app: Flask, first: Subscriber) -> None:
    happen(app, subjects=3)
    go = threading.Event()
    take, first.answer = first.answer, once_told(go, Reply(json={}))
    relay = Relay(app, replace(QUICK, timeout=(30.0, 0.4)))
    relay.run_once()
    assert "ReadTimeoutError" in {row.ultimo_error for row in deliveries(app, "uno")}
    go.set()
    first.answer = take

    def all_arrived() -> bool:
        relay.run_once()
        return all(row.estado == "entregada" for row in deliveries(app, "uno"))

    until(all_arrived)
    assert first.by_subject() == {f"cita/{number}": [1] for number in range(3)}


def test_without_a_token_nothing_is_sent_and_nothing_counts_as_an_attempt(app: Flask, first: Subscriber) -> None:
    from comun.errors import Unavailable

    def none() -> str:
        raise Unavailable

    happen(app)
    Relay(app, QUICK, token=none).run_once()
    (row,) = deliveries(app, "uno")
    assert (row.intentos, row.arrendada_hasta) == (0, None)
    assert first.seen == []


def lease(app: Flask, seconds: float, **which: Any) -> None:
    """Somebody who has died holds the deliveries to the first subscriber, or some of them, for so long from now."""
    service = app.extensions["comun"]
    held = update(service.tables.deliveries).filter_by(suscriptor="uno", **which)
    service.db.session.execute(
        held.values(arrendada_hasta=now() + timedelta(seconds=seconds), arrendada_por="muerto")
    )
    service.db.session.commit()


def test_a_lease_is_respected_until_it_ends(app: Flask, first: Subscriber) -> None:
    happen(app, times=2)
    head = deliveries(app, "uno")[0].evento_id
    lease(app, 300, evento_id=head)
    relay = Relay(app, QUICK)
    relay.run_once()
    assert first.seen == []
    lease(app, -1, evento_id=head)
    assert relay.run_once() == 2
    assert first.by_subject() == {"cita/0": [1, 2]}


def test_what_was_delivered_but_not_recorded_is_sent_again(
    app: Flask, first: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(app, times=3)

    def crash(*_args: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(Lane, "_record", crash)
        with pytest.raises(RuntimeError):
            Relay(app, QUICK).run_once()
    assert first.by_subject() == {"cita/0": [1, 2, 3]}
    relay = Relay(app, QUICK)
    assert relay.run_once() == 0
    lease(app, -1)
    assert relay.run_once() == 3
    assert first.repeated == 3
    assert all(row.estado == "entregada" for row in deliveries(app, "uno"))


def test_stopping_finishes_the_delivery_under_way_and_gives_back_the_rest(app: Flask, first: Subscriber) -> None:
    happen(app, subjects=100, times=3)
    told = threading.Event()
    first.answer = once_told(told, Reply(json={}))
    relay = Relay(app, replace(QUICK, threads=2))
    relay.start()
    until(lambda: len(first.seen) == 2)
    threading.Thread(target=lambda: relay._stop.wait(60) and told.set()).start()
    relay.stop()
    rows = deliveries(app, "uno")
    assert sum(row.estado == "entregada" for row in rows) == sum(len(seen.json) for seen in first.seen) < 300
    assert {row.arrendada_hasta for row in rows} == {None}


def test_two_relays_share_the_work_and_keep_the_order(app: Flask, first: Subscriber, second: Subscriber) -> None:
    """Random refusals, silences and broken connections, while events go on happening."""
    dice = random.Random(7)

    def trouble(_event: Any) -> Reply | None:
        return dice.choice([Reply(500), Reply(503), Reply(drop=True)]) if dice.random() < 0.05 else None

    first.trouble = trouble
    relays = [Relay(app, QUICK) for _ in range(2)]
    for relay in relays:
        relay.start()
    for _ in range(10):
        happen(app, subjects=15)
    until(lambda: len(first.received) == len(second.received) == 150)
    until(lambda: all(row.estado == "entregada" for row in deliveries(app, "uno")))
    for relay in relays:
        relay.stop()
    for subscriber in (first, second):
        assert all(sequences == list(range(1, 11)) for sequences in subscriber.by_subject().values())
    assert second.repeated == 0
