"""One lane of the relay: the way of a service's events to one subscriber.

A lane leases subjects by the head of their queue (the first event not yet delivered), commits, sends outside
any transaction, and records what came of it. The head's lease covers the events behind it, which nobody may
take before it is delivered. A relay that dies leaves leases that end by themselves; what it sent without
recording is sent again, for the receiver to recognise. An event is only ever sent after its predecessor was
acknowledged, so that even a relay that slept longer than its lease can't turn the order round.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, func, or_, select, update
from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from comun.db import now, reader
from comun.errors import Unavailable
from comun.events.outbox import DELIVERED, PENDING
from comun.http import RemoteProblem
from comun.metrics import DELIVERIES
from comun.runtime import Runtime
from comun.transport import Answer, ConnectionPool

logger = logging.getLogger(__name__)

EVENTS_PATH = "/interno/eventos"

# Answers that tell of the subscriber, not of the event: all its deliveries wait a moment.
_ENDPOINT_TROUBLE = frozenset({401, 403, 404, 405, 429, 502, 503, 504})


@dataclass(frozen=True)
class RelayOptions:
    """How the relay works. All durations in seconds.

    The lease is at least four times the longest that one delivery may take (the sum of `timeout`).
    """

    subjects: int = 100
    run: int = 20
    threads: int = 4
    poll: float = 0.2
    lease: float = 45.0
    timeout: tuple[float, float] = (1.0, 10.0)
    first_pause: float = 1.0
    longest_pause: float = 600.0
    longest_outage_pause: float = 60.0
    give_up_after: float = 3 * 86400.0


@dataclass
class _Run:
    """The events of one subject that a lease covers, and how far they got."""

    events: Sequence[Row[Any]]
    delivered: int = 0
    error: str | None = None
    outage: bool = False
    retry_after: float | None = None

    @property
    def next(self) -> Row[Any] | None:
        return self.events[self.delivered] if self.delivered < len(self.events) else None


@dataclass
class _Outage:
    """How long a subscriber has been out of reach."""

    count: int = 0
    until: float = 0.0
    down: threading.Event = field(default_factory=threading.Event)

    def began(self, pause: float) -> None:
        self.count += 1
        self.until = time.monotonic() + pause

    def ended(self) -> None:
        self.count, self.until = 0, 0.0


class Lane:
    """The way to one subscriber."""

    def __init__(
        self,
        app: Flask,
        subscriber: str,
        base_url: str,
        options: RelayOptions,
        token: Callable[[], str] | None,
        stop: threading.Event,
    ) -> None:
        service: Runtime = app.extensions["comun"]
        with app.app_context():
            self._engine = service.db.engine
        self._outbox, self._deliveries = service.tables.outbox, service.tables.deliveries
        self._source = f"/{service.service}"
        self.subscriber = subscriber
        self._options = options
        self._token = token
        self._stop = stop
        self._http = ConnectionPool(base_url, size=options.threads)
        self._pool = ThreadPoolExecutor(options.threads, thread_name_prefix=f"relay-{subscriber}")
        self._owner = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._outage = _Outage()
        self._beat = time.monotonic()

    def alive(self) -> bool:
        """Whether the loop went round lately."""
        return time.monotonic() - self._beat < self._options.lease + 60

    def loop(self) -> None:
        """Deliver until told to stop. Survives the database's absence."""
        wait, troubles = 0.0, 0
        while not self._stop.wait(wait):
            self._beat = time.monotonic()
            try:
                # Looking in vain may be slow, when many events wait behind failed ones: then less often.
                wait = 0.0 if self.step() else max(self._options.poll, 5 * (time.monotonic() - self._beat))
                troubles = 0
            except Exception as error:
                troubles += 1
                wait = min(0.5 * 2**troubles, 15.0)
                logger.error("the relay to %s can't work", self.subscriber, exc_info=error)
        self._pool.shutdown(wait=True)

    def step(self) -> int:
        """Lease what is due, deliver it, record the outcome; how many events were delivered."""
        if time.monotonic() < self._outage.until or not self._anything_due():
            return 0
        end = time.monotonic() + self._options.lease / 2
        runs = self._lease(1 if self._outage.count else self._options.subjects)
        if not runs:
            return 0
        self._outage.down.clear()
        list(self._pool.map(lambda run: self._deliver(run, end), runs))
        self._record(runs)
        return sum(run.delivered for run in runs)

    # -- leasing ---------------------------------------------------------------------------------

    def _anything_due(self) -> bool:
        # Most polls find nothing: on SQLite they must not queue for the write lock to see it.
        table = self._deliveries
        with reader(self._engine) as connection:
            return bool(connection.scalar(select(exists().where(*self._due(table, now())))))

    def _due(self, table: Any, moment: datetime) -> list[ColumnElement[bool]]:
        return [
            table.c.suscriptor == self.subscriber,
            table.c.estado == PENDING,
            table.c.proximo_intento <= moment,
            or_(table.c.arrendada_hasta.is_(None), table.c.arrendada_hasta <= moment),
        ]

    def _lease(self, subjects: int) -> list[_Run]:
        moment = now()
        table, earlier = self._deliveries, self._deliveries.alias()
        head = (
            select(func.min(earlier.c.evento_id))
            .where(
                earlier.c.suscriptor == table.c.suscriptor,
                earlier.c.sujeto == table.c.sujeto,
                earlier.c.estado != DELIVERED,
            )
            .scalar_subquery()
        )
        heads = (
            select(table.c.evento_id, table.c.sujeto)
            .where(*self._due(table, moment), table.c.evento_id == head)
            .order_by(table.c.evento_id)
            .limit(subjects)
            .with_for_update(skip_locked=True)
        )
        with self._engine.begin() as connection:
            leased = connection.execute(heads).all()
            if not leased:
                return []
            connection.execute(
                update(table)
                .where(
                    table.c.suscriptor == self.subscriber,
                    table.c.evento_id.in_([row.evento_id for row in leased]),
                )
                .values(
                    arrendada_hasta=moment + timedelta(seconds=self._options.lease),
                    arrendada_por=self._owner,
                )
            )
            return self._runs(connection, [row.sujeto for row in leased])

    def _runs(self, connection: Connection, subjects: Sequence[str]) -> list[_Run]:
        """The queue of each subject, from its head up to what can't be sent."""
        table, outbox = self._deliveries, self._outbox
        place = func.row_number().over(partition_by=table.c.sujeto, order_by=table.c.evento_id)
        queue = (
            select(
                table.c.evento_id,
                table.c.estado,
                table.c.intentos,
                table.c.pendiente_desde,
                place.label("place"),
            )
            .where(
                table.c.suscriptor == self.subscriber,
                table.c.sujeto.in_(subjects),
                table.c.estado != DELIVERED,
            )
            .subquery()
        )
        rows = connection.execute(
            select(queue.c.estado, queue.c.intentos, queue.c.pendiente_desde, *outbox.c)
            .join(outbox, outbox.c.id == queue.c.evento_id)
            .where(queue.c.place <= self._options.run)
            .order_by(outbox.c.sujeto, outbox.c.id)
        )
        queues = (
            list(takewhile(lambda row: row.estado == "pendiente", group))
            for _, group in groupby(rows, lambda row: row.sujeto)
        )
        return [_Run(events) for events in queues if events]

    # -- delivering ------------------------------------------------------------------------------

    def _deliver(self, run: _Run, end: float) -> None:
        """Send the events of one subject, one after the other, until one fails or it is time to stop."""
        while event := run.next:
            if self._stop.is_set() or self._outage.down.is_set() or time.monotonic() > end:
                return
            try:
                answer = self._send(event)
            except (Unavailable, RemoteProblem) as problem:
                logger.warning("no token to deliver events with: %s", problem)
                self._outage.down.set()
                return
            except HTTPError as error:
                run.error, run.outage = type(error).__name__, True
            except Exception as error:
                logger.error("event %s can't be sent", event.evento_id, exc_info=error)
                run.error = type(error).__name__
            else:
                if 200 <= answer.status < 300:
                    DELIVERIES.labels(self.subscriber, "delivered").inc()
                    run.delivered += 1
                    continue
                run.error, run.outage = f"HTTP {answer.status}", answer.status in _ENDPOINT_TROUBLE
                run.retry_after = answer.retry_after
            DELIVERIES.labels(self.subscriber, run.error).inc()
            if run.outage:
                self._outage.down.set()
            return

    def _send(self, event: Row[Any]) -> Answer:
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "Accept": "application/json",
            "X-Request-ID": event.evento_id,
            "traceparent": event.traceparent,
        }
        token = self._token() if self._token else None
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connect, read = self._options.timeout
        answer = self._http.send(
            "POST",
            EVENTS_PATH,
            body=orjson.dumps(cloud_event(event, self._source)),
            headers=headers,
            timeout=Timeout(connect=connect, read=read, total=connect + read),
        )
        if answer.status == 401 and (discard := getattr(self._token, "discard", None)):
            discard(token)
        return answer

    # -- recording -------------------------------------------------------------------------------

    def _record(self, runs: Sequence[_Run]) -> None:
        pause = self._outage_pause(runs)
        delivered = [event.id for run in runs for event in run.events[: run.delivered]]
        tried = [run for run in runs if run.error is not None]
        untouched = [run.events[0].id for run in runs if run.delivered == 0 and run.error is None]
        table = self._deliveries
        mine = table.c.suscriptor == self.subscriber
        with self._engine.begin() as connection:
            if delivered:
                connection.execute(
                    update(table)
                    .where(mine, table.c.evento_id.in_(delivered))
                    .values(
                        estado=DELIVERED,
                        entregada_en=now(),
                        intentos=table.c.intentos + 1,
                        arrendada_hasta=None,
                        arrendada_por=None,
                        ultimo_error=None,
                    )
                )
            if untouched:
                connection.execute(
                    update(table)
                    .where(mine, table.c.evento_id.in_(untouched), table.c.arrendada_por == self._owner)
                    .values(arrendada_hasta=None, arrendada_por=None)
                )
            if tried:
                connection.execute(
                    update(table)
                    .where(mine, table.c.evento_id == bindparam("event"), table.c.estado == PENDING)
                    .values(
                        estado=bindparam("state"),
                        intentos=table.c.intentos + 1,
                        proximo_intento=bindparam("due"),
                        ultimo_error=bindparam("error"),
                        arrendada_hasta=None,
                        arrendada_por=None,
                    ),
                    [self._verdict(run, pause) for run in tried],
                )

    def _outage_pause(self, runs: Sequence[_Run]) -> float:
        """Seconds to leave the subscriber alone, noted for the next round as well."""
        if not self._outage.down.is_set():
            self._outage.ended()
            return 0.0
        if any(run.delivered for run in runs):
            self._outage.ended()
        options = self._options
        asked = max((run.retry_after or 0.0 for run in runs), default=0.0)
        pause = max(asked, _backoff(self._outage.count, options.first_pause, options.longest_outage_pause))
        pause = min(pause, options.longest_outage_pause)
        self._outage.began(pause)
        logger.warning("%s can't be reached; next attempt in %.1f s", self.subscriber, pause)
        return pause

    def _verdict(self, run: _Run, outage_pause: float) -> dict[str, Any]:
        event, options, moment = run.events[run.delivered], self._options, now()
        pause = (
            outage_pause
            if run.outage
            else max(run.retry_after or 0.0, _backoff(event.intentos, options.first_pause, options.longest_pause))
        )
        given_up = (moment - event.pendiente_desde).total_seconds() > options.give_up_after
        if given_up:
            logger.error("gave up on event %s for %s: %s", event.evento_id, self.subscriber, run.error)
        return {
            "event": event.id,
            "state": "fallida" if given_up else "pendiente",
            "due": moment + timedelta(seconds=pause),
            "error": run.error,
        }


def cloud_event(event: Row[Any], source: str) -> dict[str, Any]:
    """An outbox row as a CloudEvents 1.0 document."""
    return {
        "specversion": "1.0",
        "id": event.evento_id,
        "source": source,
        "type": event.tipo,
        "subject": event.sujeto,
        "time": event.momento.isoformat(),
        "datacontenttype": "application/json",
        "sequence": str(event.secuencia),
        "traceparent": event.traceparent,
        "data": event.datos,
    }


def _backoff(failures: int, first: float, longest: float) -> float:
    """Seconds: doubling, with jitter so that many don't come back at one instant."""
    pause: float = min(first * 2 ** min(failures, 20), longest)
    return pause * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
