"""Alembic, the same in every service: the schema exists only through migrations."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from alembic import command, context, op
from alembic.config import Config
from flask import Flask, current_app
from sqlalchemy import Engine, MetaData, text

from comun.tables import mechanism_tables
from comun.tasks import Tasks


def alembic_config(app: Flask) -> Config:
    """The configuration of the service's migrations, in `migraciones/` beside its package."""
    config = Config()
    config.set_main_option("script_location", str(Path(app.root_path).parent / "migraciones"))
    config.attributes["app"] = app
    return config


def upgrade(app: Flask) -> None:
    """Bring the service's database to the newest schema, with its seeds. Several at once wait for each other."""
    with app.app_context():
        command.upgrade(alembic_config(app), "head")
        app.extensions["service"].seed()


def run_environment() -> None:
    """The whole of each service's `migraciones/env.py`."""
    app: Flask = context.config.attributes.get("app") or current_app
    with app.app_context():
        db = app.extensions["comun"].db
        engine: Engine = db.engine
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.detach()  # back in the pool it would keep the lock and lack its timeouts
                connection.exec_driver_sql("SET statement_timeout = 0")
                connection.exec_driver_sql("SET lock_timeout = 0")
                connection.exec_driver_sql("SELECT pg_advisory_lock(7203)")
                connection.commit()
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                compare_type=True,
                render_as_batch=False,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()


def create_mechanism_tables() -> None:
    """The first migration of a service creates the tables of `comun.tables` with this."""
    metadata = MetaData(naming_convention=current_app.extensions["comun"].db.metadata.naming_convention)
    mechanism_tables(metadata)
    metadata.create_all(op.get_bind(), checkfirst=False)


def create_task_table(table: str = "tarea") -> None:
    """The table of a `comun.tasks.Tasks`."""
    metadata = MetaData(naming_convention=current_app.extensions["comun"].db.metadata.naming_convention)
    Tasks(metadata, table)
    metadata.create_all(op.get_bind(), checkfirst=False)


def where(condition: str) -> dict[str, Any]:
    """What makes an index of a migration one over the rows that meet an SQL condition; as `models.partial_index`."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


def forbid_changes(
    table: str,
    columns: Collection[str] | None = None,
    when: str | None = None,
    *,
    delete: bool = True,
    insert: bool = False,
    name: str | None = None,
) -> None:
    """Let the database itself refuse to change or remove rows, whoever asks, in a migration; on both databases.

    `columns`: only these can't change (compared with what they held); without, nothing of the row can.
    `when`: SQL over `OLD`, true for the rows that are guarded (`OLD.firmada_en IS NOT NULL`); it may look into other
    tables. `insert`: nor does a row come in, new or moved, of which `when` is true: for the parts of something signed
    (`EXISTS (SELECT 1 FROM nota WHERE nota.id = OLD.nota_id AND nota.firmada_en IS NOT NULL)`).
    A refused statement is an IntegrityError whose `constraint_name` is `name`, or else `<table>_inmutable`.
    """
    name = name or f"{table}_inmutable"
    postgres = op.get_bind().dialect.name == "postgresql"
    for event, condition in _forbidden(columns, when, delete, insert, postgres):
        for statement in (_postgres_guard if postgres else _sqlite_guard)(table, name, event, condition):
            op.get_bind().exec_driver_sql(statement)


def allow_changes(table: str, *, name: str | None = None) -> None:
    """Take away what `forbid_changes` of that table and name put up; the columns and conditions need not be told."""
    name = name or f"{table}_inmutable"
    connection = op.get_bind()
    for event in ("UPDATE", "DELETE", "INSERT", "TRUNCATE"):
        trigger = f"{name}_{event.lower()}"
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {trigger}()")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")


def _forbidden(
    columns: Collection[str] | None, when: str | None, delete: bool, insert: bool, postgres: bool
) -> Iterator[tuple[str, str]]:
    """Each event that is guarded, with the condition under which it is refused."""
    old = when or "1 = 1"
    new = re.sub(r"\bOLD\.", "NEW.", old)
    differs = "OLD.{0}::text IS DISTINCT FROM NEW.{0}::text" if postgres else "OLD.{0} IS NOT NEW.{0}"
    changed = " OR ".join(differs.format(column) for column in columns) if columns is not None else "1 = 1"
    guarded = f"({old}) OR ({new})" if insert else old
    yield "UPDATE", f"({guarded}) AND ({changed})"
    if delete:
        yield "DELETE", old
        if postgres:
            yield "TRUNCATE", "true"
    if insert:
        yield "INSERT", new


def _postgres_guard(table: str, name: str, event: str, condition: str) -> Iterator[str]:
    # The condition stands in the function: that of a trigger could not look into other tables.
    trigger = f"{name}_{event.lower()}"
    row = "OLD" if event in ("DELETE", "TRUNCATE") else "NEW"
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN"
        f" RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{name}';"
        f" END IF; RETURN {row}; END $$"
    )
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    yield f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {trigger}()"


def _sqlite_guard(table: str, name: str, event: str, condition: str) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
    )


def differences(app: Flask, only_in_migrations: Collection[str] = ()) -> list[Any]:
    """What the models have and the migrated database lacks, or the other way round. Must be empty.

    `only_in_migrations`: patterns (`paciente_fts*`) of tables and indexes that no model can declare.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def extra(step: Any) -> bool:
        return step[0] in ("remove_table", "remove_index") and any(
            fnmatch(step[1].name, pattern) for pattern in only_in_migrations
        )

    with app.app_context():
        db = app.extensions["comun"].db
        with db.engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), db.metadata)
            return [step for step in found if not extra(step)]
