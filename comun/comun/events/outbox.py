"""The sending side: events written with the change that they tell of, and who still has to get them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    String,
    Table,
    bindparam,
    cast,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from comun import context
from comun.db import insert_all, new_ids, now, reader
from comun.errors import ConstraintMessages
from comun.events.schemas import EventSchemas
from comun.runtime import Runtime, runtime

# In the SQL text, because SQLite uses a partial index only when it sees the value.
PENDING: ColumnElement[str] = literal_column("'pendiente'", String())
DELIVERED: ColumnElement[str] = literal_column("'entregada'", String())
FAILED: ColumnElement[str] = literal_column("'fallida'", String())

PURGE_BATCH = 5000

_OF_DELIVERY = ("evento_id", "sujeto", "suscriptor", "pendiente_desde", "proximo_intento")


def emit(tipo: str, sujeto: str, datos: Mapping[str, Any]) -> None:
    """Tell the subscribers that something happened, when and only when the current transaction commits.

    `tipo` is such as `cita.completada.v1`, `sujeto` such as `cita/123`; `datos` is JSON, with dates, moments,
    UUIDs and Decimals allowed. Flushes the session first: the row lock of the aggregate that was just written
    is what puts two writers of one subject in order. Two that write no common row collide on the sequence,
    and the second gets 409. Raises EventContractError when `datos` breaks the event's schema.
    """
    service = runtime()
    session, outbox, deliveries = service.db.session, service.tables.outbox, service.tables.deliveries
    document = orjson.loads(orjson.dumps(datos, default=_plain))
    if schemas := EventSchemas.of_current_app():
        schemas.validate(tipo, document)
    session.flush()
    given = {
        "evento_id": str(uuid.uuid4()),
        "tipo": tipo,
        "sujeto": sujeto,
        "momento": now(),
        "datos": document,
        "traceparent": context.traceparent(),
    }
    subscribers = _subscribers(service, tipo)
    if subscribers and session.get_bind().dialect.name == "postgresql":
        session.execute(_event_and_deliveries(outbox, deliveries), {**given, "subscribers": subscribers})
        return
    event_id = session.scalar(_next_event(outbox), given)
    if subscribers:
        insert_all(session, deliveries, _due(event_id, sujeto, given["momento"], subscribers))


def _subscribers(service: Runtime, event_type: str) -> list[str]:
    """The names of those who are told of such events."""
    return [name for name, subscriber in service.subscribers.items() if subscriber.takes(event_type)]


@cache
def _next_event(outbox: Table) -> Any:
    """The insert of an event behind the last one of its subject. Made once, as every write takes it."""
    given = ("evento_id", "tipo", "sujeto", "momento", "datos", "traceparent")
    values: dict[str, Any] = {name: bindparam(name, type_=outbox.c[name].type) for name in given}
    last = select(func.coalesce(func.max(outbox.c.secuencia), 0)).where(outbox.c.sujeto == values["sujeto"])
    return insert(outbox).values(**values, secuencia=last.scalar_subquery() + 1).returning(outbox.c.id)


@cache
def _event_and_deliveries(outbox: Table, deliveries: Table) -> Any:
    """The same with a delivery for each of `subscribers`: on PostgreSQL one statement."""
    event = _next_event(outbox).cte("nuevo")
    names: Any = func.unnest(cast(bindparam("subscribers"), ARRAY(deliveries.c.suscriptor.type)))
    to = names.table_valued(column("nombre", deliveries.c.suscriptor.type)).render_derived(name="a_quien")
    subject = bindparam("sujeto", type_=outbox.c.sujeto.type)
    moment = bindparam("momento", type_=outbox.c.momento.type)
    rows = select(event.c.id, subject, to.c.nombre, moment, moment).select_from(event.join(to, true()))
    return insert(deliveries).from_select(_OF_DELIVERY, rows).add_cte(event)


def _due(event_id: int, subject: str, moment: datetime, subscribers: Iterable[str]) -> list[dict[str, Any]]:
    return [dict(zip(_OF_DELIVERY, (event_id, subject, name, moment, moment), strict=True)) for name in subscribers]


def emit_first(tipo: str, sucesos: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """As `emit`, for many subjects at once of which nothing was told before: (subject, data) of each.

    Much faster: of events that have the same fields with values of the same types, only one is held against
    the schema. Two loads that tell of the same new subject collide on its sequence.
    """
    service = runtime()
    session, outbox, deliveries = service.db.session, service.tables.outbox, service.tables.deliveries
    session.flush()
    moment, subscribers = now(), _subscribers(service, tipo)
    seen: set[frozenset[tuple[str, type]]] = set()
    rows, due = [], []
    for event_id, (sujeto, datos) in zip(new_ids(session, outbox, len(sucesos)), sucesos, strict=True):
        document = orjson.loads(orjson.dumps(datos, default=_plain))
        shape = frozenset((field, type(value)) for field, value in document.items())
        if shape not in seen and (schemas := EventSchemas.of_current_app()):
            schemas.validate(tipo, document)
        seen.add(shape)
        rows.append(
            {
                "id": event_id,
                "evento_id": str(uuid.uuid4()),
                "tipo": tipo,
                "sujeto": sujeto,
                "secuencia": 1,
                "momento": moment,
                "datos": document,
                "traceparent": context.traceparent(),
            }
        )
        due += _due(event_id, sujeto, moment, subscribers)
    if rows:
        insert_all(session, outbox, rows)
    if due:
        insert_all(session, deliveries, due)


def redact(sujeto: str, valores: Mapping[str, Any]) -> None:
    """Overwrite these fields in all events about a subject, sent or not, in the current transaction.

    For personal data that must be forgotten: a replay then tells nothing of it. Fields that an event does
    not have are not added, so that it keeps its contract.
    """
    service = runtime()
    session, outbox = service.db.session, service.tables.outbox
    session.flush()
    for row in session.execute(select(outbox.c.id, outbox.c.datos).where(outbox.c.sujeto == sujeto)).all():
        datos = {**row.datos, **{field: value for field, value in valores.items() if field in row.datos}}
        session.execute(update(outbox).where(outbox.c.id == row.id).values(datos=datos))


def add_outbox_constraints(constraints: ConstraintMessages) -> None:
    """What it means to the caller that two writers of one subject collided."""
    constraints.add(
        "uq_evento_saliente_sujeto_secuencia",
        "cambio_simultaneo",
        "Otra persona cambió el mismo dato; intente de nuevo.",
    )


@dataclass(frozen=True)
class Backlog:
    """What one subscriber has not got yet. `oldest`: since when the longest-waiting event has been due."""

    pending: int = 0
    failed: int = 0
    oldest: datetime | None = None

    def lag(self) -> float:
        """Seconds for which the longest-waiting event has been due; 0 when none waits."""
        return max(0.0, (now() - self.oldest).total_seconds()) if self.oldest else 0.0


def backlog() -> dict[str, Backlog]:
    """Subscriber → what it has not got yet; every configured subscriber, and others that have leftovers."""
    service = runtime()
    table = service.tables.deliveries
    query = (
        select(
            table.c.suscriptor,
            func.count().filter(table.c.estado == PENDING),
            func.count().filter(table.c.estado == FAILED),
            func.min(table.c.pendiente_desde),
        )
        .where(table.c.estado != DELIVERED)
        .group_by(table.c.suscriptor)
    )
    figures = {name: Backlog() for name in service.subscribers}
    with reader(service.db.engine) as connection:
        for subscriber, pending, failed, oldest in connection.execute(query):
            figures[subscriber] = Backlog(pending, failed, oldest)
    return figures


def replay(
    subscriber: str, since: datetime | None = None, subject: str | None = None, only_failed: bool = True
) -> int:
    """Make deliveries to `subscriber` due again, and commit; how many.

    Those that were given up on; with `only_failed=False` every event since `since` (aware) and of `subject`,
    delivered or not, and also those from before it subscribed, if it is told of such. What it already applied it
    will ignore. Raises ValueError when there is no such subscriber.
    """
    service = runtime()
    if subscriber not in service.subscribers:
        raise ValueError(f"no subscriber {subscriber}; there are: {', '.join(service.subscribers) or 'none'}")
    outbox, deliveries, session = service.tables.outbox, service.tables.deliveries, service.db.session
    moment = now()
    wanted: list[ColumnElement[bool]] = []
    if since is not None:
        wanted.append(outbox.c.momento >= since)
    if subject is not None:
        wanted.append(outbox.c.sujeto == subject)
    if types := service.subscribers[subscriber].types:
        wanted.append(outbox.c.tipo.in_(types))
    mine = deliveries.c.suscriptor == subscriber
    again = (
        update(deliveries)
        .where(mine, deliveries.c.evento_id.in_(select(outbox.c.id).where(*wanted)))
        .values(
            estado=PENDING,
            intentos=0,
            pendiente_desde=moment,
            proximo_intento=moment,
            arrendada_hasta=None,
            arrendada_por=None,
            ultimo_error=None,
            entregada_en=None,
        )
    )
    if only_failed:
        again = again.where(deliveries.c.estado == FAILED)
    count = _rows(session, again)
    if not only_failed:
        had = exists().where(mine, deliveries.c.evento_id == outbox.c.id)
        at = literal(moment, deliveries.c.proximo_intento.type)
        missing = select(outbox.c.id, outbox.c.sujeto, literal(subscriber), at, at).where(*wanted, ~had)
        count += _rows(session, insert(deliveries).from_select(_OF_DELIVERY, missing))
    session.commit()
    return count


def purge(days: int = 30, inbox_days: int = 180) -> int:
    """Forget events that everybody got and that are older than `days`; how many. Commits as it goes.

    The last event of each subject stays, so that its sequence goes on without a gap, and events that somebody
    still has to get stay. Received ids stay longer than any sender keeps an event, so that a replay finds
    them; of each subject the last stays too.
    """
    service = runtime()
    outbox, deliveries, inbox = service.tables.outbox, service.tables.deliveries, service.tables.inbox
    newer, later = outbox.alias(), inbox.alias()
    sent = select(outbox.c.id).where(
        outbox.c.momento < now() - timedelta(days=days),
        exists().where(newer.c.sujeto == outbox.c.sujeto, newer.c.secuencia > outbox.c.secuencia),
        ~exists().where(deliveries.c.evento_id == outbox.c.id, deliveries.c.estado != DELIVERED),
    )
    received = delete(inbox).where(
        inbox.c.recibido_en < now() - timedelta(days=inbox_days),
        exists().where(
            later.c.origen == inbox.c.origen,
            later.c.sujeto == inbox.c.sujeto,
            later.c.secuencia > inbox.c.secuencia,
        ),
    )
    session = service.db.session
    count = 0
    while True:
        batch = session.scalars(sent.limit(PURGE_BATCH)).all()
        if batch:
            count += _rows(session, delete(outbox).where(outbox.c.id.in_(batch)))
        session.commit()
        if len(batch) < PURGE_BATCH:
            break
    session.execute(received)
    session.commit()
    return count


def _rows(session: Session | Any, statement: Any) -> int:
    done: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]
    return done.rowcount


def _plain(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} can't be in an event")
