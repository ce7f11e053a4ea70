"""What calls to other services go through: a pool of connections, and a breaker that knows who is down."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pybreaker
from urllib3 import HTTPConnectionPool, Timeout, connection_from_url

from comun.metrics import BREAKER_OPEN


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def retry_after(self) -> float | None:
        """Seconds that the other asks to wait, if it does."""
        text = self.headers.get("Retry-After") or ""
        if text.isdecimal():
            return float(text)
        try:
            return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError):
            return None


class ConnectionPool:
    """Keep-alive connections to one base URL. Safe with threads and forks; no proxies, no redirects."""

    def __init__(self, base_url: str, *, size: int = 10) -> None:
        self._base_url = base_url.rstrip("/")
        self._prefix = urlsplit(self._base_url).path
        self._size = size
        self._pool: tuple[int, HTTPConnectionPool] | None = None

    def send(
        self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str], timeout: Timeout
    ) -> Answer:
        """One attempt. Raises urllib3's HTTPError when no whole answer came."""
        response = self._current().urlopen(
            method,
            self._prefix + path,
            body=body,
            headers=dict(headers),
            timeout=timeout,
            retries=False,
            redirect=False,
        )
        return Answer(response.status, response.headers, response.data)

    def _current(self) -> HTTPConnectionPool:
        # Two processes that share a socket after a fork would read each other's answers.
        if self._pool is None or self._pool[0] != os.getpid():
            self._pool = os.getpid(), connection_from_url(self._base_url, maxsize=self._size)
        return self._pool[1]


# How long others wait for the outcome of a probe.
PROBE_SECONDS = 1.0


class BreakerOpen(Exception):
    """Not even tried: the service was down a moment ago."""


class Failure(Exception):
    """The service could not be used. `retry_after`: the seconds that it asks to wait, when it said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Breaker:
    """Consecutive failures make the next calls fail at once, until one probe gets through.

    pybreaker keeps its lock for as long as the call that it wraps takes, which would let one call through at
    a time; so it is only told of outcomes.
    """

    def __init__(self, name: str, *, failures: int, seconds: float) -> None:
        self._name = name
        self._seconds = seconds
        self._storage = pybreaker.CircuitMemoryStorage(pybreaker.STATE_CLOSED)
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=failures, reset_timeout=seconds, state_storage=self._storage, name=name
        )
        self._settled = threading.Condition()
        self._probing = False

    @property
    def is_open(self) -> bool:
        return bool(self._storage.state != pybreaker.STATE_CLOSED)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one call. A Failure counts against the service; an end without one shows that it lives.

        Raises BreakerOpen instead of letting the call begin.
        """
        probe = self._admit()
        try:
            yield
        except Failure:
            self._tell(self._fail)
            raise
        else:
            self._tell(lambda: None)
        finally:
            if probe:
                with self._settled:
                    self._probing = False
                    self._settled.notify_all()

    def _admit(self) -> bool:
        with self._settled:
            # Whoever comes while the probe is out waits for what it finds: the service may be back.
            self._settled.wait_for(lambda: not self._probing, PROBE_SECONDS)
            opened_at = self._storage.opened_at
            if not self.is_open or opened_at is None:
                return False
            if self._probing or datetime.now(UTC) < opened_at + timedelta(seconds=self._seconds):
                raise BreakerOpen(self._name)
            self._probing = True
            return True

    def _tell(self, outcome: Callable[[], None]) -> None:
        try:
            self._breaker.call(outcome)
        except (Failure, pybreaker.CircuitBreakerError):
            pass
        BREAKER_OPEN.labels(self._name).set(int(self.is_open))

    def _fail(self) -> None:
        raise Failure(self._name)
