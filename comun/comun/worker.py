"""The worker process of a service: delivers its events and runs its scheduled jobs. Any number may run."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from flask import Flask
from prometheus_client.exposition import start_wsgi_server
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from comun import context, idempotency
from comun.db import insert_if_absent, now, reader
from comun.events.outbox import purge
from comun.events.relay import Relay, RelayOptions
from comun.jobs import put_down_heartbeat
from comun.metrics import JOB_RUNS, metrics_registry
from comun.runtime import Runtime

logger = logging.getLogger(__name__)

TICK, LONGEST_TICK = 0.5, 2.0  # seconds
JOB_THREADS = 4
RETRY_SECONDS = 60.0
ALIVE_SECONDS = 60.0
BEAT_SECONDS = 15.0
STOP_SECONDS = 20.0


@dataclass(frozen=True)
class Job:
    """Work on a schedule: `function` runs in the application's context about every `every_seconds`.

    One replica at a time runs it, under a lease that is renewed while it runs. A replica that was stopped
    for longer than `lease_seconds` may go on beside its successor, so a job does its work in transactions
    that bear that. It commits itself; what it raises is logged, and it runs again at its next turn.
    """

    name: str
    every_seconds: float
    function: Callable[[], object]
    lease_seconds: float = 60.0

    @property
    def renewal_seconds(self) -> float:
        """After how long its lease is renewed: twice it may be missed."""
        return self.lease_seconds / 3


def maintenance_jobs() -> list[Job]:
    """What every service's worker does besides its own jobs."""
    return [
        Job("depurar_eventos", 3600.0, purge),
        Job("depurar_idempotencia", 3600.0, idempotency.purge),
    ]


class Scheduler:
    """Runs jobs when they are due and no other replica has them."""

    def __init__(self, app: Flask, jobs: Sequence[Job]) -> None:
        self._app = app
        self._jobs = jobs
        service: Runtime = app.extensions["comun"]
        self._table = service.tables.jobs
        with app.app_context():
            self._engine = service.db.engine
        self._owner = _owner()
        self._pool = ThreadPoolExecutor(max(1, min(JOB_THREADS, len(jobs))), thread_name_prefix="job")
        self._running: dict[str, Future[None]] = {}
        self._renew_at: dict[str, float] = {}
        self._introduced = False
        self._next: datetime | None = None

    def tick(self) -> int:
        """Start the jobs that are due and renew the leases of those that run; how many were started."""
        if not self._introduced:
            self._introduce()
        started, busy = 0, False
        due = self._due()
        for job in self._jobs:
            future = self._running.get(job.name)
            if future and not future.done():
                self._renew(job)
                busy = True
            elif job.name in due and self._take(job):
                self._running[job.name] = self._pool.submit(self._run, job)
                self._look_by(now() + timedelta(seconds=min(job.every_seconds, job.renewal_seconds)))
                started += 1
        if busy:
            self._next = None
        return started

    def pause(self) -> float:
        """Seconds until the next `tick` makes sense, as the last one saw it; others may have had jobs done since."""
        if self._next is None:
            return TICK
        return min(max(TICK, (self._next - now()).total_seconds()), LONGEST_TICK)

    def _look_by(self, moment: datetime) -> None:
        self._next = moment if self._next is None else min(self._next, moment)

    def finish(self, timeout: float = STOP_SECONDS) -> None:
        """Let the jobs that run end; those that only wait for a thread are given back.

        The leases of the others end with the time that they have for it: whoever does not end by then is killed.
        """
        self._pool.shutdown(wait=False, cancel_futures=True)
        end = time.monotonic() + timeout
        try:
            self._shorten_leases(timeout)
        except SQLAlchemyError as failure:
            logger.error("leases can't be given back; they will end", exc_info=failure)
        for name, future in self._running.items():
            if future.cancelled():
                continue
            try:
                future.result(max(0.0, end - time.monotonic()))
            except FutureTimeout:
                logger.warning("job %s did not end in time", name)

    def _shorten_leases(self, seconds: float) -> None:
        for name, future in self._running.items():
            if future.cancelled():
                self._write(name, arrendado_hasta=None, arrendado_por=None)
            elif not future.done():
                self._write(name, arrendado_hasta=now() + timedelta(seconds=seconds))

    def _introduce(self) -> None:
        """A row for each job that has none, due at once."""
        rows = [{"nombre": job.name, "proxima_vez": now()} for job in self._jobs]
        with self._engine.begin() as connection:
            insert_if_absent(connection, self._table, rows)
        self._introduced = True

    def _is_due(self) -> list[ColumnElement[bool]]:
        moment = now()
        table = self._table
        free = or_(table.c.arrendado_hasta.is_(None), table.c.arrendado_hasta <= moment)
        return [table.c.proxima_vez <= moment, free]

    def _due(self) -> set[str]:
        table = self._table
        with reader(self._engine) as connection:
            rows = connection.execute(select(table.c.nombre, table.c.proxima_vez, table.c.arrendado_hasta)).all()
        names = {job.name for job in self._jobs}
        due = {row.nombre: max(row.proxima_vez, row.arrendado_hasta or row.proxima_vez) for row in rows}
        moment = now()
        self._next = min((at for name, at in due.items() if name in names and at > moment), default=None)
        return {name for name, at in due.items() if at <= moment}

    def _take(self, job: Job) -> bool:
        moment = now()
        taken = (
            update(self._table)
            .where(self._table.c.nombre == job.name, *self._is_due())
            .values(
                arrendado_hasta=moment + timedelta(seconds=job.lease_seconds),
                arrendado_por=self._owner,
                ultimo_inicio=moment,
            )
        )
        with self._engine.begin() as connection:
            mine = connection.execute(taken).rowcount == 1
        self._renew_at[job.name] = time.monotonic() + job.renewal_seconds
        return mine

    def _renew(self, job: Job) -> None:
        if time.monotonic() >= self._renew_at[job.name]:
            self._write(job.name, arrendado_hasta=now() + timedelta(seconds=job.lease_seconds))
            self._renew_at[job.name] = time.monotonic() + job.renewal_seconds

    def _run(self, job: Job) -> None:
        begun, started = now(), time.perf_counter()
        error: str | None = None
        try:
            with self._app.app_context(), context.piece_of_work():
                job.function()
        except Exception as failure:
            error = type(failure).__name__
            logger.error("job %s failed", job.name, exc_info=failure)
        JOB_RUNS.labels(job.name, error or "ok").observe(time.perf_counter() - started)
        pause = min(job.every_seconds, RETRY_SECONDS) if error else job.every_seconds
        outcome = {"ultimo_error": error} if error else {"ultimo_error": None, "ultimo_fin": now()}
        try:
            self._write(
                job.name,
                proxima_vez=max(now(), begun + timedelta(seconds=pause)),
                arrendado_hasta=None,
                arrendado_por=None,
                **outcome,
            )
        except SQLAlchemyError as failure:
            logger.error("job %s can't be put down as done; its lease will end", job.name, exc_info=failure)

    def _write(self, name: str, **values: Any) -> None:
        mine = self._table.c.nombre == name, self._table.c.arrendado_por == self._owner
        with self._engine.begin() as connection:
            connection.execute(update(self._table).where(*mine).values(**values))


class Background(Protocol):
    """Work that goes on beside the relay and the jobs for as long as the worker runs."""

    def start(self) -> None:
        """Begin, in threads of its own."""

    def stop(self, timeout: float) -> None:
        """Finish what is under way, in that many seconds."""

    def alive(self) -> bool:
        """Whether it works, be it at waiting."""


class Heartbeat:
    """What a worker does while all its parts work: touch a file, for the health check of its container, and
    every BEAT_SECONDS put it down in the database, for all who look at the service.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._owner = _owner()
        self._record_at = 0.0
        service = app.extensions["comun"].service
        chosen = _setting(app, "WORKER_HEARTBEAT")
        self.path = Path(chosen or Path(tempfile.gettempdir()) / f"odontocare-{service}-worker.alive")

    def beat(self) -> None:
        """Touch the file, also while the database is away."""
        self.path.touch()

    def record(self) -> None:
        """Put it down in the database when it is time to. Raises SQLAlchemyError."""
        if time.monotonic() >= self._record_at:
            with self._app.app_context():
                put_down_heartbeat(self._owner)
            self._record_at = time.monotonic() + BEAT_SECONDS

    def alive(self) -> bool:
        """Whether a worker touched it lately."""
        try:
            return time.time() - self.path.stat().st_mtime < ALIVE_SECONDS
        except FileNotFoundError:
            return False


def run_worker(
    app: Flask,
    jobs: Sequence[Job],
    options: RelayOptions | None = None,
    background: Sequence[Background] = (),
) -> None:
    """Deliver events, run jobs and what else there is until SIGTERM or SIGINT; finish what is under way; return.

    Serves Prometheus metrics on `<SERVICE>_WORKER_METRICS_PORT` when it is set.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if port := _setting(app, "WORKER_METRICS_PORT"):
        address = _setting(app, "HOST") or "127.0.0.1"
        start_wsgi_server(port, address, metrics_registry(app))
    heartbeat = Heartbeat(app)
    working: list[Background] = [Relay(app, options), *background]
    scheduler = Scheduler(app, [*maintenance_jobs(), *jobs])
    for work in working:
        work.start()
    wait, troubles = 0.0, 0
    while not stop.wait(wait):
        well = all(work.alive() for work in working)
        if well:
            heartbeat.beat()
        try:
            if well:
                heartbeat.record()
            scheduler.tick()
            wait, troubles = scheduler.pause(), 0
        except SQLAlchemyError as error:
            troubles += 1
            wait = min(TICK * 2**troubles, 15.0)
            logger.error("the scheduler can't work", exc_info=error)
    logger.info("worker stops")
    # All at once: each may need the whole of the time that there is.
    with ThreadPoolExecutor(len(working) + 1) as pool:
        ends = [pool.submit(work.stop, STOP_SECONDS) for work in working] + [pool.submit(scheduler.finish)]
    for end in ends:
        end.result()


def _setting(app: Flask, name: str) -> Any:
    service: Runtime = app.extensions["comun"]
    return service.settings.get(f"{service.service.upper().replace('-', '_')}_{name}")


def _owner() -> str:
    """Who holds a lease, different for each part of each process."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
