"""The database as the services use it: PostgreSQL where deployed, SQLite (WAL) embedded."""

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BindParameter,
    Column,
    ColumnElement,
    DateTime,
    Engine,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    column,
    event,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.visitors import iterate, replacement_traverse
from sqlalchemy.types import TypeDecorator, TypeEngine

logger = logging.getLogger(__name__)

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

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


def upsert(dialect: Dialect, table: Any) -> Any:
    """An INSERT that knows `on_conflict_do_update`, on both databases."""
    return postgresql.insert(table) if dialect.name == "postgresql" else sqlite.insert(table)


def insert_if_absent(
    session: Session | Any, table: Any, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> Any:
    """Insert a row, or several, whose key is not there yet. The result of the statement.

    `session` may be a connection. It waits while another transaction is about to insert the same key.
    """
    return session.execute(upsert(_dialect(session), table).on_conflict_do_nothing(), rows)


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

    RuntimeError when it has unsaved changes, flushed or not: half of the work would be committed. What a listener
    would add to a commit, it leaves for that of the work: `releasing` tells it so.
    """
    if session.new or session.dirty or session.deleted or session.info.get("has_written"):
        raise RuntimeError("release() with unsaved changes")
    session.info["releasing"] = True
    try:
        session.commit()
    finally:
        session.info.pop("releasing", None)


def releasing(session: Session | Any) -> bool:
    """Whether the commit that is under way is that of `release`: nothing has been written in it."""
    return bool(session.info.get("releasing"))


def await_turn(session: Session | Any, what: str, *, shared: bool = False) -> None:
    """Wait until no other transaction has the turn for `what`, and have it until this one ends.

    With `shared` others may have it at the same time that share it too. SQLite has one writer at a time anyway.
    """
    if _dialect(session).name == "postgresql":
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        session.execute(select(lock(func.hashtextextended(what, 0))))


def changed_rows(session: Session | Any, statement: Any, values: Mapping[str, Any] | None = None) -> int:
    """Run an INSERT, UPDATE or DELETE; how many rows it touched. Objects that were loaded before don't notice.

    `values` of its parameters, when it is a constant.
    """
    result: Any = session.execute(statement, values, execution_options={"synchronize_session": False})
    return int(result.rowcount)


# ---- Many rows in one statement
#
# The rows are one parameter, a JSON array that the database reads as a table: what a statement costs here does not
# grow with the rows, and each statement is made and compiled once.


def insert_all(
    session: Session | Any,
    table: Any,
    rows: Sequence[Mapping[str, Any]],
    *,
    absent: bool = False,
    returning: Sequence[Column[Any]] = (),
) -> Any:
    """Insert many rows, in their order, all with the same columns and no bytes in them. The result of the statement.

    `session` may be a connection. With `absent` those stay out whose key is there already; it waits while another
    transaction is about to insert the same key. Where a column's default is a function, all get the same value.
    """
    dialect = _dialect(session)
    given, statement = _insert_all(dialect.name, table, tuple(rows[0]), absent, tuple(returning))
    return session.execute(statement, {"rows": given.document(dialect, rows)})


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
    of bound parameters of known types that `values` give too; a constant, as the statement is made once for it.
    """
    rows = [values] if isinstance(values, Mapping) else values
    dialect = _dialect(session)
    given, statement = _upsert_newer(dialect.name, table, tuple(rows[0]), order, computed)
    session.execute(statement, {"rows": given.document(dialect, rows)})


class JsonRows:
    """A parameter `rows` of a statement that is a table: a FROM clause `source`, its columns `c` by name.

    The parameter's value is a `document`.
    """

    def __init__(self, dialect: str, types: Mapping[str, TypeEngine[Any]]) -> None:
        self.types = types
        rows = bindparam("rows", type_=Text())
        self.source: Any
        self.c: dict[str, Any]
        if dialect == "postgresql":
            record: Any = func.json_to_recordset(cast(rows, postgresql.JSON))
            columns = [column(name, type_) for name, type_ in types.items()]
            self.source = record.table_valued(*columns).render_derived(name="fila", with_types=True)
            self.c = {name: self.source.c[name] for name in types}
        else:
            self.source = func.json_each(rows).table_valued("value", name="fila")
            places: dict[str, Any] = {name: literal_column(f"'$[{place}]'") for place, name in enumerate(types)}
            self.c = {name: func.json_extract(self.source.c.value, place) for name, place in places.items()}

    def document(self, dialect: Dialect, rows: Iterable[Mapping[str, Any]]) -> str:
        """The value of the parameter: objects on PostgreSQL, arrays on SQLite. None is NULL, of documents too."""
        writers = [(name, _writer(dialect, type_) or _as_it_is) for name, type_ in self.types.items()]

        def values(row: Mapping[str, Any]) -> Iterable[Any]:
            return (None if row[name] is None else write(row[name]) for name, write in writers)

        document: list[Any]
        if dialect.name == "postgresql":
            document = [dict(zip(self.types, values(row), strict=True)) for row in rows]
        else:
            document = [[*values(row)] for row in rows]
        return orjson.dumps(document, default=_decimal).decode()

    def select(self, *values: Any) -> Any:
        """Expressions of the columns, as rows to insert."""
        # Without a WHERE SQLite takes the ON of ON CONFLICT for that of a join.
        return select(*values).select_from(self.source).where(literal_column("1 = 1"))


@cache
def _insert_all(
    dialect: str, table: Table, names: tuple[str, ...], absent: bool, returning: tuple[Column[Any], ...]
) -> tuple[JsonRows, Any]:
    rows = JsonRows(dialect, {name: table.c[name].type for name in names})
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    statement = statement.from_select(names, rows.select(*rows.c.values()))
    if absent:
        statement = statement.on_conflict_do_nothing()
    return rows, statement.returning(*returning) if returning else statement


@cache
def _upsert_newer(
    dialect: str, table: Table, names: tuple[str, ...], order: str, computed: Any
) -> tuple[JsonRows, Any]:
    types = {name: table.c[name].type for name in names if name in table.c} | _parameter_types(computed)
    rows = JsonRows(dialect, types)
    written = {name: rows.c[name] for name in names if name in table.c}
    if computed is not None:
        written[computed.name] = _filled_in(computed.element, rows)
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    statement = statement.from_select(list(written), rows.select(*written.values()))
    return rows, statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in written if name not in table.primary_key.columns},
        where=table.c[order] <= statement.excluded[order],
    )


def _parameter_types(computed: Any) -> dict[str, TypeEngine[Any]]:
    """The parameters of an expression, as one of the places where they stand says what they are."""
    parts = iterate(computed.element) if computed is not None else ()
    return {part.key: part.type for part in parts if isinstance(part, BindParameter) and not part.type._isnull}


def _filled_in(expression: Any, rows: JsonRows) -> Any:
    """The expression with columns of the rows in place of its parameters."""

    def column_of(part: Any, **_options: Any) -> Any:
        return rows.c[part.key] if isinstance(part, BindParameter) else None

    traverse: Any = replacement_traverse
    return traverse(expression, {}, column_of)


def _dialect(session: Session | Any) -> Dialect:
    found: Dialect = session.dialect if isinstance(session, Connection) else session.get_bind().dialect
    return found


def _writer(dialect: Dialect, type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes a value of that type one that JSON has; PostgreSQL takes documents as they are."""
    plain = type_.dialect_impl(dialect)
    if dialect.name == "postgresql" and isinstance(plain, JSON):
        return None
    return plain.bind_processor(dialect)


def _as_it_is(value: Any) -> Any:
    return value


def _decimal(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be in JSON")
