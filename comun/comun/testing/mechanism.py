"""A service without a trade: only the mechanism's tables, for tests of the mechanism itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import Flask
from sqlalchemy import Column, Integer, Table

from comun.db import make_database
from comun.engine import configure_engine, engine_options, normalise_url
from comun.errors import ConstraintMessages, init_errors
from comun.events import Consumer
from comun.events.outbox import add_outbox_constraints
from comun.events.subscribers import parse_subscribers
from comun.runtime import Runtime
from comun.tables import mechanism_tables


def bare_service(
    url: str,
    *,
    name: str = "emisor",
    subscribers: Mapping[str, str] | None = None,
    consumer: Consumer | None = None,
    settings: Mapping[str, Any] | None = None,
    jobs: Collection[str] = (),
    create: bool = True,
) -> Flask:
    """An application on the database at `url`; `create` makes its tables.

    Beside the mechanism's it has a table `cuenta` (id, valor) for handlers and views to work on.
    """
    app = Flask(name)
    db = make_database()
    url = normalise_url(url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, 10)
    db.init_app(app)
    Table("cuenta", db.metadata, Column("id", Integer, primary_key=True), Column("valor", Integer))
    constraints = ConstraintMessages()
    add_outbox_constraints(constraints)
    init_errors(app, constraints)
    app.extensions["comun"] = Runtime(
        service=name,
        db=db,
        tables=mechanism_tables(db.metadata),
        settings=settings or {},
        permissions={},
        constraints=constraints,
        consumer=consumer or Consumer(),
        subscribers=parse_subscribers(subscribers or {}),
        jobs=jobs,
    )
    with app.app_context():
        configure_engine(db.engine)
        if create:
            db.metadata.create_all(db.engine)
    return app
