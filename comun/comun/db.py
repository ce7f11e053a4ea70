"""The database as the services use it: PostgreSQL where deployed, SQLite (WAL) embedded."""

import logging
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Flask, has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ColumnElement, DateTime, Engine, MetaData, Table, bindparam, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

logger = logging.getLogger(__name__)

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SQLITE_BUSY_SECONDS = 20

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware timestamps only. `timestamptz` on PostgreSQL, UTC text on SQLite; comes back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive timestamp")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return datetime.now(UTC)


def normalise_url(url: str) -> str:
    """A database URL with the driver that is installed (`postgresql://` would mean psycopg 3)."""
    return re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg2://", url)


def engine_options(url: str, pool_size: int) -> dict[str, Any]:
    """Flask-SQLAlchemy engine options for `url`; `pool_size` is at least the number of threads."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": SQLITE_BUSY_SECONDS}, "pool_size": pool_size, "max_overflow": 2}
    return {
        "pool_size": pool_size,
        "max_overflow": 2,
        "pool_timeout": 10,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": 3,
            "options": "-c timezone=UTC -c statement_timeout=25000"
            " -c idle_in_transaction_session_timeout=60000 -c lock_timeout=15000",
        },
    }


def make_database() -> SQLAlchemy:
    """The service's database extension, with metadata of its own. Objects stay readable after the commit."""

    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention=NAMING)  # named constraints, so that errors are mapped by name

    db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "autoflush": True})
    event.listen(db.session, "after_flush", _has_written)
    event.listen(db.session, "after_commit", _has_ended)
    event.listen(db.session, "after_rollback", _has_ended)
    return db


def let_go_of_lost_connections(app: Flask, db: SQLAlchemy) -> None:
    """After `db.init_app`: an answer that is ready goes out although its connection dies before it is given back."""

    @app.teardown_appcontext
    def let_go(_error: BaseException | None) -> None:
        try:
            db.session.remove()
        except DBAPIError as error:
            logger.warning("a database connection was lost after its work: %s", type(error).__name__)


def _has_written(session: Session, _flush: object) -> None:
    session.info["has_written"] = True


def _has_ended(session: Session) -> None:
    session.info.pop("has_written", None)


def configure_engine(engine: Engine) -> None:
    """Give SQLite what PostgreSQL has by itself: foreign keys, and transactions that begin when told."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below; the driver's own comes too late.
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-4000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later can't wait for the writer before it: take the
        # write lock at once, unless the request only reads.
        reading = connection.get_execution_options().get("only_reads") or (
            has_request_context() and request.method in READING_METHODS
        )
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def upsert(dialect: Dialect, table: Any) -> Any:
    """An INSERT that knows `on_conflict_do_update`, on both databases."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


def insert_if_absent(dialect: Dialect, table: Table) -> Any:
    """INSERT … ON CONFLICT DO NOTHING: waits while another transaction is about to insert the same key."""
    return upsert(dialect, table).on_conflict_do_nothing()


def new_ids(session: Session | Any, table: Table, count: int) -> range | list[int]:
    """Keys for so many new rows of a table with an integer key, ascending: so that they can be inserted in bulk.

    On SQLite only inside a transaction that writes, which no other can overtake.
    """
    key = table.primary_key.columns[0]
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        return sorted(session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count))))
    first = (session.scalar(select(func.max(key))) or 0) + 1
    return range(first, first + count)


def reader(engine: Engine) -> Connection:
    """A connection outside any session for a transaction that only reads: it never waits for a writer."""
    return engine.connect().execution_options(only_reads=True)


_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<index>[^']+)'|(?P<columns>.+))")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (?P<name>\w+)")


def constraint_name(error: IntegrityError) -> str:
    """The name of the violated constraint, the same on both databases; empty when it can't be told.

    SQLite names columns instead of a unique constraint: they are put together as the naming convention
    does. A trigger that guards something aborts with the name of what it guards.
    """
    diag = getattr(error.orig, "diag", None)
    if diag is not None:
        return diag.constraint_name or ""
    text = str(error.orig)
    if unique := _SQLITE_UNIQUE.match(text):
        if unique["index"]:
            return unique["index"]
        columns = [column.strip().split(".") for column in unique["columns"].split(",")]
        return f"uq_{columns[0][0]}_" + "_".join(column[-1] for column in columns)
    if check := _SQLITE_CHECK.match(text):
        return check["name"]
    return text if re.fullmatch(r"\w+", text) else ""


def release(session: Session | Any) -> None:
    """End a transaction that has only read, so that a slow remote call holds no connection.

    RuntimeError when it has unsaved changes, flushed or not: half of the work would be committed.
    """
    if session.new or session.dirty or session.deleted or session.info.get("has_written"):
        raise RuntimeError("release() with unsaved changes")
    session.commit()


def changed_rows(session: Session | Any, statement: Any) -> int:
    """Run an INSERT, UPDATE or DELETE; how many rows it touched. Objects that were loaded before don't notice."""
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    return int(result.rowcount)


def upsert_newer(
    session: Session | Any,
    table: Any,
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    order: str = "secuencia",
    computed: ColumnElement[Any] | None = None,
) -> None:
    """Insert a row, or overwrite the one with the same key if its `order` column is not greater.

    Or many at once, all with the same columns, each key once. `computed` is the value of the column of its label, out
    of bound parameters that `values` give too; a constant of its module, as the statement is made once for it.
    """
    names = tuple(values if isinstance(values, Mapping) else values[0])
    session.execute(_upsert_newer(session.get_bind().dialect.name, table, names, order, computed), values)


@cache
def _upsert_newer(dialect: str, table: Table, names: tuple[str, ...], order: str, computed: Any) -> Any:
    given: dict[str, Any] = {name: bindparam(name) for name in names if name in table.c}
    if computed is not None:
        given[computed.name] = computed.element
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table).values(**given)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in given if name not in table.primary_key.columns},
        where=table.c[order] <= statement.excluded[order],
    )
