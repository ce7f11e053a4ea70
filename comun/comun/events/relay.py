"""The relay: takes events from the outbox to their subscribers, in order per subject, at least once.

Several may run at once, in as many processes. Each subscriber has a lane of its own, so that none waits for
another; how a lane works says `comun.events.lane`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from comun.events.lane import Lane, RelayOptions
from comun.events.outbox import replay
from comun.runtime import Runtime

__all__ = ["Relay", "RelayOptions", "replay"]


class Relay:
    """Delivers a service's events to all its subscribers. `token` gives the bearer token to send."""

    def __init__(
        self, app: Flask, options: RelayOptions | None = None, *, token: Callable[[], str] | None = None
    ) -> None:
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        service: Runtime = app.extensions["comun"]
        token = token or app.extensions.get("service_tokens")
        self.lanes = [
            Lane(app, name, url, options or RelayOptions(), token, self._stop)
            for name, url in service.subscribers.items()
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
            thread = threading.Thread(target=lane.loop, name=f"relay-{lane.subscriber}", daemon=True)
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
