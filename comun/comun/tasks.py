"""What an event handler can't do itself because it must ask another service: written down, done by the worker.

    pendientes = Tasks(db.metadata)                      # a table of its own; `create_task_table` in a migration
    pendientes.add("cita/7", {"paciente_id": 3})         # in the handler's transaction
    Job("facturar", 2.0, lambda: pendientes.run(ask))    # in the service's jobs

`ask` gets the task outside any transaction and answers what is then done in the one that finishes it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    delete,
    select,
    update,
)

from comun import context
from comun.db import UtcDateTime, changed_rows, now, reader, upsert
from comun.runtime import runtime
from comun.tables import Json

logger = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0  # seconds


@dataclass(frozen=True)
class Task:
    """Something to be done once. `mark` tells one task from another that took its place under the same key."""

    key: str
    data: Mapping[str, Any]
    mark: str
    attempts: int


Effect = Callable[[], None]


class Tasks:
    """The tasks of one kind. Each is done once, whoever is killed; one that fails holds up no other."""

    def __init__(self, metadata: MetaData, table: str = "tarea") -> None:
        self._table = Table(
            table,
            metadata,
            Column("clave", String(80), primary_key=True),
            Column("marca", String(36), nullable=False),
            Column("datos", Json, nullable=False),
            Column("creada_en", UtcDateTime, nullable=False),
            Column("intentos", SmallInteger, nullable=False, server_default="0"),
            Column("proximo_intento", UtcDateTime, nullable=False),
            Column("arrendada_hasta", UtcDateTime),
            Column("ultimo_error", Text),
            Index(f"ix_{table}_proximo_intento", "proximo_intento"),
        )

    def add(self, key: str, data: Mapping[str, Any]) -> None:
        """Have it done once the current transaction commits, in place of another with that key that waits."""
        session, moment = runtime().db.session, now()
        values = {
            "marca": str(uuid.uuid4()),
            "datos": dict(data),
            "creada_en": moment,
            "intentos": 0,
            "proximo_intento": moment,
            "arrendada_hasta": None,
            "ultimo_error": None,
        }
        new = upsert(session.get_bind().dialect, self._table).values(clave=key, **values)
        session.execute(new.on_conflict_do_update(index_elements=[self._table.c.clave], set_=values))

    def withdraw(self, key: str) -> bool:
        """Not to be done after all, in the current transaction. False when there is none, or it was done already."""
        gone = delete(self._table).where(self._table.c.clave == key)
        return changed_rows(runtime().db.session, gone) > 0

    def waiting(self) -> int:
        """How many are not done yet."""
        with reader(runtime().db.engine) as connection:
            return len(connection.scalars(select(self._table.c.clave)).all())

    def run(self, prepare: Callable[[Task], Effect], *, limit: int = 100, lease_seconds: float = 60.0) -> int:
        """Do what is due, the longest waiting first; how many were done. Commits each by itself.

        `prepare` takes less than `lease_seconds`, and may be called again for the same task: what it asks of
        others must bear that.
        """
        done = 0
        for key in self._due(limit):
            if task := self._take(key, lease_seconds):
                with context.piece_of_work():
                    done += self._do(task, prepare)
        return done

    def _due(self, limit: int) -> list[str]:
        query = (
            select(self._table.c.clave).where(*self._is_due()).order_by(self._table.c.proximo_intento).limit(limit)
        )
        with reader(runtime().db.engine) as connection:
            return list(connection.scalars(query))

    def _is_due(self) -> list[ColumnElement[bool]]:
        moment, table = now(), self._table
        free = table.c.arrendada_hasta.is_(None) | (table.c.arrendada_hasta <= moment)
        return [table.c.proximo_intento <= moment, free]

    def _take(self, key: str, seconds: float) -> Task | None:
        """Lease it; None when somebody else has it, or it is gone."""
        table = self._table
        taken = (
            update(table)
            .where(table.c.clave == key, *self._is_due())
            .values(arrendada_hasta=now() + timedelta(seconds=seconds))
            .returning(table.c.clave, table.c.datos, table.c.marca, table.c.intentos)
        )
        with runtime().db.engine.begin() as connection:
            row = connection.execute(taken).one_or_none()
        return Task(row.clave, row.datos, row.marca, row.intentos) if row is not None else None

    def _do(self, task: Task, prepare: Callable[[Task], Effect]) -> int:
        session = runtime().db.session
        try:
            effect = prepare(task)
            # Whoever withdraws it waits for this, or this finds that it was withdrawn.
            if not changed_rows(session, delete(self._table).where(*self._same(task))):
                session.rollback()
                return 0
            effect()
            session.commit()
        except Exception as error:
            session.rollback()
            self._failed(task, error)
            return 0
        return 1

    def _same(self, task: Task) -> list[ColumnElement[bool]]:
        return [self._table.c.clave == task.key, self._table.c.marca == task.mark]

    def _failed(self, task: Task, error: Exception) -> None:
        logger.error("task %s failed", task.key, exc_info=error)
        pause = min(FIRST_PAUSE * 2 ** min(task.attempts, 20), LONGEST_PAUSE)
        values = {
            "intentos": min(task.attempts + 1, 1000),
            "proximo_intento": now() + timedelta(seconds=pause),
            "arrendada_hasta": None,
            "ultimo_error": type(error).__name__,
        }
        with runtime().db.engine.begin() as connection:
            connection.execute(update(self._table).where(*self._same(task)).values(**values))
