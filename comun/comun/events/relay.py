"""The relay: takes events from the outbox to their subscribers, in order per subject, at least once.

Several may run at once, in as many processes. One look finds what is due for all subscribers; each has a lane of
its own that delivers it, so that none waits for another. How a lane works says `comun.events.lane`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import orjson
from flask import Flask
from urllib3 import Timeout

from comun.config import GATHER_SECONDS
from comun.events.lane import Lane, LaneOptions, cloud_event, new_owner
from comun.events.outbox import replay
from comun.events.queue import Queue, Queues, Run, Waiting
from comun.events.queue_sql import QueueTables
from comun.runtime import Runtime
from comun.transport import Answer, ConnectionPool

__all__ = ["Relay", "RelayOptions", "replay"]

logger = logging.getLogger(__name__)

EVENTS_PATH = "/interno/eventos"
BATCH = 100

_SUBSCRIBER_TROUBLE = frozenset({401, 403, 404, 405, 429, 502, 503, 504})


@dataclass(frozen=True)
class RelayOptions(LaneOptions):
    """How the relay works; `timeout` is (connect, read) of one delivery."""

    timeout: tuple[float, float] = (1.0, 10.0)
    # What waited for days behind another, or for the subscriber, may meet a passing trouble when its turn comes.
    give_up_tries: int = 10


class Relay:
    """Delivers a service's events to all its subscribers. `token` gives the bearer token to send."""

    def __init__(
        self, app: Flask, options: RelayOptions | None = None, *, token: Callable[[], str] | None = None
    ) -> None:
        self._stop = threading.Event()
        service: Runtime = app.extensions["comun"]
        token = token or app.extensions.get("service_tokens")
        options = options or RelayOptions(gather=service.settings.get("EVENT_GATHER_SECONDS", GATHER_SECONDS))
        with app.app_context():
            engine = service.db.engine
        deliveries = service.tables.deliveries
        self._options, self._owner = options, new_owner()
        self._queues = Queues(engine, QueueTables(service.tables.outbox, deliveries, deliveries.c.suscriptor))
        self.lanes = [
            Lane(
                name,
                Queue(self._queues, name),
                _ServiceSender(subscriber.url, f"/{service.service}", options, token),
                options,
                self._stop,
                owner=self._owner,
            )
            for name, subscriber in service.subscribers.items()
        ]
        self._pool = ThreadPoolExecutor(max(1, len(self.lanes)), thread_name_prefix="relay")
        self._thread = threading.Thread(target=self._loop, name="relay", daemon=True)
        self._under_way: list[Future[None]] = []
        self._beat = time.monotonic()

    def run_once(self) -> int:
        """One round for every subscriber, all at the same time; how many events were delivered."""
        rounds = [
            self._pool.submit(lane.deliver, runs, leased_at) if runs else self._pool.submit(lane.step)
            for lane, runs, leased_at in self._look()
        ]
        return sum(done.result() for done in rounds)

    def start(self) -> None:
        """Deliver in background threads until `stop`."""
        if self.lanes:
            self._thread.start()

    def stop(self, timeout: float = 20.0) -> None:
        """Finish the deliveries under way, give back the leases and end."""
        self._stop.set()
        end = time.monotonic() + timeout
        if self.lanes:
            self._thread.join(timeout)
        wait(self._under_way, max(0.0, end - time.monotonic()))
        self._pool.shutdown(wait=False)
        for lane in self.lanes:
            lane.close()

    def alive(self) -> bool:
        """Whether it works, be it at waiting for a subscriber or for the database."""
        looks = not self.lanes or time.monotonic() - self._beat < self._options.lease + 60
        return looks and all(lane.alive() for lane in self.lanes)

    def _loop(self) -> None:
        """Look what is due, let the lanes deliver it, and let events come together meanwhile."""
        pause, troubles = 0.0, 0
        while not self._stop.wait(pause):
            self._beat = time.monotonic()
            try:
                self._begin()
                # Looking in vain may be slow, when many events wait behind failed ones: then less often.
                pause = max(self._options.gather, 5 * (time.monotonic() - self._beat))
                troubles = 0
            except Exception as error:
                troubles += 1
                pause = min(0.5 * 2**troubles, 15.0)
                logger.error("the relay can't look for events", exc_info=error)

    def _begin(self) -> None:
        self._under_way = [work for work in self._under_way if not work.done()]
        for lane, runs, leased_at in self._look():
            lane.claim()
            self._under_way.append(self._pool.submit(lane.work, runs, leased_at))

    def _look(self) -> list[tuple[Lane, Sequence[Run], float]]:
        """The lanes that have something to do: with what was leased for them, or with nothing to find it themselves.

        One look for all of them: most find the same events.
        """
        lanes = {lane.name: lane for lane in self.lanes if lane.free}
        due = self._queues.due([*lanes]) if lanes else []
        well = [name for name in due if not lanes[name].probing]
        options, leased_at = self._options, time.monotonic()
        leased: dict[str, list[Run]] = {}
        if well:
            leased = self._queues.lease(well, self._owner, options.lease, options.subjects, options.run)
        return [
            (lanes[name], leased.get(name, ()), leased_at) for name in due if name in leased or lanes[name].probing
        ]


class _ServiceSender:
    """Another service's `/interno/eventos`: one event as a CloudEvents document, several as a list of them."""

    batch = BATCH

    def __init__(self, url: str, source: str, options: RelayOptions, token: Callable[[], str] | None) -> None:
        self._source = source
        self._timeout = options.timeout
        self._token = token
        self._http = ConnectionPool(url, size=options.threads)

    def send(self, events: Sequence[Waiting]) -> Answer:
        documents = [cloud_event(event, self._source) for event in events]
        kind = "cloudevents" if len(events) == 1 else "cloudevents-batch"
        headers = {
            "Content-Type": f"application/{kind}+json; charset=utf-8",
            "Accept": "application/json",
            "X-Request-ID": events[0].evento_id,
            "traceparent": events[0].traceparent,
        }
        token = self._token() if self._token else None
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connect, read = self._timeout
        answer = self._http.send(
            "POST",
            EVENTS_PATH,
            body=orjson.dumps(documents[0] if len(documents) == 1 else documents),
            headers=headers,
            timeout=Timeout(connect=connect, read=read, total=connect + read),
        )
        if answer.status == 401 and (discard := getattr(self._token, "discard", None)):
            discard(token)
        return answer

    def is_outage(self, status: int) -> bool:
        return status in _SUBSCRIBER_TROUBLE
