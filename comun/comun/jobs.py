"""How a service's worker and its scheduled jobs are doing, as its database knows: for those who look after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from comun.db import insert_if_absent, now, reader
from comun.runtime import runtime

# The row of `trabajo` in which workers put down that they are there. No job may have this name.
HEARTBEAT = "latido"
LATE_SECONDS = 300.0
ABSENT_SECONDS = 60.0


@dataclass(frozen=True)
class JobState:
    """How a job is doing. `error` is the class of what its last run raised, None when that ended well.

    `last_success` is when it last ended well, `overdue` for how many seconds it has been due with nobody at it.
    """

    name: str
    last_start: datetime | None = None
    last_success: datetime | None = None
    error: str | None = None
    running: bool = False
    overdue: float = 0.0

    @property
    def late(self) -> bool:
        """Whether nobody took it for so long that nobody seems to be there to."""
        return self.overdue > LATE_SECONDS


@dataclass(frozen=True)
class WorkState:
    """All jobs of a service in the order of their names, and when a worker was last there."""

    jobs: list[JobState]
    heartbeat: datetime | None

    def heartbeat_age(self) -> float | None:
        """Seconds since a worker was last there; None when none ever was."""
        return max(0.0, (now() - self.heartbeat).total_seconds()) if self.heartbeat else None


def work_state() -> WorkState:
    """What the database knows of the worker and of the jobs that this version of the service has."""
    service = runtime()
    table = service.tables.jobs
    with reader(service.db.engine) as connection:
        rows: Mapping[str, Row[Any]] = {row.nombre: row for row in connection.execute(select(table))}
    beat = rows.get(HEARTBEAT)
    return WorkState(
        [_state(name, rows.get(name)) for name in sorted(service.jobs)], beat.ultimo_fin if beat else None
    )


def put_down_heartbeat(owner: str) -> None:
    """Tell those who look that a worker is there and all its parts work. Commits."""
    service = runtime()
    table, moment = service.tables.jobs, now()
    seen = {"proxima_vez": moment, "ultimo_fin": moment, "arrendado_por": owner}
    beat = update(table).where(table.c.nombre == HEARTBEAT).values(seen)
    with service.db.engine.begin() as connection:
        if connection.execute(beat).rowcount == 0:
            insert_if_absent(connection, table, [{"nombre": HEARTBEAT, **seen}])


def _state(name: str, row: Row[Any] | None) -> JobState:
    if row is None:
        return JobState(name)
    running = row.arrendado_hasta is not None and row.arrendado_hasta > now()
    return JobState(
        name=name,
        last_start=row.ultimo_inicio,
        last_success=row.ultimo_fin,
        error=row.ultimo_error,
        running=running,
        overdue=0.0 if running else max(0.0, (now() - row.proxima_vez).total_seconds()),
    )
