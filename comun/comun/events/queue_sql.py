"""The statements of `comun.events.queue`, made once for each pair of tables.

What they are about comes as JSON, so that none grows with the number of events. What is said of states lets
PostgreSQL use the indexes of what waits, which stay small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    Text,
    bindparam,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from comun.db import JsonRows, UtcDateTime
from comun.events.outbox import DELIVERED, PENDING

_FREE = {"arrendada_hasta": None, "arrendada_por": None}
MOMENT = bindparam("moment", type_=UtcDateTime())


@dataclass(frozen=True)
class QueueTables:
    """Where events and their deliveries are, with the columns of the mechanism's own (`comun.tables`).

    `key`: the column that names the receiver. `failed_blocks`: whether an event that was given up on holds back
    those behind it until it is repeated.
    """

    events: Table
    deliveries: Table
    key: Column[Any]
    failed_blocks: bool = True

    def due(self) -> list[ColumnElement[bool]]:
        """Of the deliveries, those to be made by the parameter `moment` that nobody has."""
        table = self.deliveries
        return [
            table.c.estado == PENDING,
            table.c.proximo_intento <= MOMENT,
            or_(table.c.arrendada_hasta.is_(None), table.c.arrendada_hasta <= MOMENT),
        ]


class Statements:
    """What a queue asks and writes on one kind of database."""

    def __init__(self, dialect: str, tables: QueueTables) -> None:
        self._postgresql = dialect == "postgresql"
        self._tables = tables
        self._key, self._deliveries = tables.key, tables.deliveries
        event_id = self._deliveries.c.evento_id.type
        self.some_events = JsonRows(dialect, {"evento_id": event_id})
        self.some_heads = JsonRows(
            dialect, {"receiver": self._key.type, "evento_id": event_id, "sujeto": self._deliveries.c.sujeto.type}
        )
        self.due = self._due_statement()
        self.heads = self._heads_statement(self._deliveries.c.evento_id)
        self.heads_least_tried = self._heads_statement(self._deliveries.c.intentos, self._deliveries.c.evento_id)
        self.lease = self._lease_statement()
        self.queue = self._queue_statement()
        self.events = self._events_statement()
        mine = self._key == bindparam("receiver")
        these = self._deliveries.c.evento_id.in_(self.some_events.select(self.some_events.c["evento_id"]))
        tried = {"intentos": self._deliveries.c.intentos + 1, **_FREE}
        self.delivered = (
            update(self._deliveries)
            .where(mine, these, self._deliveries.c.estado != DELIVERED)
            .values(estado=DELIVERED, entregada_en=MOMENT, ultimo_error=None, **tried)
        )
        self.given_back = (
            update(self._deliveries)
            .where(mine, these, self._deliveries.c.arrendada_por == bindparam("owner"))
            .values(**_FREE)
        )
        self.failed = (
            update(self._deliveries)
            .where(mine, self._deliveries.c.evento_id == bindparam("event"), self._deliveries.c.estado == PENDING)
            .values(
                estado=bindparam("state"),
                proximo_intento=bindparam("due"),
                ultimo_error=bindparam("error"),
                **tried,
            )
        )

    def at_once(self, receivers: Sequence[Any]) -> list[Any]:
        """What `receivers` of one `heads` may be: all; SQLite has no LATERAL, and takes one at a time."""
        return [list(receivers)] if self._postgresql else list(receivers)

    def all_of(self, receivers: Sequence[Any]) -> Any:
        """What `receivers` of `due` are."""
        return list(receivers) if self._postgresql else orjson.dumps(receivers).decode()

    def _receivers(self) -> tuple[Any, Any]:
        """The parameter `receivers` as a table, and its column."""
        if self._postgresql:
            given = bindparam("receivers", type_=ARRAY(self._key.type))
            unnested: Any = func.unnest(cast(given, ARRAY(self._key.type)))
            named = unnested.table_valued(column("receiver", self._key.type)).render_derived(name="pedidos")
            return named, named.c.receiver
        each = func.json_each(bindparam("receivers", type_=Text())).table_valued("value", name="pedidos")
        return each, each.c.value

    def _open(self, table: Any) -> ColumnElement[bool]:
        """What keeps its place in the queue of its subject."""
        undelivered: ColumnElement[bool] = table.c.estado != DELIVERED
        pending: ColumnElement[bool] = table.c.estado == PENDING
        return undelivered if self._tables.failed_blocks else pending

    def _due_statement(self) -> Any:
        named, receiver = self._receivers()
        something = exists().where(self._key == receiver, *self._tables.due())
        return select(receiver).select_from(named).where(something)

    def _heads_statement(self, *order: ColumnElement[Any]) -> Any:
        table, earlier = self._deliveries, self._deliveries.alias("antes")
        named, receiver = self._receivers()
        first = (
            select(func.min(earlier.c.evento_id))
            .where(earlier.c[self._key.name] == self._key, earlier.c.sujeto == table.c.sujeto, self._open(earlier))
            .scalar_subquery()
        )
        heads = (
            select(self._key.label("receiver"), table.c.evento_id, table.c.sujeto)
            .where(*self._tables.due(), table.c.evento_id == first)
            .order_by(*order)
            .limit(bindparam("subjects"))
        )
        if not self._postgresql:
            return heads.where(self._key == bindparam("receivers", type_=self._key.type))
        heads = heads.where(self._key == receiver).correlate(named).with_for_update(skip_locked=True, of=table)
        of_each = heads.lateral("cabezas")
        return select(*of_each.c).select_from(named.join(of_each, true()))

    def _lease_statement(self) -> Any:
        table, given = self._deliveries, self.some_heads.c
        until = bindparam("until", type_=UtcDateTime())
        return (
            update(table)
            .where(self._key == given["receiver"], table.c.evento_id == given["evento_id"], table.c.estado == PENDING)
            .values(arrendada_hasta=until, arrendada_por=bindparam("owner"))
        )

    def _queue_statement(self) -> Any:
        """The places of the queues of these heads, in order."""
        table, given = self._deliveries, self.some_heads.c
        place = func.row_number().over(partition_by=(self._key, table.c.sujeto), order_by=table.c.evento_id)
        columns = (table.c.evento_id, table.c.sujeto, table.c.estado, table.c.intentos, table.c.pendiente_desde)
        mine = (self._key == given["receiver"]) & (table.c.sujeto == given["sujeto"])
        queue = (
            select(self._key.label("receiver"), *columns, place.label("place"))
            .select_from(self.some_heads.source.join(table, mine))
            .where(self._open(table))
            .subquery()
        )
        places = select(*(part for part in queue.c if part.name != "place"))
        return places.where(queue.c.place <= bindparam("longest")).order_by(
            queue.c.receiver, queue.c.sujeto, queue.c.evento_id
        )

    def _events_statement(self) -> Any:
        """The events themselves, their data as the text that they are sent as."""
        events = self._tables.events
        data = cast(events.c.datos, Text()) if self._postgresql else type_coerce(events.c.datos, Text())
        columns = [data.label("datos") if part.name == "datos" else part for part in events.c]
        ids = self.some_events.select(self.some_events.c["evento_id"])
        return select(*columns).where(events.c.id.in_(ids))


@cache
def statements(dialect: str, tables: QueueTables) -> Statements:
    """Those for that kind of database."""
    return Statements(dialect, tables)
