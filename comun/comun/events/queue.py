"""What the receivers have not got yet: leased by the head of each subject's queue, recorded when it was tried.

The head is the first event of a subject that was not delivered; its lease covers the events behind it, which
nobody may take before it is delivered. Leases end by themselves, so that whoever dies holds nothing up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby, takewhile
from typing import Any

from sqlalchemy import Connection, Engine, Row

from comun.db import now, reader
from comun.events.queue_sql import QueueTables, statements
from comun.transport import Answer


class Waiting:
    """An event that waits for a receiver: what its row says, and `intentos` and `pendiente_desde` of the delivery."""

    __slots__ = ("_event", "intentos", "pendiente_desde")

    def __init__(self, event: Row[Any], intentos: int, pendiente_desde: datetime) -> None:
        self._event, self.intentos, self.pendiente_desde = event, intentos, pendiente_desde

    def __getattr__(self, name: str) -> Any:
        return getattr(self._event, name)


@dataclass(frozen=True)
class Attempt:
    """One event sent once: when, how many seconds it took, and the answer or what went wrong instead."""

    event: Waiting
    at: datetime
    seconds: float
    answer: Answer | None = None
    error: str | None = None


@dataclass
class Run:
    """The events of one subject that a lease covers, and how far they got."""

    events: Sequence[Waiting]
    delivered: int = 0
    error: str | None = None
    outage: bool = False
    final: bool = False
    retry_after: float | None = None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def next(self) -> Waiting | None:
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
class Queues:
    """The deliveries of events to all receivers. A receiver is a value of the column `tables.key`."""

    engine: Engine
    tables: QueueTables

    def due(self, receivers: Sequence[Any]) -> list[Any]:
        """Those of them for whom something can be leased. Never waits for a writer."""
        with reader(self.engine) as connection:
            asked = {"receivers": self._sql.all_of(receivers), "moment": now()}
            return list(connection.scalars(self._sql.due, asked))

    def lease(
        self,
        receivers: Sequence[Any],
        owner: str,
        seconds: float,
        subjects: int,
        longest: int,
        *,
        least_tried_first: bool = False,
    ) -> dict[Any, list[Run]]:
        """For each: up to `longest` events of each of up to `subjects` subjects, for `owner` alone for that long."""
        moment, sql = now(), self._sql
        with self.engine.begin() as connection:
            heads = [
                head
                for some in sql.at_once(receivers)
                for head in connection.execute(
                    sql.heads_least_tried if least_tried_first else sql.heads,
                    {"receivers": some, "moment": moment, "subjects": subjects},
                )
            ]
            if not heads:
                return {}
            leased = self._document([head._mapping for head in heads])
            until = {"until": moment + timedelta(seconds=seconds), "owner": owner}
            connection.execute(sql.lease, {"rows": leased, **until})
            places = connection.execute(sql.queue, {"rows": leased, "longest": longest}).all()
            wanted = self._document([{"evento_id": place.evento_id} for place in places], only_events=True)
            events = {event.id: event for event in connection.execute(sql.events, {"rows": wanted})}
        return _runs(places, events)

    def record(
        self, receiver: Any, owner: str, runs: Sequence[Run], verdicts: Sequence[Verdict], also: Recorder | None
    ) -> None:
        """What came of a round: delivered, tried in vain, or given back untouched."""
        sql, mine = self._sql, {"receiver": receiver}
        delivered = [{"evento_id": event.id} for run in runs for event in run.events[: run.delivered]]
        untouched = [{"evento_id": run.events[0].id} for run in runs if run.delivered == 0 and run.error is None]
        with self.engine.begin() as connection:
            # First, as it may write the receiver's row: who changes a receiver locks that before its deliveries, too.
            if also:
                also(connection)
            if delivered:
                rows = self._document(delivered, only_events=True)
                connection.execute(sql.delivered, {**mine, "rows": rows, "moment": now()})
            if untouched:
                rows = self._document(untouched, only_events=True)
                connection.execute(sql.given_back, {**mine, "rows": rows, "owner": owner})
            if verdicts:
                connection.execute(
                    sql.failed,
                    [
                        {
                            **mine,
                            "event": verdict.event_id,
                            "state": "fallida" if verdict.given_up else "pendiente",
                            "due": verdict.due,
                            "error": verdict.error,
                        }
                        for verdict in verdicts
                    ],
                )

    @cached_property
    def _sql(self) -> Any:
        return statements(self.engine.dialect.name, self.tables)

    def _document(self, rows: Sequence[Mapping[Any, Any]], *, only_events: bool = False) -> str:
        given = self._sql.some_events if only_events else self._sql.some_heads
        document: str = given.document(self.engine.dialect, rows)
        return document


@dataclass(frozen=True)
class Queue:
    """The deliveries to one receiver."""

    queues: Queues
    receiver: Any

    def anything_due(self) -> bool:
        """Whether something can be leased. Most polls find nothing: on SQLite they must not want the write lock."""
        return bool(self.queues.due([self.receiver]))

    def lease(
        self, owner: str, seconds: float, subjects: int, longest: int, *, least_tried_first: bool = False
    ) -> list[Run]:
        """As `Queues.lease`, for this receiver."""
        receivers = [self.receiver]
        found = self.queues.lease(receivers, owner, seconds, subjects, longest, least_tried_first=least_tried_first)
        return found.get(self.receiver, [])

    def record(self, owner: str, runs: Sequence[Run], verdicts: Sequence[Verdict], also: Recorder | None) -> None:
        """As `Queues.record`, for this receiver."""
        self.queues.record(self.receiver, owner, runs, verdicts, also)


def _runs(places: Sequence[Row[Any]], events: Mapping[int, Row[Any]]) -> dict[Any, list[Run]]:
    """The queue of each subject and receiver, from its head up to what can't be sent."""
    runs: dict[Any, list[Run]] = defaultdict(list)
    for (receiver, _subject), queue in groupby(places, lambda place: (place.receiver, place.sujeto)):
        ready = takewhile(lambda place: place.estado == "pendiente" and place.evento_id in events, queue)
        if waiting := [Waiting(events[place.evento_id], place.intentos, place.pendiente_desde) for place in ready]:
            runs[receiver].append(Run(waiting))
    return dict(runs)
