"""Lists in pages: by number for people, by cursor for programs; never cut off silently."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
from flask import request
from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from comun.errors import Invalid
from comun.runtime import runtime

DEEPEST_ROW = 10_000
LONGEST_NUMBER = 40  # digits before or after the point

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
    except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError, Invalid):
        raise Invalid({"cursor": ["No es un cursor de esta lista."]}) from None
    return orders, values


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("naive timestamp")
    return moment.astimezone(UTC)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not isinstance(text, str) or not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        raise ValueError("not a number of a column")
    return number


# How values are read back from a cursor; those of other types are what JSON makes of them.
_PARSERS: dict[type, Callable[[str], Any]] = {datetime: _moment, date: date.fromisoformat, Decimal: _number}


def _typed(order: Order, value: Any) -> Any:
    expected = order.column.type.python_type
    if value is None and order.column.nullable:
        return None
    if parse := _PARSERS.get(expected):
        return parse(value)
    too_large = type(value) is int and not -(2**63) <= value < 2**63
    if type(value) is not expected or too_large or "\0" in str(value):
        raise ValueError("not a value of this column")
    return value


def after(orders: Sequence[Order], values: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for the rows that come after `values` in this order."""
    branches: list[ColumnElement[bool]] = []
    for position, order in enumerate(orders):
        equal = [o.column == value for o, value in zip(orders[:position], values[:position], strict=True)]
        branches.append(and_(*equal, _beyond(order, values[position])))
    first = orders[0].column
    if first.nullable:
        return or_(false(), *branches)
    # Says nothing new, but is what lets an index start there instead of at its beginning.
    start = literal(values[0], first.type)
    bound = first <= start if orders[0].descending else first >= start
    return and_(bound, or_(false(), *branches))


def _beyond(order: Order, value: Any) -> ColumnElement[bool]:
    """What comes after a value of one column; NULL comes last."""
    if value is None:
        return false()
    mark = literal(value, order.column.type)  # `column > False` alone is refused
    further = order.column < mark if order.descending else order.column > mark
    return or_(further, order.column.is_(None)) if order.column.nullable else further


def _direction(order: Order) -> ColumnElement[Any]:
    # The databases disagree on where NULL belongs.
    ordered = order.column.desc() if order.descending else order.column.asc()
    return ordered.nulls_last() if order.column.nullable else ordered


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
    rows = list(session.scalars(query.order_by(*map(_direction, orders)).limit(size + 1)).unique())
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
