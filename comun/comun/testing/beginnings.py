"""What many tests begin with: written by the service itself the first times, then its rows are put back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import deepcopy
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, Table, event, func, select, text

from comun.runtime import Runtime

Rows = list[tuple[Table, list[dict[str, Any]]]]


class Beginnings:
    """Of one application, whose database is empty whenever `forget` is called."""

    def __init__(self, app: Flask, keep: frozenset[str]) -> None:
        runtime: Runtime = app.extensions["comun"]
        with app.app_context():
            self._engine = runtime.db.engine
        self._metadata, self._keep = runtime.db.metadata, keep
        self._seen: set[Hashable] = set()
        self._kept: dict[Hashable, tuple[Any, Rows]] = {}
        self._written = True
        event.listen(self._engine, "commit", self._write)

    def _write(self, _connection: Connection) -> None:
        self._written = True

    def forget(self) -> None:
        """The database is as it was before anybody wrote."""
        self._written = False

    def begin(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` gives, with the rows that it writes. Really called unless nothing was written yet and it was
        called so twice before.
        """
        if self._written:
            return make()
        if key in self._kept:
            made, rows = self._kept[key]
            put_back(self._engine, rows)
            return deepcopy(made)
        made = make()
        if key in self._seen:
            self._kept[key] = deepcopy(made), rows_of(self._engine, self._metadata, self._keep)
        self._seen.add(key)
        return made


def rows_of(engine: Engine, metadata: MetaData, keep: frozenset[str]) -> Rows:
    """All rows but those of the tables in `keep`."""
    with engine.connect() as connection:
        found = [
            (table, [dict(row) for row in connection.execute(select(*_plain(table))).mappings()])
            for table in metadata.sorted_tables
            if table.name not in keep
        ]
    return [(table, rows) for table, rows in found if rows]


def _plain(table: Table) -> list[Any]:
    return [column for column in table.columns if column.computed is None]


def put_back(engine: Engine, kept: Rows) -> None:
    """Write them again, as they are, into empty tables; counters go on behind them."""
    with engine.begin() as connection:
        postgresql = connection.dialect.name == "postgresql"
        # Rows that refer to each other are whole only when all are there.
        connection.execute(_WHOLE_AT_THE_END[postgresql])
        for table, rows in kept:
            connection.execute(table.insert(), rows)
            if postgresql and (column := table.autoincrement_column) is not None:
                counter = func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(select(func.setval(counter, max(row[column.name] for row in rows))))


_WHOLE_AT_THE_END = (text("PRAGMA defer_foreign_keys = ON"), text("SET LOCAL session_replication_role = replica"))
