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
from comun.db import reader
from comun.events.outbox import backlog
from comun.jobs import ABSENT_SECONDS, WorkState, work_state
from comun.runtime import runtime
from comun.transport import ConnectionPool

logger = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
REMOTE_SECONDS = 1.0  # to reach another service, and for its answer
KEPT_SECONDS = 2.0
KEPT_BAD_SECONDS = 0.2  # whoever waits for a service to become ready should not wait for that
STUCK_SECONDS = 300.0
STARTING_SECONDS = 60.0

# Returns what to tell beside the state; raises when it is bad.
Check = Callable[[], Mapping[str, Any]]


class Readiness:
    """Runs all checks at once, each with a time limit, and keeps the outcome for a moment.

    A check that hangs is not started again before it ends, so that nobody can pile them up by asking. What a
    `report` tells is for those who look after the service: it fails as `desconocido` and makes nothing bad.
    """

    def __init__(self, app: Flask, checks: Mapping[str, Check], reports: Mapping[str, Check]) -> None:
        self._app = app
        self._checks = {**checks, **reports}
        self._failed = {**dict.fromkeys(checks, "mal"), **dict.fromkeys(reports, "desconocido")}
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._running: dict[str, Future[dict[str, Any]]] = {}
        self._outcome: dict[str, dict[str, Any]] = {}
        self._at = float("-inf")

    def outcome(self) -> dict[str, dict[str, Any]]:
        """Check → its state and how long it took; at most KEPT_SECONDS old."""
        with self._lock:
            well = is_well(self._outcome)
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
                outcome[name] = {"estado": self._failed[name], "ms": round(CHECK_SECONDS * 1000)}
        return outcome

    def _measured(self, name: str, check: Check) -> dict[str, Any]:
        started = time.perf_counter()
        try:
            with self._app.app_context():
                found = {"estado": "bien", **check()}
        except Exception as error:
            logger.warning("%s is not well: %s", name, type(error).__name__)
            found = {"estado": self._failed[name]}
        return {**found, "ms": round((time.perf_counter() - started) * 1000)}


def is_well(outcome: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether nothing that those who ask the service need is bad."""
    return all(found["estado"] != "mal" for found in outcome.values())


def register_health(
    app: Flask, context: str, remotes: Mapping[str, str], reports: Mapping[str, Check] | None = None
) -> None:
    """`GET /<context>/health` and `/health/ready`.

    `remotes` are the services without which this one can't work: path context → base URL. They are only
    asked whether they live, so that two which need each other can start. `reports` tell more of the service
    to those who look after it.
    """
    checks: dict[str, Check] = {"base_de_datos": _database}
    if "trust" in app.extensions:
        checks["claves"] = _keys
    checks |= {name: _remote(name, base_url) for name, base_url in remotes.items()}
    watch = _Watch()
    readiness = Readiness(app, checks, {"eventos": watch.events, "trabajos": watch.work, **(reports or {})})
    about = {"servicio": context, "version": version("comun")}

    @public
    def health() -> Response:
        return jsonify({"estado": "vivo", **about})

    @public
    def ready() -> tuple[Response, int]:
        outcome = readiness.outcome()
        well = is_well(outcome)
        state = "listo" if well else "no_listo"
        return jsonify({"estado": state, **about, "comprobaciones": outcome}), 200 if well else 503

    app.add_url_rule(f"/{context}/health", "health", health, methods=["GET"])
    app.add_url_rule(f"/{context}/health/ready", "ready", ready, methods=["GET"])


def _database() -> Mapping[str, Any]:
    with reader(runtime().db.engine) as connection:
        connection.execute(text("SELECT 1"))
    return {}


class _Watch:
    """Events and jobs. A stuck relay or an absent worker takes nothing from those who ask the service."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def events(self) -> Mapping[str, Any]:
        """Per subscriber what it waits for; `atascado` when that takes too long, or when nobody delivers."""
        subscribers = {
            name: {
                "pendientes": found.pending,
                "fallidos": found.failed,
                "atraso_segundos": round(found.lag(), 1),
                "atascado": found.lag() > STUCK_SECONDS,
            }
            for name, found in sorted(backlog().items())
        }
        stuck = any(found["atascado"] for found in subscribers.values())
        return {
            "pendientes": sum(found["pendientes"] for found in subscribers.values()),
            "fallidos": sum(found["fallidos"] for found in subscribers.values()),
            "atascado": stuck or not self._somebody_works(work_state()),
            "suscriptores": subscribers,
        }

    def work(self) -> Mapping[str, Any]:
        """Whether a worker is there, and how each of its jobs does."""
        state = work_state()
        age = state.heartbeat_age()
        return {
            "trabajador_activo": self._somebody_works(state),
            "latido_hace_segundos": None if age is None else round(age, 1),
            "detalle": [
                {
                    "nombre": job.name,
                    "ultimo_inicio": job.last_start and job.last_start.isoformat(),
                    "ultimo_fin": job.last_success and job.last_success.isoformat(),
                    "error": job.error,
                    "en_curso": job.running,
                    "atraso_segundos": round(job.overdue, 1),
                    "atrasado": job.late,
                }
                for job in state.jobs
            ],
        }

    def _somebody_works(self, state: WorkState) -> bool:
        """Whether a worker was there lately. One that starts beside this process has a while to show up."""
        age = state.heartbeat_age()
        starting = time.monotonic() - self._since < STARTING_SECONDS
        return starting or (age is not None and age < ABSENT_SECONDS)


def _keys() -> Mapping[str, Any]:
    """Without a key to verify tokens nobody can be let in. Those once learnt outlast auth_service."""
    if not current_app.extensions["trust"].has_keys():
        raise ConnectionError("no keys known")
    return {}


def _remote(context: str, base_url: str) -> Check:
    pool = ConnectionPool(base_url, size=1)

    def check() -> Mapping[str, Any]:
        timeout = Timeout(connect=REMOTE_SECONDS, read=REMOTE_SECONDS)
        answer = pool.send("GET", f"/{context}/health", body=None, headers={}, timeout=timeout)
        if answer.status != 200:
            raise ConnectionError(f"status {answer.status}")
        return {}

    return check
