"""The relay: takes events from the outbox to their subscribers, in order per subject, at least once.

Several may run at once, in as many processes. Each subscriber has a lane of its own, so that none waits for
another; how a lane works says `comun.events.lane`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import Row
from urllib3 import Timeout

from comun.config import GATHER_SECONDS
from comun.events.lane import Lane, LaneOptions, Lookout, cloud_event
from comun.events.outbox import replay
from comun.events.queue import Queue
from comun.runtime import Runtime
from comun.transport import Answer, ConnectionPool

__all__ = ["Relay", "RelayOptions", "replay"]

EVENTS_PATH = "/interno/eventos"
BATCH = 100

_SUBSCRIBER_TROUBLE = frozenset({401, 403, 404, 405, 429, 502, 503, 504})


@dataclass(frozen=True)
class RelayOptions(LaneOptions):
    """How the relay works; `timeout` is (connect, read) of one delivery."""

    timeout: tuple[float, float] = (1.0, 10.0)


class Relay:
    """Delivers a service's events to all its subscribers. `token` gives the bearer token to send."""

    def __init__(
        self, app: Flask, options: RelayOptions | None = None, *, token: Callable[[], str] | None = None
    ) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        service: Runtime = app.extensions["comun"]
        token = token or app.extensions.get("service_tokens")
        options = options or RelayOptions(gather=service.settings.get("EVENT_GATHER_SECONDS", GATHER_SECONDS))
        with app.app_context():
            engine = service.db.engine
        outbox, deliveries = service.tables.outbox, service.tables.deliveries
        queues = [Queue(engine, outbox, deliveries, deliveries.c.suscriptor, name) for name in service.subscribers]
        lookout = Lookout(queues, options.poll)
        self.lanes = [
            Lane(
                queue.receiver,
                queue,
                _ServiceSender(service.subscribers[queue.receiver], f"/{service.service}", options, token),
                options,
                self._stop,
                lookout=lookout,
            )
            for queue in queues
        ]

    def run_once(self) -> int:
        """One round for every subscriber, all at the same time; how many events were delivered."""
        if not self.lanes:
            return 0
        with ThreadPoolExecutor(len(self.lanes)) as pool:
            return sum(pool.map(Lane.step, self.lanes))

    def start(self) -> None:
        """Deliver in background threads until `stop`."""
        for lane in self.lanes:
            thread = threading.Thread(target=lane.loop, name=f"relay-{lane.name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float = 20.0) -> None:
        """Finish the deliveries under way, give back the leases and end."""
        self._stop.set()
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def alive(self) -> bool:
        """Whether every lane works, be it at waiting for a subscriber or for the database."""
        return all(lane.alive() for lane in self.lanes)


class _ServiceSender:
    """Another service's `/interno/eventos`: one event as a CloudEvents document, several as a list of them."""

    batch = BATCH

    def __init__(self, url: str, source: str, options: RelayOptions, token: Callable[[], str] | None) -> None:
        self._source = source
        self._timeout = options.timeout
        self._token = token
        self._http = ConnectionPool(url, size=options.threads)

    def send(self, events: Sequence[Row[Any]]) -> Answer:
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
