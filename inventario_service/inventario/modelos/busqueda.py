"""Search by words of a code or a name, without regard to case and accents.

Each row keeps what it is found by in `busqueda`, folded. There are thousands of them at most: they are read.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, true

from comun.fields import fold


def plegar(*partes: str | None, largo: int = 500) -> str:
    """What a row with these texts is found by; no longer than its column, for a few letters unfold to many."""
    return " ".join(" ".join(fold(parte) for parte in partes if parte).split())[:largo]


def contiene(columna: Any, q: str) -> ColumnElement[bool]:
    """The rows of which the folded column contains every word of `q`."""
    return and_(true(), *(columna.contains(palabra, autoescape=True) for palabra in fold(q).split()))
