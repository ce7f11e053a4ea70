"""Columns that every resource carries, and how a table says what is unique among the living."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Index, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from comun.db import UtcDateTime, now


class Stamped:
    """When the row was made and last changed."""

    creado_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now, sort_order=90)
    actualizado_en: Mapped[datetime] = mapped_column(
        UtcDateTime, default=now, onupdate=now, index=True, sort_order=91
    )


class Audited:
    """Each change of such an object leaves an audit row.

    Values of `audit_secret` attributes are never in it, and of `audit_ignored` (derived) ones nothing.
    """

    audit_secret: ClassVar[frozenset[str]] = frozenset()
    audit_ignored: ClassVar[frozenset[str]] = frozenset()


class Resource(Stamped, Audited):
    """An entity of its own: integer key, stamps, version for ETag, soft delete.

    The version guards against lost updates: a write on a stale copy raises StaleDataError (409 or 412).
    """

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    version: Mapped[int] = mapped_column(default=1, sort_order=92)
    eliminado_en: Mapped[datetime | None] = mapped_column(UtcDateTime, sort_order=93)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @classmethod
    def vivos(cls) -> ColumnElement[bool]:
        """The condition that leaves out what was deleted."""
        return cls.eliminado_en.is_(None)

    def eliminar(self) -> None:
        """Delete softly: the row stays, vanishes from lists and frees its unique values."""
        self.eliminado_en = now()

    def touch(self) -> None:
        """Count a change of something that belongs to this resource as a change of it."""
        self.actualizado_en = now()


def partial_index(name: str, condition: str, *columns: Any, unique: bool = False) -> Index:
    """An index over the rows that meet an SQL condition. SQLite uses it only for queries that spell it out."""
    where = text(condition)
    return Index(name, *columns, unique=unique, postgresql_where=where, sqlite_where=where)


def unique_alive(table: str, *columns: Any, name: str | None = None) -> Index:
    """A unique index over the rows that are not deleted; named `uq_<table>_<columns>`."""
    label = name or f"uq_{table}_" + "_".join(str(column) for column in columns)
    return partial_index(label, "eliminado_en IS NULL", *columns, unique=True)
