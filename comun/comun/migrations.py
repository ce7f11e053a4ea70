"""Alembic, the same in every service: the schema exists only through migrations."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from alembic import command, context, op
from alembic.config import Config
from flask import Flask, current_app
from sqlalchemy import Engine, MetaData

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
