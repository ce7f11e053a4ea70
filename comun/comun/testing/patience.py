"""Limits of time that only hold up who waits in vain: under test they are long, for a machine may stand still."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from comun import engine, health, http

PATIENCE = 60  # seconds
_PATIENT: dict[tuple[Any, str], Any] = {
    (http, "TIMEOUT"): (PATIENCE, PATIENCE),
    (engine, "CONNECT_SECONDS"): PATIENCE,
    (engine, "POOL_SECONDS"): PATIENCE,
    (engine, "LOCK_SECONDS"): PATIENCE,
    (engine, "STATEMENT_SECONDS"): PATIENCE,
    (engine, "SQLITE_BUSY_SECONDS"): PATIENCE,
    (health, "CHECK_SECONDS"): PATIENCE,
    (health, "REMOTE_SECONDS"): PATIENCE,
}
_OWN = {(module, name): getattr(module, name) for module, name in _PATIENT}


def be_patient() -> None:
    """From now on this process waits so long. What tries a limit says what it is, or has `own_limits`."""
    _put(_PATIENT)


@contextmanager
def own_limits() -> Iterator[None]:
    """Those that services have by themselves, for clients and engines that are made meanwhile."""
    _put(_OWN)
    try:
        yield
    finally:
        be_patient()


def until(condition: Callable[[], object], seconds: float = 2 * PATIENCE) -> None:
    """Return when it has come true, by what others do."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.01)


def _put(limits: dict[tuple[Any, str], Any]) -> None:
    for (module, name), value in limits.items():
        setattr(module, name, value)
