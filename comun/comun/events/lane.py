"""One lane: the way of events to one receiver, another service or a webhook, at least once and in order.

A lane leases what is due (`comun.events.queue`), commits, sends outside any transaction, and records what came
of it. A lane that dies leaves leases that end by themselves; what it sent without recording is sent again, for
the receiver to recognise. An event is only ever sent after its predecessor was acknowledged or together with
it, so that even a lane that slept longer than its lease can't turn the order round.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import orjson
from sqlalchemy import Connection
from urllib3.exceptions import HTTPError

from comun.config import GATHER_SECONDS
from comun.db import now
from comun.errors import Unavailable
from comun.events.queue import Attempt, Queue, Run, Verdict, Waiting
from comun.http import RemoteProblem
from comun.metrics import DELIVERIES
from comun.transport import Answer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LaneOptions:
    """How a lane works. All durations in seconds.

    `subjects` and `run` (events of each) bound what is leased at once. Who works lanes looks for what is due each
    `poll`, or lets events come together for `gather`. The lease is at least four times the
    longest that one delivery may take. `outages_give_up`: whether an event is also given up on while it is the
    receiver that is in trouble; `give_up_tries`: how often it is tried at least, be it as old as it may.
    """

    subjects: int = 100
    run: int = 20
    threads: int = 4
    poll: float = 0.5
    gather: float = GATHER_SECONDS
    lease: float = 45.0
    first_pause: float = 1.0
    longest_pause: float = 600.0
    first_outage_pause: float = 1.0
    longest_outage_pause: float = 60.0
    give_up_after: float = 3 * 86400.0
    give_up_tries: int = 1
    outages_give_up: bool = True


class Refusal(Exception):
    """Raised by a sender: this event can't be taken, for a reason that is no matter of the receiver's health.

    Only this event waits, or is given up on at once when that is `final`. `error` is kept with the delivery.
    """

    def __init__(self, error: str, answer: Answer | None = None, *, final: bool = False) -> None:
        super().__init__(error)
        self.error, self.answer, self.final = error, answer, final


class Sender(Protocol):
    """Takes events to the receiver. `batch`: how many it may take in one go."""

    batch: int

    def send(self, events: Sequence[Waiting]) -> Answer:
        """Send these, all or nothing.

        Raises urllib3's HTTPError, Refusal, or Unavailable/RemoteProblem without a token.
        """

    def is_outage(self, status: int) -> bool:
        """Whether that answer tells of the receiver rather than of the event: then all deliveries wait."""


@dataclass(frozen=True)
class Round:
    """What one step of a lane came to. `pause`: seconds for which the receiver is left alone, 0 when it is well."""

    runs: Sequence[Run]
    pause: float

    @property
    def delivered(self) -> int:
        """How many events arrived."""
        return sum(run.delivered for run in self.runs)


@dataclass
class _Outage:
    """How long a receiver has been out of reach."""

    count: int = 0
    until: float = 0.0
    down: threading.Event = field(default_factory=threading.Event)

    def began(self, pause: float) -> None:
        self.count += 1
        self.until = time.monotonic() + pause

    def ended(self) -> None:
        self.count, self.until = 0, 0.0


class Lane:
    """The way to one receiver. `name` is for logs and metrics.

    `owner`: who holds its leases. `failures`: how many outages in a row the receiver had before. `on_record`
    writes what else is to be kept of a round, in the transaction that records it.
    """

    def __init__(
        self,
        name: str,
        queue: Queue,
        sender: Sender,
        options: LaneOptions,
        stop: threading.Event,
        *,
        owner: str = "",
        failures: int = 0,
        on_record: Callable[[Connection, Round], None] | None = None,
    ) -> None:
        self.name = name
        self._queue = queue
        self._sender = sender
        self._options = options
        self._stop = stop
        self._on_record = on_record
        self._pool = ThreadPoolExecutor(options.threads, thread_name_prefix=f"lane-{name}")
        self._owner = owner or new_owner()
        self._outage = _Outage(failures)
        self._busy, self._troubles = False, 0
        self._beat = time.monotonic()

    def alive(self) -> bool:
        """Whether it is idle, or its work went on lately."""
        return not self._busy or time.monotonic() - self._beat < self._options.lease + 60

    @property
    def free(self) -> bool:
        """Whether it could begin now: it does nothing and leaves nobody alone."""
        return not self._busy and time.monotonic() >= self._outage.until

    @property
    def probing(self) -> bool:
        """Whether the receiver was out of reach: then the lane itself leases one subject at a time."""
        return self._outage.count > 0

    def work(self, runs: Sequence[Run], leased_at: float) -> None:
        """Deliver these, and whatever else is due as long as much is. Logs what fails, and then pauses."""
        try:
            delivered = self.deliver(runs, leased_at) if runs else self.step()
            while delivered >= self._sender.batch and not self._stop.is_set():
                delivered = self.step()
            self._troubles = 0
        except Exception as error:
            self._troubles += 1
            self._outage.until = time.monotonic() + min(0.5 * 2**self._troubles, 15.0)
            logger.error("the way to %s can't work", self.name, exc_info=error)
        finally:
            self._busy = False

    def claim(self) -> None:
        """Not free from now on, until `work` is done."""
        self._busy, self._beat = True, time.monotonic()

    def step(self) -> int:
        """Lease what is due, deliver it, record the outcome; how many events were delivered."""
        leased_at = self._beat = time.monotonic()
        if leased_at < self._outage.until or not self._queue.anything_due():
            return 0
        options = self._options
        subjects = 1 if self.probing else options.subjects
        # What failed last may be what it fails on.
        runs = self._queue.lease(self._owner, options.lease, subjects, options.run, least_tried_first=self.probing)
        return self.deliver(runs, leased_at)

    def deliver(self, runs: Sequence[Run], leased_at: float) -> int:
        """Deliver what was leased and record the outcome; how many events were delivered."""
        if not runs:
            return 0
        end = leased_at + self._options.lease / 2
        self._outage.down.clear()
        list(self._pool.map(lambda parcel: self._deliver(parcel, end), self._parcels(runs)))
        return self._record(runs)

    def close(self) -> None:
        """Wait for what is under way and let the threads go."""
        self._pool.shutdown(wait=True)

    # -- delivering ------------------------------------------------------------------------------

    def _parcels(self, runs: Sequence[Run]) -> Iterator[list[Run]]:
        """Whole runs put together for one call, as many as it may take."""
        parcel: list[Run] = []
        size = 0
        for run in runs:
            if parcel and size + len(run.events) > self._sender.batch:
                yield parcel
                parcel, size = [], 0
            parcel.append(run)
            size += len(run.events)
        yield parcel

    def _deliver(self, parcel: Sequence[Run], end: float) -> None:
        """Send the events at once, or one after the other when they can't be or one of them is refused."""
        events = [event for run in parcel for event in run.events]
        if 1 < len(events) <= self._sender.batch and not self._held_up():
            if self._sent(parcel[0], events):
                for run in parcel:
                    run.delivered = len(run.events)
                return
            if self._held_up():
                return
            parcel[0].error = None
        for run in parcel:
            self._deliver_singly(run, end)

    def _held_up(self) -> bool:
        return self._stop.is_set() or self._outage.down.is_set()

    def _deliver_singly(self, run: Run, end: float) -> None:
        while event := run.next:
            if self._held_up() or time.monotonic() > end or not self._sent(run, [event]):
                return
            run.delivered += 1

    def _sent(self, run: Run, events: Sequence[Waiting]) -> bool:
        """Whether these arrived; what went wrong otherwise is noted in `run`."""
        at, started = now(), time.perf_counter()
        answer: Answer | None = None
        try:
            answer = self._sender.send(events)
        except (Unavailable, RemoteProblem) as problem:
            logger.warning("no token to deliver events with: %s", problem)
            self._outage.down.set()
            return False
        except HTTPError as error:
            run.error, run.outage = type(error).__name__, True
        except Refusal as refusal:
            answer, run.error, run.final = refusal.answer, refusal.error, refusal.final
            run.retry_after = answer.retry_after if answer else None
        except Exception as error:
            logger.error("event %s can't be sent", events[0].evento_id, exc_info=error)
            run.error = type(error).__name__
        else:
            if 200 <= answer.status < 300:
                run.error = None
            else:
                run.error, run.outage = f"HTTP {answer.status}", self._sender.is_outage(answer.status)
                run.retry_after = answer.retry_after
        seconds = time.perf_counter() - started
        DELIVERIES.labels(self.name, run.error or "delivered").inc(len(events))
        if len(events) == 1:
            run.attempts.append(Attempt(events[0], at, seconds, answer, run.error))
        if run.outage:
            self._outage.down.set()
        return run.error is None

    # -- recording -------------------------------------------------------------------------------

    def _record(self, runs: Sequence[Run]) -> int:
        done = Round(runs, self._outage_pause(runs))
        verdicts = [self._verdict(run, done.pause) for run in runs if run.error is not None]
        hook = self._on_record
        self._queue.record(self._owner, runs, verdicts, (lambda connection: hook(connection, done)) if hook else None)
        return done.delivered

    def _outage_pause(self, runs: Sequence[Run]) -> float:
        """Seconds to leave the receiver alone, noted for the next round as well."""
        if not self._outage.down.is_set():
            self._outage.ended()
            return 0.0
        if any(run.delivered for run in runs):
            self._outage.ended()
        options = self._options
        asked = max((run.retry_after or 0.0 for run in runs), default=0.0)
        pause = max(asked, _backoff(self._outage.count, options.first_outage_pause, options.longest_outage_pause))
        pause = min(pause, options.longest_outage_pause)
        self._outage.began(pause)
        logger.warning("%s can't be reached; next attempt in %.1f s", self.name, pause)
        return pause

    def _verdict(self, run: Run, outage_pause: float) -> Verdict:
        event, options, moment = run.events[run.delivered], self._options, now()
        pause = (
            outage_pause
            if run.outage
            else max(run.retry_after or 0.0, _backoff(event.intentos, options.first_pause, options.longest_pause))
        )
        too_long = (moment - event.pendiente_desde).total_seconds() > options.give_up_after
        too_long = too_long and event.intentos + 1 >= options.give_up_tries
        given_up = run.final or (too_long and (options.outages_give_up or not run.outage))
        if given_up:
            logger.error("gave up on event %s for %s: %s", event.evento_id, self.name, run.error)
        return Verdict(event.id, given_up, moment + timedelta(seconds=pause), run.error or "")


def new_owner() -> str:
    """Who holds a lease, different for each part of each process."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


def cloud_event(event: Any, source: str) -> dict[str, Any]:
    """An event's row as a CloudEvents 1.0 document for orjson, whether its data are JSON text or what it tells."""
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
        "data": orjson.Fragment(event.datos) if isinstance(event.datos, str) else event.datos,
    }


def _backoff(failures: int, first: float, longest: float) -> float:
    """Seconds: doubling, with jitter so that many don't come back at one instant."""
    pause: float = min(first * 2 ** min(failures, 20), longest)
    return pause * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
