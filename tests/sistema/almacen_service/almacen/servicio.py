"""One unit leaves the store when an appointment is completed, and comes back when it is reopened."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Mapped, mapped_column

from comun.app import Service
from comun.db import make_database
from comun.errors import ConstraintMessages
from comun.events import Consumer, Event, EventSchemas, superseded
from comun.tables import mechanism_tables

db = make_database()
tablas = mechanism_tables(db.metadata)
consumidor = Consumer(EventSchemas(Path(__file__).parent / "eventos" / "esquemas_consumidos"))


class Uso(db.Model):  # type: ignore[name-defined]
    """Whether something is used for an appointment, as far as is known now."""

    __tablename__ = "uso"
    cita_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vigente: Mapped[bool]


class Movimiento(db.Model):  # type: ignore[name-defined]
    """What left the store (-1) or came back (+1); never changed afterwards."""

    __tablename__ = "movimiento"
    id: Mapped[int] = mapped_column(primary_key=True)
    cita_id: Mapped[int]
    cantidad: Mapped[int]


@consumidor.on("cita.completada.v1")
def descontar(evento: Event) -> None:
    """Take what the appointment used from the store."""
    if not superseded(evento):
        _dejar(evento.data["id"], vigente=True)


@consumidor.on("cita.reabierta.v1")
def devolver(evento: Event) -> None:
    """Put back what was taken for an appointment that is not over yet; nothing, when nothing was."""
    if not superseded(evento):
        _dejar(evento.data["id"], vigente=False)


def _dejar(cita_id: int, *, vigente: bool) -> None:
    uso = db.session.get(Uso, cita_id) or Uso(cita_id=cita_id, vigente=False)
    if uso.vigente != vigente:
        db.session.add(Movimiento(cita_id=cita_id, cantidad=-1 if vigente else 1))
    uso.vigente = vigente
    db.session.add(uso)


SERVICIO = Service(
    name="almacen",
    package="almacen",
    title="Almacén de prueba",
    port=5098,
    db=db,
    tables=tablas,
    permissions={},
    blueprints=[],
    constraints=ConstraintMessages(),
    consumer=consumidor,
)
