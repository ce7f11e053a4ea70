"""The connections to the database: PostgreSQL where deployed, SQLite (WAL) embedded."""

import re
import sqlite3
from time import monotonic
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from comun.db import READING_METHODS

SQLITE_BUSY_SECONDS = 20
# How long a new connection to PostgreSQL may take, and how long one is waited for while all are in use.
CONNECT_SECONDS = 3
POOL_SECONDS = 10
# How long a statement may wait for a lock there, and how long it may take.
LOCK_SECONDS = 15
STATEMENT_SECONDS = 25
# How long a connection that was given back is believed to be alive.
FRESH_SECONDS = 1.0


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
        "pool_timeout": POOL_SECONDS,
        # The one that was used last: a server process that has just worked has its caches warm.
        "pool_use_lifo": True,
        # Each new connection would ask for a type that no table has.
        "use_native_hstore": False,
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS}s"
            f" -c idle_in_transaction_session_timeout=60s -c lock_timeout={LOCK_SECONDS}s",
        },
    }


def configure_engine(engine: Engine) -> None:
    """Before its first connection: what the options can't say."""
    if engine.dialect.name == "sqlite":
        _begin_when_told(engine)
    else:
        _try_idle_connections(engine)


def _try_idle_connections(engine: Engine) -> None:
    """A connection that lay idle is tried before it is given out; when it has died, all are made anew.

    SQLAlchemy's `pool_pre_ping` asks the server each time, of the connection too that the last request gave back just
    now.
    """

    @event.listens_for(engine, "checkin")
    def given_back(_connection: object, entry: ConnectionPoolEntry) -> None:
        entry.info["given_back"] = monotonic()

    @event.listens_for(engine, "checkout")
    def given_out(connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        given_back = entry.info.get("given_back")
        if given_back is None or monotonic() - given_back < FRESH_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError() from error


def _begin_when_told(engine: Engine) -> None:
    """Give SQLite what PostgreSQL has by itself: foreign keys, and transactions that begin when told."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below; the driver's own comes too late.
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "cache_size=-1000"):
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
