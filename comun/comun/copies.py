"""Copies of what another service owns: told in pages by the owner, compared and renewed by who keeps them.

Copies follow events. This is for when events were lost, a copy was damaged or a backup was put back: the owner
tells all that it has with `copies_page`, and who keeps copies runs `copies_group` as a command. A copy has an
`id` (the owner's) and a `secuencia`: the number of the last event of its subject that it knows of.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

import click
from flask import Flask
from sqlalchemy import ColumnElement, String, cast, delete, func, literal, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.base import ExecutableOption

from comun import fields
from comun.db import reader
from comun.http import ServiceClient
from comun.pagination import decode_cursor, encode_cursor, parse_order
from comun.runtime import runtime
from comun.schema import QuerySchema

PAGE_ROWS = 200

Told = Mapping[str, Any]
Kind = Literal["falta", "distinta", "sobra"]


# ---- The owner


class CopiesQuery(QuerySchema):
    """What a page of copies is asked for with."""

    cursor = fields.Text(600, metadata={"description": "The `siguiente` of the page before."})
    tamano = fields.Count(1, PAGE_ROWS, load_default=PAGE_ROWS, metadata={"description": "Rows per page."})
    ids = fields.Ids(metadata={"description": "Only these, separated by commas."})


def copies_page(
    model: Any,
    tell: Callable[[Any], Mapping[str, Any]],
    query: Mapping[str, Any],
    *,
    where: ColumnElement[bool] | None = None,
    options: Sequence[ExecutableOption] = (),
) -> dict[str, Any]:
    """One page of the rows of `model` by id, deleted ones too, as others may copy them. `query`: a CopiesQuery.

    Each row is what `tell` says of it, with `eliminado` and `secuencia`, the number of the last event about it
    (its subject is `<table>/<id>`).
    """
    session, outbox = runtime().db.session, runtime().tables.outbox
    subject = literal(f"{model.__tablename__}/") + cast(model.id, String())
    last = select(func.coalesce(func.max(outbox.c.secuencia), 0)).where(outbox.c.sujeto == subject)
    wanted = select(model.id, last.scalar_subquery().label("secuencia")).order_by(model.id)
    wanted = wanted.where(true() if where is None else where)
    if query.get("ids") is not None:
        wanted = wanted.where(model.id.in_(query["ids"]))
    if query.get("cursor") is not None:
        _, (after,) = decode_cursor(query["cursor"], {"id": model.id})
        wanted = wanted.where(model.id > after)
    size = query["tamano"]
    # The number before what it is the number of: with a later one, old news would pass for new.
    numbers = {row.id: row.secuencia for row in session.execute(wanted.limit(size + 1))}
    ids = list(numbers)[:size]
    rows = session.scalars(select(model).where(model.id.in_(ids)).order_by(model.id).options(*options)).all()
    more = len(numbers) > size
    return {
        "datos": [
            {**tell(row), "eliminado": row.eliminado_en is not None, "secuencia": numbers[row.id]} for row in rows
        ],
        "paginacion": {
            "tamano": size,
            "hay_mas": more,
            "siguiente": encode_cursor(parse_order("id", {"id": model.id}), rows[-1]) if more else None,
        },
    }


# ---- Who keeps copies


@dataclass(frozen=True)
class Copied:
    """One kind of copies that a service keeps.

    `client` and `path` tell where the owner answers pages, `model` is the table of the copies. `expected` gives
    the fields that a copy should have of what is told, `needed` whether there should be a copy at all, `keep`
    makes it so (a newer copy stays), `drop` removes one that the owner knows nothing of: False when something
    refers to it. `last`: what can be kept only when all others are. These work in the current transaction.
    """

    name: str
    client: ServiceClient
    path: str
    model: Any
    expected: Callable[[Told], Mapping[str, Any]]
    keep: Callable[[Told], None]
    drop: Callable[[int], bool]
    needed: Callable[[Told], bool] = lambda told: not told["eliminado"]
    last: Callable[[Told], bool] = lambda _told: False


@dataclass(frozen=True)
class Difference:
    """What is wrong with one copy. `here` and `there` are the event numbers of the copy and of its owner."""

    name: str
    id: int
    kind: Kind
    here: int | None
    there: int | None
    fields: Mapping[str, tuple[Any, Any]]
    told: Told | None = None
    outcome: str = ""


def unless_used(model: Any) -> Callable[[int], bool]:
    """A `Copied.drop` that removes the copy of `model`, and says False when another row refers to it."""

    def drop(copy_id: int) -> bool:
        session = runtime().db.session
        try:
            with session.begin_nested():
                session.execute(delete(model).where(model.id == copy_id))
        except IntegrityError:
            return False
        return True

    return drop


def compare(copied: Copied) -> Iterator[Difference]:
    """All copies against what their owner tells, page by page. Leaves no transaction open."""
    low = 0
    for page, is_last in _pages(copied):
        high = None if is_last else page[-1]["id"]
        known = _known(copied, low, high)
        told = {row["id"]: row for row in page}
        # The owner may have made one since; what it doesn't know of when asked by name is none of its.
        told |= {row["id"]: row for row in _named(copied, sorted(set(known) - set(told)))}
        for copy_id in sorted(set(known) | set(told)):
            if found := _difference(copied, copy_id, known.get(copy_id), told.get(copy_id)):
                yield found
        low = high or low


def rebuild(copied: Copied, *, apply: bool) -> Iterator[Difference]:
    """The differences; with `apply` each put right in a transaction of its own, and what came of it.

    May be interrupted and repeated, and may run while events arrive.
    """
    later: list[Difference] = []
    for found in compare(copied):
        if not apply:
            yield found
        elif found.told is not None and copied.last(found.told):
            later.append(found)
        else:
            yield _apply(copied, found)
    for found in later:
        yield _apply(copied, found)


def _apply(copied: Copied, found: Difference) -> Difference:
    session = runtime().db.session
    try:
        if found.told is None:
            outcome = "quitada" if copied.drop(found.id) else "se conserva: está en uso"
        else:
            copied.keep(found.told)
            outcome = "corregida"
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return replace(found, outcome=outcome)


def _pages(copied: Copied) -> Iterator[tuple[Sequence[Told], bool]]:
    cursor: str | None = None
    while True:
        answer = copied.client.get(copied.path, params={"tamano": PAGE_ROWS, "cursor": cursor})
        cursor = answer["paginacion"]["siguiente"]
        yield answer["datos"], cursor is None
        if cursor is None:
            return


def _named(copied: Copied, ids: Sequence[int]) -> Iterator[Told]:
    for start in range(0, len(ids), PAGE_ROWS):
        some = ",".join(map(str, ids[start : start + PAGE_ROWS]))
        yield from copied.client.get(copied.path, params={"tamano": PAGE_ROWS, "ids": some})["datos"]


def _known(copied: Copied, low: int, high: int | None) -> dict[int, Any]:
    """The copies with ids in (low, high], as plain rows."""
    table = copied.model.__table__
    query = select(table).where(table.c.id > low)
    if high is not None:
        query = query.where(table.c.id <= high)
    with reader(runtime().db.engine) as connection:
        return {row["id"]: row for row in connection.execute(query).mappings()}


def _difference(copied: Copied, copy_id: int, known: Told | None, told: Told | None) -> Difference | None:
    here, there = (row["secuencia"] if row is not None else None for row in (known, told))
    if told is None:
        return Difference(copied.name, copy_id, "sobra", here, None, {})
    if known is None:
        return Difference(copied.name, copy_id, "falta", None, there, {}, told) if copied.needed(told) else None
    expected = copied.expected(told)
    fields = {name: (known[name], value) for name, value in expected.items() if known[name] != value}
    # News that arrived after the owner was asked.
    if not fields or known["secuencia"] > told["secuencia"]:
        return None
    return Difference(copied.name, copy_id, "distinta", here, there, fields, told)


# ---- The command


def copies_group(kinds: Callable[[Flask], Sequence[Copied]]) -> click.Group:
    """`referencias reconstruir [--aplicar]`; `kinds` are the copies that the service keeps."""

    @click.group("referencias", help="Look at and renew the copies of what other services own.")
    def references() -> None:
        """The group itself does nothing."""

    @references.command(help="Compare all copies with their owners'; exit with 1 when they differ and stay so.")
    @click.option("--aplicar", is_flag=True, help="Put right what differs.")
    @click.option("--con-datos", is_flag=True, help="Show values too: they may be personal.")
    @click.pass_obj
    def reconstruir(app: Flask, aplicar: bool, con_datos: bool) -> None:
        with app.app_context():
            total = _report((rebuild(one, apply=aplicar) for one in kinds(app)), con_datos)
        click.echo(f"{total} diferencias" + (", aplicadas" if aplicar and total else ""))
        sys.exit(1 if total and not aplicar else 0)

    return references


def _report(kinds: Iterator[Iterator[Difference]], with_values: bool) -> int:
    """Print a line for each difference as it is found; how many there are."""
    line = "{:<12} {:>9}  {:<9} {:>6} {:>6}  {}"
    numbers = count()
    for differences in kinds:
        for found in differences:
            if next(numbers) == 0:
                click.echo(line.format("copia", "id", "qué", "aquí", "allá", "campos"))
            fields = ", ".join(_field(name, pair, with_values) for name, pair in sorted(found.fields.items()))
            here, there = ("–" if n is None else str(n) for n in (found.here, found.there))
            what = "; ".join(filter(None, (fields, found.outcome)))
            click.echo(line.format(found.name, found.id, found.kind, here, there, what).rstrip())
    return next(numbers)


def _field(name: str, pair: tuple[Any, Any], with_values: bool) -> str:
    return f"{name}: {pair[0]!r} → {pair[1]!r}" if with_values else name
