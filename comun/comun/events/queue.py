"""What one receiver has not got yet: leased by the head of each subject's queue, recorded when it was tried.

The head is the first event of a subject that was not delivered; its lease covers the events behind it, which
nobody may take before it is delivered. Leases end by themselves, so that whoever dies holds nothing up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)

from comun.db import now, reader
from comun.events.outbox import DELIVERED, PENDING
from comun.transport import Answer


@dataclass(frozen=True)
class Attempt:
    """One event sent once: when, how many seconds it took, and the answer or what went wrong instead."""

    event: Row[Any]
    at: datetime
    seconds: float
    answer: Answer | None = None
    error: str | None = None


@dataclass
class Run:
    """The events of one subject that a lease covers, and how far they got."""

    events: Sequence[Row[Any]]
    delivered: int = 0
    error: str | None = None
    outage: bool = False
    final: bool = False
    retry_after: float | None = None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def next(self) -> Row[Any] | None:
        """The event whose turn it is."""
        return self.events[self.delivered] if self.delivered < len(self.events) else None


@dataclass(frozen=True)
class Verdict:
    """What becomes of an event that was tried in vain. `due`: when it may be tried again."""

    event_id: int
    given_up: bool
    due: datetime
    error: str


# Writes what else is to be kept of a round, in the transaction that records it.
Recorder = Callable[[Connection], None]


@dataclass(frozen=True)
class Queue:
    """The deliveries of `receiver` (a value of the column `key`), and the events that they are of.

    Both tables have the columns of the mechanism's own (`comun.tables`). `failed_blocks`: whether an event
    that was given up on holds back those behind it until it is repeated.
    """

    engine: Engine
    events: Table
    deliveries: Table
    key: Column[Any]
    receiver: Any
    failed_blocks: bool = True

    def anything_due(self) -> bool:
        """Whether something can be leased. Most polls find nothing: on SQLite they must not want the write lock."""
        with reader(self.engine) as connection:
            return bool(connection.scalar(select(self._anything(now()))))

    def _anything(self, moment: datetime) -> ColumnElement[bool]:
        return exists().where(*self._due(moment))

    def lease(
        self, owner: str, seconds: float, subjects: int, longest: int, *, least_tried_first: bool = False
    ) -> list[Run]:
        """Up to `longest` events of each of up to `subjects` subjects, for `owner` alone for that long."""
        moment = now()
        table, earlier = self.deliveries, self.deliveries.alias()
        head = (
            select(func.min(earlier.c.evento_id))
            .where(
                earlier.c[self.key.name] == self.key,
                earlier.c.sujeto == table.c.sujeto,
                self._open(earlier),
            )
            .scalar_subquery()
        )
        heads = (
            select(table.c.evento_id, table.c.sujeto)
            .where(*self._due(moment), table.c.evento_id == head)
            .order_by(*([table.c.intentos] if least_tried_first else []), table.c.evento_id)
            .limit(subjects)
            .with_for_update(skip_locked=True)
        )
        with self.engine.begin() as connection:
            leased = connection.execute(heads).all()
            if not leased:
                return []
            connection.execute(
                update(table)
                .where(self._mine, table.c.evento_id.in_([row.evento_id for row in leased]))
                .values(arrendada_hasta=moment + timedelta(seconds=seconds), arrendada_por=owner)
            )
            return self._runs(connection, [row.sujeto for row in leased], longest)

    def record(self, owner: str, runs: Sequence[Run], verdicts: Sequence[Verdict], also: Recorder | None) -> None:
        """What came of a round: delivered, tried in vain, or given back untouched."""
        table = self.deliveries
        delivered = [event.id for run in runs for event in run.events[: run.delivered]]
        untouched = [run.events[0].id for run in runs if run.delivered == 0 and run.error is None]
        free = {"arrendada_hasta": None, "arrendada_por": None}
        with self.engine.begin() as connection:
            if delivered:
                connection.execute(
                    update(table)
                    .where(self._mine, table.c.evento_id.in_(delivered))
                    .values(
                        estado=DELIVERED,
                        entregada_en=now(),
                        intentos=table.c.intentos + 1,
                        ultimo_error=None,
                        **free,
                    )
                )
            if untouched:
                connection.execute(
                    update(table)
                    .where(self._mine, table.c.evento_id.in_(untouched), table.c.arrendada_por == owner)
                    .values(**free)
                )
            if verdicts:
                connection.execute(
                    update(table)
                    .where(self._mine, table.c.evento_id == bindparam("event"), table.c.estado == PENDING)
                    .values(
                        estado=bindparam("state"),
                        intentos=table.c.intentos + 1,
                        proximo_intento=bindparam("due"),
                        ultimo_error=bindparam("error"),
                        **free,
                    ),
                    [
                        {
                            "event": verdict.event_id,
                            "state": "fallida" if verdict.given_up else "pendiente",
                            "due": verdict.due,
                            "error": verdict.error,
                        }
                        for verdict in verdicts
                    ],
                )
            if also:
                also(connection)

    @property
    def _mine(self) -> ColumnElement[bool]:
        mine: ColumnElement[bool] = self.key == self.receiver
        return mine

    def _open(self, table: Any) -> ColumnElement[bool]:
        """What keeps its place in the queue of its subject."""
        undelivered: ColumnElement[bool] = table.c.estado != DELIVERED
        pending: ColumnElement[bool] = table.c.estado == PENDING
        return undelivered if self.failed_blocks else pending

    def _due(self, moment: datetime) -> list[ColumnElement[bool]]:
        table = self.deliveries
        return [
            self._mine,
            table.c.estado == PENDING,
            table.c.proximo_intento <= moment,
            or_(table.c.arrendada_hasta.is_(None), table.c.arrendada_hasta <= moment),
        ]

    def _runs(self, connection: Connection, subjects: Sequence[str], longest: int) -> list[Run]:
        """The queue of each subject, from its head up to what can't be sent."""
        table, events = self.deliveries, self.events
        place = func.row_number().over(partition_by=table.c.sujeto, order_by=table.c.evento_id)
        queue = (
            select(
                table.c.evento_id,
                table.c.estado,
                table.c.intentos,
                table.c.pendiente_desde,
                place.label("place"),
            )
            .where(self._mine, table.c.sujeto.in_(subjects), self._open(table))
            .subquery()
        )
        rows = connection.execute(
            select(queue.c.estado, queue.c.intentos, queue.c.pendiente_desde, *events.c)
            .join(events, events.c.id == queue.c.evento_id)
            .where(queue.c.place <= longest)
            .order_by(events.c.sujeto, events.c.id)
        )
        queues = (
            list(takewhile(lambda row: row.estado == "pendiente", group))
            for _, group in groupby(rows, lambda row: row.sujeto)
        )
        return [Run(waiting) for waiting in queues if waiting]


def receivers_due(queues: Sequence[Queue]) -> set[Any]:
    """Those of these queues, in one database, for which something can be leased."""
    moment = now()
    looks = [select(literal(queue.receiver)).where(queue._anything(moment)) for queue in queues]
    with reader(queues[0].engine) as connection:
        return set(connection.scalars(union_all(*looks)))
