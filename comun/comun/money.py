"""Amounts of money: Decimal with two decimals, exact on both databases."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Numeric
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """The amount to the cent; half a cent goes up (away from zero), as tax authorities reckon."""
    return amount.quantize(CENT, ROUND_HALF_UP)


class Money(TypeDecorator[Decimal]):
    """`numeric(14, 2)` on PostgreSQL; cents as an integer on SQLite, whose own numbers are floats and don't add up.

    ValueError for an amount with more than two decimals: who writes it has to say how it is rounded. In SQL sums and
    comparisons of amounts hold on both; products and quotients don't: reckon them in Python.
    """

    impl = Numeric(14, 2)
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        return Decimal

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(14, 2))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        exact = Decimal(value).quantize(CENT)
        if exact != value:
            raise ValueError("an amount with more than two decimals")
        return int(exact * 100) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return (Decimal(int(value)) / 100 if dialect.name == "sqlite" else Decimal(value)).quantize(CENT)
