"""Lists in pages: by number for people, by cursor for programs; never cut off silently."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from flask import request
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from comun.errors import Invalid
from comun.runtime import runtime

DEEPEST_ROW = 10_000

Sortable = Mapping[str, InstrumentedAttribute[Any]]


@dataclass(frozen=True)
class Order:
    """One field of an ordering."""

    name: str
    column: InstrumentedAttribute[Any]
    descending: bool


def parse_order(text: str, sortable: Sortable) -> list[Order]:
    """`-fecha_hora,id` as columns; always ends with `id`, so that an order is total."""
    orders: list[Order] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name = part.removeprefix("-")
        if name not in sortable or name in {order.name for order in orders}:
            raise Invalid({"orden": [f"Campos permitidos, una vez cada uno: {', '.join(sortable)}."]})
        orders.append(Order(name, sortable[name], part.startswith("-")))
    if "id" not in {order.name for order in orders}:
        orders.append(Order("id", sortable["id"], bool(orders) and orders[-1].descending))
    return orders


def requested_order(sortable: Sortable, default: str = "id") -> list[Order]:
    """The order in which the current request asks for its list, as `paginate` will understand it."""
    if cursor := request.args.get("cursor"):
        return decode_cursor(cursor, sortable)[0]
    return parse_order(request.args.get("orden") or default, sortable)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def encode_cursor(orders: Sequence[Order], row: Any) -> str:
    """An opaque mark after `row` in this order."""
    content = {
        "o": [f"{'-' if order.descending else ''}{order.name}" for order in orders],
        "v": [_plain(getattr(row, order.column.key)) for order in orders],
    }
    return base64.urlsafe_b64encode(orjson.dumps(content, default=str)).decode().rstrip("=")


def decode_cursor(cursor: str, sortable: Sortable) -> tuple[list[Order], list[Any]]:
    """The order and the values of a cursor; Invalid when it is not one of ours."""
    try:
        content = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        orders = parse_order(",".join(content["o"]), sortable)
        values = [_typed(order, value) for order, value in zip(orders, content["v"], strict=True)]
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError, Invalid):
        raise Invalid({"cursor": ["No es un cursor de esta lista."]}) from None
    return orders, values


def _typed(order: Order, value: Any) -> Any:
    expected = order.column.type.python_type
    if expected in (datetime, date):
        return expected.fromisoformat(value)
    if expected is int and not (isinstance(value, int) and -(2**63) <= value < 2**63):
        raise ValueError("not a number of this column")
    if not isinstance(value, expected):
        raise ValueError("not a value of this column")
    return value


def after(orders: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for the rows that come after `values` in this order."""
    branches: list[ColumnElement[bool]] = []
    for position, order in enumerate(orders):
        equal = [o.column == value for o, value in zip(orders[:position], values[:position], strict=True)]
        beyond = order.column < values[position] if order.descending else order.column > values[position]
        branches.append(and_(*equal, beyond))
    # Says nothing new, but is what lets an index start there instead of at its beginning.
    first = orders[0].column
    bound = first <= values[0] if orders[0].descending else first >= values[0]
    return and_(bound, or_(false(), *branches))


def paginate(query: Select[Any], args: Mapping[str, Any], sortable: Sortable, default: str) -> dict[str, Any]:
    """Run `query` for one page. `args` are those of PageQuery; answers `{"datos", "paginacion"}`."""
    size, cursor, page = args["tamano"], args.get("cursor"), args.get("pagina")
    total = None
    session = runtime().db.session
    if args.get("total"):
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    if cursor is not None:
        if page is not None or args.get("orden") is not None:
            raise Invalid({"cursor": ["Va solo: ya contiene la posición y el orden."]})
        orders, values = decode_cursor(cursor, sortable)
        query = query.where(after(orders, values))
    else:
        orders = parse_order(args.get("orden") or default, sortable)
        page = page or 1
        if page * size > DEEPEST_ROW:
            raise Invalid({"pagina": [f"Más allá de la fila {DEEPEST_ROW} use el cursor."]})
        query = query.offset((page - 1) * size)
    ordering = [order.column.desc() if order.descending else order.column.asc() for order in orders]
    rows = list(session.scalars(query.order_by(*ordering).limit(size + 1)).unique())
    more = len(rows) > size
    rows = rows[:size]
    return {
        "datos": rows,
        "paginacion": {
            "pagina": page,
            "tamano": size,
            "hay_mas": more,
            "siguiente": encode_cursor(orders, rows[-1]) if more else None,
            "total": total,
        },
    }
