"""Figures of several statements that belong together."""

from __future__ import annotations

from comun.db import release
from facturacion.extensiones import db


def de_un_momento() -> None:
    """What is read until the transaction ends is of one moment, whatever is written meanwhile.

    To be called before anything was written. SQLite's transactions are so by themselves.
    """
    release(db.session)
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
