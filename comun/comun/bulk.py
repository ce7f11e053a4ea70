"""Loading many rows at once: all or none, with a report of every row at fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from comun.errors import Invalid, Problem
from comun.runtime import runtime

Row = dict[str, Any]
Answer = dict[str, Any]

# Values in one statement; databases bound their parameters.
TOGETHER = 1000


class Report:
    """What is wrong, and what is odd, with the rows of a load, by their place from 0."""

    def __init__(self) -> None:
        self.faults: dict[str, dict[str, list[str]]] = {}
        self.warnings: dict[str, list[str]] = {}

    def fault(self, place: int, field: str, message: str) -> None:
        """A row can't be loaded."""
        self.faults.setdefault(str(place), {}).setdefault(field, []).append(message)

    def warn(self, place: int, messages: Iterable[str]) -> None:
        """A row is odd."""
        if new := [*messages]:
            self.warnings.setdefault(str(place), []).extend(new)

    def require_no_faults(self) -> None:
        """Invalid with the report, when a row is at fault."""
        if self.faults:
            raise Invalid(self.faults, "carga_invalida", "Ninguna fila se cargó; corrija las que se señalan.")

    def answer(self, ids: Sequence[int]) -> Answer:
        """What was made."""
        return {"creados": len(ids), "ids": [*ids], "advertencias": self.warnings}


def mark_repeated(report: Report, rows: Sequence[Mapping[str, Any]], field: str, message: str) -> None:
    """A value that must be unique stands in several rows."""
    times = Counter(row[field] for row in rows if row.get(field) is not None)
    for place, row in enumerate(rows):
        if row.get(field) is not None and times[row[field]] > 1:
            report.fault(place, field, message)


def mark_taken(report: Report, rows: Sequence[Mapping[str, Any]], column: Any, message: str) -> None:
    """A value that must be unique is a living row's already; the column has the name of the field."""
    field = column.key
    existing = taken(column, column.class_.vivos(), [row[field] for row in rows if row.get(field) is not None])
    for place, row in enumerate(rows):
        if row.get(field) in existing:
            report.fault(place, field, message)


def taken(column: Any, alive: Any, values: Iterable[Any]) -> set[Any]:
    """Which of the values some living row has."""
    wanted = [*set(values)]
    found: set[Any] = set()
    for start in range(0, len(wanted), TOGETHER):
        query = select(column).where(column.in_(wanted[start : start + TOGETHER]), alive)
        found.update(runtime().db.session.scalars(query))
    return found


def one_by_one(rows: Sequence[Row], report: Report, create: Callable[[Row], Any]) -> Answer:
    """Make each row as if it came alone, in one transaction; what fails is reported under its row.

    `create` raises before it writes. Raises Invalid with the report, which takes back the whole.
    """
    report.require_no_faults()
    made = []
    for place, row in enumerate(rows):
        try:
            new = create(row)
        except Invalid as problem:
            for field, messages in problem.errores.items():
                for message in messages:
                    report.fault(place, field, message)
        except Problem as problem:
            report.fault(place, "_fila", problem.detail)
        else:
            made.append(new)
            report.warn(place, getattr(new, "advertencias", ()))
    report.require_no_faults()
    runtime().db.session.flush()
    return report.answer([new.id for new in made])
