"""What is taken, for when and by what. The database refuses two that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Delete,
    ForeignKey,
    Index,
    String,
    and_,
    bindparam,
    false,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db, restricciones
from citas.modelos import guardas
from citas.modelos.recursos import Recurso, TipoRecurso
from comun.db import UtcDateTime, changed_rows, insert_all, now


class Toma(NamedTuple):
    """A resource for [inicio, fin)."""

    recurso: Recurso
    inicio: datetime
    fin: datetime


class Turno(Protocol):
    """What takes time of people and rooms: an appointment, or a hold."""

    doctor_id: int
    paciente_id: int | None
    sala_id: int | None
    asistente_id: int | None
    inicio: datetime
    fin: datetime
    holgura_antes_minutos: int
    holgura_despues_minutos: int
    sesion_id: int | None

    def origen(self) -> dict[str, Any]:
        """How `tomar` is told whose it is."""


def tomas_de(turno: Turno) -> list[Toma]:
    """What it takes and for when, in the order in which clashes are reported.

    Doctor, room and assistant are taken while they prepare and tidy up too, the patient is not.
    """
    desde = turno.inicio - timedelta(minutes=turno.holgura_antes_minutos)
    hasta = turno.fin + timedelta(minutes=turno.holgura_despues_minutos)
    tomas = [Toma(Recurso(TipoRecurso.DOCTOR, turno.doctor_id), desde, hasta)]
    if turno.paciente_id is not None:
        tomas.append(Toma(Recurso(TipoRecurso.PACIENTE, turno.paciente_id), turno.inicio, turno.fin))
    if turno.sala_id is not None:
        tomas.append(Toma(Recurso(TipoRecurso.SALA, turno.sala_id), desde, hasta))
    if turno.asistente_id is not None:
        tomas.append(Toma(Recurso(TipoRecurso.ASISTENTE, turno.asistente_id), desde, hasta))
    return tomas


class Ocupacion(db.Model):
    """A resource that an appointment, a hold or a group session has for an interval."""

    __tablename__ = "ocupacion"
    __table_args__ = (
        CheckConstraint("fin > inicio", name="intervalo"),
        CheckConstraint(f"tipo IN {tuple(str(t) for t in TipoRecurso)}", name="tipo"),
        CheckConstraint(
            "(cita_id IS NOT NULL AND apartado_id IS NULL AND sesion_id IS NULL AND vence_en IS NULL)"
            " OR (cita_id IS NULL AND apartado_id IS NOT NULL AND sesion_id IS NULL AND vence_en IS NOT NULL)"
            " OR (cita_id IS NULL AND apartado_id IS NULL AND sesion_id IS NOT NULL AND vence_en IS NULL)",
            name="origen",
        ),
        Index("ix_ocupacion_recurso", "tipo", "recurso_id", "fin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tipo: Mapped[str] = mapped_column(String(10))
    recurso_id: Mapped[int]
    inicio: Mapped[datetime] = mapped_column(UtcDateTime)
    fin: Mapped[datetime] = mapped_column(UtcDateTime)
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita.id", ondelete="CASCADE"), index=True)
    apartado_id: Mapped[int | None] = mapped_column(ForeignKey("apartado.id", ondelete="CASCADE"), index=True)
    sesion_id: Mapped[int | None] = mapped_column(ForeignKey("sesion.id", ondelete="CASCADE"), index=True)
    # Of a hold: from then on it does not count any more.
    vence_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def vigente(cls) -> ColumnElement[bool]:
        """The condition that leaves out what holds had that expired."""
        return or_(cls.vence_en.is_(None), cls.vence_en > now())

    @classmethod
    def entre(cls, desde: datetime, hasta: datetime) -> ColumnElement[bool]:
        """The condition that it takes some of [desde, hasta), and has not expired."""
        # Nothing is longer than a day, so an index on the end serves both bounds.
        return and_(cls.fin > desde, cls.fin < hasta + timedelta(days=1), cls.inicio < hasta, cls.vigente())

    @classmethod
    def de(cls, recursos: Iterable[Recurso]) -> ColumnElement[bool]:
        """The condition that it is of one of these."""
        return cls.con_ids(cls.por_tipo(recursos))

    @classmethod
    def con_ids(cls, ids: Mapping[TipoRecurso, Any]) -> ColumnElement[bool]:
        """The condition that it is of one of these, by kind: lists of ids, or parameters that will be such."""
        return or_(false(), *(and_(cls.tipo == tipo, cls.recurso_id.in_(suyos)) for tipo, suyos in ids.items()))

    @staticmethod
    def por_tipo(recursos: Iterable[Recurso]) -> dict[TipoRecurso, list[int]]:
        """Their ids, by kind."""
        ids: dict[TipoRecurso, set[int]] = defaultdict(set)
        for recurso in recursos:
            ids[recurso.tipo].add(recurso.id)
        return {tipo: sorted(ids[tipo]) for tipo in TipoRecurso if tipo in ids}


class OcupaTiempo:
    """For tables whose rows are a `Turno`."""

    def recursos(self: Turno) -> list[Recurso]:
        """Who and what it takes."""
        return [toma.recurso for toma in tomas_de(self)]

    def ocupar(self: Turno) -> None:
        """Take doctor, patient, room and assistant for its time. Flushes; a clash is an IntegrityError.

        Of a group session it takes the patient only: the session has the rest.
        """
        db.session.flush()
        tomas = tomas_de(self)
        if self.sesion_id is not None:
            tomas = [toma for toma in tomas if toma.recurso.tipo is TipoRecurso.PACIENTE]
        tomar(tomas, **self.origen())


def tomar(
    tomas: Sequence[Toma],
    *,
    cita_id: int | None = None,
    apartado_id: int | None = None,
    sesion_id: int | None = None,
    vence_en: datetime | None = None,
) -> None:
    """Take all of them, or none: a clash is an IntegrityError. Holds that expired give way."""
    if not tomas:
        return
    recursos = [toma.recurso for toma in tomas]
    guardas.esperar_turno(db.session, recursos)
    _quitar_vencidas(recursos)
    origen = {"cita_id": cita_id, "apartado_id": apartado_id, "sesion_id": sesion_id, "vence_en": vence_en}
    filas = [
        {"tipo": recurso.tipo, "recurso_id": recurso.id, "inicio": inicio, "fin": fin, **origen}
        for recurso, inicio, fin in tomas
    ]
    insert_all(db.session, Ocupacion.__table__, filas)


def soltar(**origen: int) -> None:
    """Give back all that an appointment, a hold or a session has: `soltar(cita_id=5)`."""
    ((campo, valor),) = origen.items()
    changed_rows(db.session, db.delete(Ocupacion).where(getattr(Ocupacion, campo) == valor))


def _quitar_vencidas(recursos: Iterable[Recurso]) -> None:
    # A constraint can't look at the clock, so what expired goes before it would be in the way.
    ids = Ocupacion.por_tipo(recursos)
    valores = {"ahora": now(), **{str(tipo): cuales for tipo, cuales in ids.items()}}
    changed_rows(db.session, _vencidas_de(*ids), valores)


@cache
def _vencidas_de(*tipos: TipoRecurso) -> Delete:
    """What of such resources expired until `ahora`; which ones is the parameter of each kind's name."""
    suyas = Ocupacion.con_ids({tipo: bindparam(tipo, expanding=True) for tipo in tipos})
    return db.delete(Ocupacion).where(Ocupacion.vence_en <= bindparam("ahora"), suyas)


_OCUPADOS = {
    TipoRecurso.DOCTOR: "El doctor ya está ocupado en ese horario.",
    TipoRecurso.PACIENTE: "El paciente ya tiene una cita en ese horario.",
    TipoRecurso.SALA: "La sala ya está ocupada en ese horario.",
    TipoRecurso.ASISTENTE: "El asistente ya está ocupado en ese horario.",
}
for _tipo, _detalle in _OCUPADOS.items():
    restricciones.add(
        f"ex_ocupacion_{_tipo}", f"{_tipo}_{'ocupada' if _tipo is TipoRecurso.SALA else 'ocupado'}", _detalle
    )
