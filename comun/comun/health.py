"""Liveness and readiness: is the process there, and has it what it can't work without."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from importlib.metadata import version
from typing import Any

from flask import Flask, Response, current_app, jsonify
from sqlalchemy import text
from urllib3 import Timeout

from comun.auth.permissions import public
from comun.db import now, reader
from comun.events.outbox import backlog
from comun.runtime import runtime
from comun.transport import ConnectionPool

logger = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
KEPT_SECONDS = 2.0
KEPT_BAD_SECONDS = 0.2  # whoever waits for a service to become ready should not wait for that
STUCK_SECONDS = 300.0

# Returns what to tell beside the state; raises when it is bad.
Check = Callable[[], Mapping[str, Any]]


class Readiness:
    """Runs all checks at once, each with a time limit, and keeps the outcome for a moment.

    A check that hangs is not started again before it ends, so that nobody can pile them up by asking.
    """

    def __init__(self, app: Flask, checks: Mapping[str, Check]) -> None:
        self._app = app
        self._checks = checks
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[str, Future[dict[str, Any]]] = {}
        self._outcome: dict[str, dict[str, Any]] = {}
        self._at = float("-inf")

    def outcome(self) -> dict[str, dict[str, Any]]:
        """Check → its state and how long it took; at most KEPT_SECONDS old."""
        with self._lock:
            well = all(found["estado"] == "bien" for found in self._outcome.values())
            if time.monotonic() - self._at > (KEPT_SECONDS if well else KEPT_BAD_SECONDS):
                self._outcome = self._run()
                self._at = time.monotonic()
            return self._outcome

    def _run(self) -> dict[str, dict[str, Any]]:
        # Threads don't survive the fork of a preloading server, so not before the first request.
        self._pool = self._pool or ThreadPoolExecutor(len(self._checks), thread_name_prefix="health")
        for name, check in self._checks.items():
            if name not in self._running:
                self._running[name] = self._pool.submit(self._measured, name, check)
        end = time.monotonic() + CHECK_SECONDS
        outcome = {}
        for name, future in list(self._running.items()):
            try:
                outcome[name] = future.result(max(0.0, end - time.monotonic()))
                del self._running[name]
            except FutureTimeout:
                outcome[name] = {"estado": "mal", "ms": round(CHECK_SECONDS * 1000)}
        return outcome

    def _measured(self, name: str, check: Check) -> dict[str, Any]:
        started = time.perf_counter()
        try:
            with self._app.app_context():
                found = {"estado": "bien", **check()}
        except Exception as error:
            logger.warning("%s is not well: %s", name, type(error).__name__)
            found = {"estado": "mal"}
        return {**found, "ms": round((time.perf_counter() - started) * 1000)}


def register_health(app: Flask, context: str, remotes: Mapping[str, str]) -> None:
    """`GET /<context>/health` and `/health/ready`.

    `remotes` are the services without which this one can't work: path context → base URL. They are only
    asked whether they live, so that two which need each other can start.
    """
    checks: dict[str, Check] = {"base_de_datos": _database, "eventos": _events}
    if "trust" in app.extensions:
        checks["claves"] = _keys
    checks |= {name: _remote(name, base_url) for name, base_url in remotes.items()}
    readiness = Readiness(app, checks)
    about = {"servicio": context, "version": version("comun")}

    @public
    def health() -> Response:
        return jsonify({"estado": "vivo", **about})

    @public
    def ready() -> tuple[Response, int]:
        outcome = readiness.outcome()
        well = all(found["estado"] == "bien" for found in outcome.values())
        state = "listo" if well else "no_listo"
        return jsonify({"estado": state, **about, "comprobaciones": outcome}), 200 if well else 503

    app.add_url_rule(f"/{context}/health", "health", health, methods=["GET"])
    app.add_url_rule(f"/{context}/health/ready", "ready", ready, methods=["GET"])


def _database() -> Mapping[str, Any]:
    with reader(runtime().db.engine) as connection:
        connection.execute(text("SELECT 1"))
    return {}


def _events() -> Mapping[str, Any]:
    """Never bad: a stuck relay takes nothing from those who ask this service."""
    figures = backlog()
    oldest = min((found.oldest for found in figures.values() if found.oldest), default=None)
    age = (now() - oldest).total_seconds() if oldest else 0.0
    return {
        "pendientes": sum(found.pending for found in figures.values()),
        "fallidos": sum(found.failed for found in figures.values()),
        "atascado": age > STUCK_SECONDS,
    }


def _keys() -> Mapping[str, Any]:
    """Without a key to verify tokens nobody can be let in. Those once learnt outlast auth_service."""
    if not current_app.extensions["trust"].has_keys():
        raise ConnectionError("no keys known")
    return {}


def _remote(context: str, base_url: str) -> Check:
    pool = ConnectionPool(base_url, size=1)

    def check() -> Mapping[str, Any]:
        timeout = Timeout(connect=1.0, read=1.0)
        answer = pool.send("GET", f"/{context}/health", body=None, headers={}, timeout=timeout)
        if answer.status != 200:
            raise ConnectionError(f"status {answer.status}")
        return {}

    return check
