"""Overlaps made impossible by the database: where PostgreSQL and SQLite differ, and nowhere else.

PostgreSQL: exclusion constraints. SQLite: triggers, under its single writer. Both refuse with the same names,
`ex_ocupacion_<tipo>` for a resource that is taken, `ex_horario` for hours of a doctor that overlap.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Integer, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session, SessionTransaction

from citas.extensiones import db
from citas.modelos.recursos import Recurso, TipoRecurso


def crear(connection: Connection, tipos: Collection[str]) -> None:
    """Create the guards of these kinds of resources; called by migrations that make the table `ocupacion` anew."""
    for tipo in tipos:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f"ALTER TABLE ocupacion ADD CONSTRAINT ex_ocupacion_{tipo} EXCLUDE USING gist ("
                "int4range(recurso_id, recurso_id, '[]') WITH &&, tstzrange(inicio, fin) WITH &&)"
                f" WHERE (tipo = '{tipo}')"
            )
        else:
            for event in ("INSERT", "UPDATE OF inicio, fin, recurso_id, tipo"):
                connection.exec_driver_sql(_sqlite_trigger(tipo, event))


def _sqlite_trigger(tipo: str, event: str) -> str:
    # Rows of one resource never overlap, so the first that ends after the new start is the only candidate.
    return f"""
        CREATE TRIGGER ex_ocupacion_{tipo}_{event.split()[0].lower()} BEFORE {event} ON ocupacion
        WHEN NEW.tipo = '{tipo}' AND (
            SELECT inicio FROM ocupacion
            WHERE tipo = NEW.tipo AND recurso_id = NEW.recurso_id AND fin > NEW.inicio AND id IS NOT NEW.id
            ORDER BY fin LIMIT 1
        ) < NEW.fin
        BEGIN SELECT RAISE(ABORT, 'ex_ocupacion_{tipo}'); END
    """  # noqa: S608 - the enumeration is ours


def crear_de_horario(connection: Connection) -> None:
    """Create the guard of the table `horario`."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "ALTER TABLE horario ADD CONSTRAINT ex_horario EXCLUDE USING gist ("
            "int8range(doctor_id::bigint * 7 + dia_semana, doctor_id::bigint * 7 + dia_semana, '[]') WITH &&,"
            "int4range(desde, hasta) WITH &&, daterange(vigente_desde, vigente_hasta, '[]') WITH &&)"
            " WHERE (eliminado_en IS NULL)"
        )
        return
    for event in ("INSERT", "UPDATE"):
        connection.exec_driver_sql(f"""
            CREATE TRIGGER ex_horario_{event.lower()} BEFORE {event} ON horario
            WHEN NEW.eliminado_en IS NULL AND EXISTS (
                SELECT 1 FROM horario AS otro
                WHERE otro.eliminado_en IS NULL AND otro.id IS NOT NEW.id
                  AND otro.doctor_id = NEW.doctor_id AND otro.dia_semana = NEW.dia_semana
                  AND otro.desde < NEW.hasta AND NEW.desde < otro.hasta
                  AND coalesce(otro.vigente_desde, '0001-01-01') <= coalesce(NEW.vigente_hasta, '9999-12-31')
                  AND coalesce(NEW.vigente_desde, '0001-01-01') <= coalesce(otro.vigente_hasta, '9999-12-31')
            )
            BEGIN SELECT RAISE(ABORT, 'ex_horario'); END
        """)  # noqa: S608 - the events are ours


# Arrays are worked through in their order. One statement for any number: made and compiled once.
_TURNOS = text("SELECT pg_advisory_xact_lock(tipo, id) FROM unnest(:tipos, :ids) AS turno (tipo, id)").bindparams(
    bindparam("tipos", type_=ARRAY(Integer)), bindparam("ids", type_=ARRAY(Integer))
)


def esperar_turno(session: Any, recursos: Iterable[Recurso]) -> None:
    """Queue up for the resources, in one order for everybody, until the end of the transaction.

    Two transactions that insert overlapping rows at once would otherwise each wait for the other
    (an exclusion constraint checks after inserting) and one be killed as a deadlock. SQLite has one writer.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    llegados: set[Recurso] = session.info.setdefault("turnos", set())
    faltan = set(recursos) - llegados
    if not faltan:
        return
    turnos = sorted((list(TipoRecurso).index(recurso.tipo), recurso.id) for recurso in faltan)
    tipos, ids = zip(*turnos, strict=True)
    session.execute(_TURNOS, {"tipos": list(tipos), "ids": list(ids)})
    llegados |= faltan


@listens_for(db.session, "after_transaction_end")
def _dejar_turnos(session: Session, transaction: SessionTransaction) -> None:
    # Of a savepoint too: when it was taken back, the database let go of them. A flush ends neither.
    if transaction.nested or transaction.parent is None:
        session.info.pop("turnos", None)
