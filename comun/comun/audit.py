"""Every write leaves a row: who, what, when, from where, in which request."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, insert, inspect, update
from sqlalchemy.orm import Session

from comun import context
from comun.auth.caller import caller
from comun.db import now
from comun.models import Audited
from comun.runtime import runtime

# What is being done, where no view says it: a command, a job, an event.
_action: ContextVar[str] = ContextVar("audit_action", default="sistema")

ACTION_MAX = 80  # of the column
_BOOKKEEPING = frozenset({"creado_en", "actualizado_en", "version"})


def set_action(name: str) -> None:
    """Name what the following writes are part of, such as `citas:crear` or `comando:rotar-clave`."""
    _action.set(name)


def record(
    recurso: str | None = None,
    recurso_id: int | None = None,
    cambios: dict[str, Any] | None = None,
    *,
    accion: str | None = None,
) -> None:
    """Leave an audit row by hand, in the current transaction: for what is not an ORM change."""
    _write([_row(recurso, recurso_id, cambios, accion)])


def forget_values(recurso: str, recurso_id: int) -> None:
    """Remove the values from a resource's audit rows (anonymisation); who and when stay."""
    table = runtime().tables.audit
    runtime().db.session.execute(
        update(table).where(table.c.recurso == recurso, table.c.recurso_id == recurso_id).values(cambios=None)
    )


def watch(db: SQLAlchemy) -> None:
    """Write an audit row with each flush that changes an `Audited` object."""
    # Several applications may share the handle, as in tests on two databases.
    if not event.contains(db.session, "after_flush", _record_flush):
        event.listen(db.session, "after_flush", _record_flush)


def _record_flush(session: Session, _flush: object) -> None:
    rows = [
        _row(inspect(obj).mapper.local_table.name, getattr(obj, "id", None), _changes(obj, session))
        for obj in (*session.new, *session.dirty, *session.deleted)
        if isinstance(obj, Audited) and (obj not in session.dirty or session.is_modified(obj))
    ]
    if rows:
        session.execute(insert(runtime().tables.audit), rows)
        session.info["audited"] = True


def ensure_recorded() -> None:
    """The request wrote nothing that is audited by itself: leave one row for the request."""
    session = runtime().db.session()
    if not session.info.pop("audited", False):
        _write([_row(None, None, None)])
        session.info.pop("audited", None)


def _write(rows: list[dict[str, Any]]) -> None:
    session = runtime().db.session()
    session.execute(insert(runtime().tables.audit), rows)
    session.info["audited"] = True


def _row(
    recurso: str | None, recurso_id: int | None, cambios: dict[str, Any] | None, accion: str | None = None
) -> dict[str, Any]:
    who = caller()
    inside = has_request_context()
    return {
        "momento": now(),
        "actor": who.actor if inside else "sistema",
        "rol": who.rol or None,
        "accion": (accion or _action.get())[:ACTION_MAX],
        "recurso": recurso,
        "recurso_id": recurso_id,
        "cambios": cambios,
        "direccion_ip": request.remote_addr if inside else None,
        "traza": context.request_id() or "-",
    }


def _changes(obj: Audited, session: Session) -> dict[str, Any] | None:
    """Field → [before, after] of a changed object; nothing for a new or deleted one."""
    if obj in session.new or obj in session.deleted:
        return {"operacion": "alta" if obj in session.new else "baja"}
    changes: dict[str, Any] = {}
    for attribute in inspect(obj).mapper.column_attrs:
        history = inspect(obj).attrs[attribute.key].history
        if attribute.key in _BOOKKEEPING | obj.audit_ignored or not history.has_changes():
            continue
        if attribute.key in obj.audit_secret:
            changes[attribute.key] = ["***", "***"]
        else:
            before = history.deleted[0] if history.deleted else None
            changes[attribute.key] = [_plain(before), _plain(history.added[0] if history.added else None)]
    return changes or None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)
