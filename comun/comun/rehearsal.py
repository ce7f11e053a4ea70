"""What each process of a service does first and most, done once in the process that all of them are forked from.

What that makes (statements and their SQL, readers of rows, caches), and what it touches to make it, stays on memory
pages that the forks share.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from comun.cli import Gunicorn, gunicorn_options, service_cli
from comun.events.outbox import backlog
from comun.events.queue import Queues
from comun.events.queue_sql import QueueTables
from comun.jobs import work_state
from comun.runtime import Runtime


def rehearse(app: Flask) -> None:
    """Begin as each program does, and read all tables. Writes nothing; leaves no connection and no thread.

    The database must have its newest schema. Raises whatever goes wrong.
    """
    _begin(app)
    service: Runtime = app.extensions["comun"]
    with app.app_context():
        try:
            _read(service)
            _compile(service)
        finally:
            service.db.session.remove()
            service.db.engine.dispose()


def _begin(app: Flask) -> None:
    declared = app.extensions["service"]
    cli = service_cli(declared)
    cli.commands["worker"].make_context("worker", [], cli.make_context(declared.name, ["worker"]))
    Gunicorn(app, gunicorn_options(declared, app))
    app.url_map.update()


def _read(service: Runtime) -> None:
    deliveries = service.tables.deliveries
    Queues(service.db.engine, QueueTables(service.tables.outbox, deliveries, deliveries.c.suscriptor)).due([])
    backlog()
    work_state()
    models: Any = service.db.Model
    for mapper in models.registry.mappers:
        service.db.session.execute(select(mapper.class_).limit(0)).all()


def _compile(service: Runtime) -> None:
    """What writes, as far as it can be prepared without."""
    dialect = service.db.engine.dialect
    for table in service.db.metadata.sorted_tables:
        for statement in (insert(table), update(table)):
            statement.compile(dialect=dialect)
