"""Columns that every resource carries, and how a table says what is unique among the living."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from sqlalchemy import ColumnElement, Index, false, select, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.sql.base import ExecutableOption

from comun.auth.caller import Caller
from comun.db import UtcDateTime, now
from comun.errors import NotFound
from comun.runtime import runtime


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

    # What a person is told who asks for one that is absent, or not theirs to see.
    AUSENTE: ClassVar[str] = "No existe, o no le corresponde verlo."

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Which rows the caller may see, by scope. Nothing, until the resource says otherwise."""
        return false()

    @classmethod
    def obtener(cls, resource_id: int, quien: Caller) -> Self:
        """The living one with that id, if the caller may see it; NotFound otherwise."""
        found = runtime().db.session.scalar(
            select(cls).where(cls.id == resource_id, cls.vivos(), cls.visibles_para(quien)).options(*cls.cargar())
        )
        if found is None:
            raise NotFound(cls.AUSENTE)
        return found

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """Loader options: what is always shown with it."""
        return ()

    @classmethod
    def vivos(cls) -> ColumnElement[bool]:
        """The condition that leaves out what was deleted."""
        return cls.eliminado_en.is_(None)

    def exigir_vivo(self) -> None:
        """NotFound when it was deleted, as by whoever was waited for."""
        if self.eliminado_en is not None:
            raise NotFound(self.AUSENTE)

    def eliminar(self) -> None:
        """Delete softly: the row stays, vanishes from lists and frees its unique values."""
        self.eliminado_en = now()

    def touch(self) -> None:
        """Count a change of something that belongs to this resource as a change of it."""
        self.actualizado_en = now()


class Copy:
    """A row of what another service owns, under the id that this gave it, as of its event number `secuencia`."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secuencia: Mapped[int] = mapped_column(default=0)


def partial_index(name: str, condition: str, *columns: Any, unique: bool = False) -> Index:
    """An index over the rows that meet an SQL condition. SQLite uses it only for queries that spell it out."""
    where = text(condition)
    return Index(name, *columns, unique=unique, postgresql_where=where, sqlite_where=where)


def unique_alive(table: str, *columns: Any, name: str | None = None) -> Index:
    """A unique index over the rows that are not deleted; named `uq_<table>_<columns>`."""
    label = name or f"uq_{table}_" + "_".join(str(column) for column in columns)
    return partial_index(label, "eliminado_en IS NULL", *columns, unique=True)
