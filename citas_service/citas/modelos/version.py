"""The version of the agenda's rules: it grows with hours, blocks, policies, doctors, centres and treatments.

What a process has worked out from them holds for as long as the version is the same (`citas.modelos.reglas`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from citas.extensiones import db


class VersionAgenda(db.Model):
    """One row. It comes with the migration."""

    __tablename__ = "version_agenda"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    numero: Mapped[int]


def version_agenda() -> int:
    """The version that the current transaction sees."""
    return db.session.scalars(_VERSION).one()


def agenda_cambia() -> None:
    """Something that the rules depend on changes in the current transaction."""
    db.session.info["agenda_cambia"] = object()  # another for each change


def vigilar(*modelos: type[Any]) -> None:
    """Any change of these tables' objects is a change of the rules."""

    @event.listens_for(db.session, "before_flush")
    def mirar(session: Session, *_: object) -> None:
        if any(isinstance(objeto, modelos) for objeto in (*session.new, *session.dirty, *session.deleted)):
            session.info["agenda_cambia"] = object()


_VERSION = db.select(VersionAgenda.numero)
_SIGUIENTE = db.update(VersionAgenda).values(numero=VersionAgenda.numero + 1)


@event.listens_for(db.session, "before_commit")
def _subir(session: Session) -> None:
    # Last of all: whoever holds this row waits for nobody any more.
    session.flush()
    session.info.pop("agenda_leida", None)
    if session.info.pop("agenda_cambia", None):
        session.execute(_SIGUIENTE, execution_options={"synchronize_session": False})


@event.listens_for(db.session, "after_rollback")
def _olvidar(session: Session) -> None:
    session.info.pop("agenda_cambia", None)


@event.listens_for(db.session, "after_soft_rollback")
def _releer(session: Session, *_: object) -> None:
    session.info.pop("agenda_leida", None)
