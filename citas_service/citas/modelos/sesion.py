"""Group sessions: one occupation of the doctor, with places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db, restricciones
from citas.modelos.ocupacion import Toma, soltar, tomar
from comun.db import UtcDateTime, changed_rows


class Sesion(db.Model):
    """A group session: it takes doctor and room once; each of its appointments and holds takes a place."""

    __tablename__ = "sesion"
    __table_args__ = (
        CheckConstraint("fin > inicio", name="intervalo"),
        CheckConstraint("ocupados BETWEEN 0 AND capacidad", name="lugares"),
        Index("ix_sesion_doctor", "doctor_id", "inicio"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    sala_id: Mapped[int | None]
    asistente_id: Mapped[int | None]
    tratamiento_id: Mapped[int | None]
    inicio: Mapped[datetime] = mapped_column(UtcDateTime)
    fin: Mapped[datetime] = mapped_column(UtcDateTime)
    capacidad: Mapped[int]
    ocupados: Mapped[int]


restricciones.add("ck_sesion_lugares", "sesion_llena", "La sesión ya no tiene lugares.")


def entrar_en_sesion(buscada: Sesion, tomas: list[Toma]) -> Sesion:
    """A place in the session like `buscada`, which is made if there is none: then it takes `tomas`.

    Call it when it is one's turn for the doctor. No place left, or the doctor is taken otherwise: IntegrityError.
    """
    hay = db.session.scalar(
        db.select(Sesion).where(
            Sesion.doctor_id == buscada.doctor_id,
            Sesion.inicio == buscada.inicio,
            Sesion.fin == buscada.fin,
            Sesion.centro_id == buscada.centro_id,
            Sesion.tratamiento_id == buscada.tratamiento_id,
            Sesion.ocupados > 0,
        )
    )
    if hay is not None and _un_lugar_mas(hay.id):
        return hay
    buscada.ocupados = 1
    db.session.add(buscada)
    db.session.flush()
    tomar(tomas, sesion_id=buscada.id)
    return buscada


def _un_lugar_mas(sesion_id: int) -> bool:
    """Whether it still stands: the last of its appointments may be leaving it at this moment."""
    en_pie = db.update(Sesion).where(Sesion.id == sesion_id, Sesion.ocupados > 0)
    return changed_rows(db.session, en_pie.values(ocupados=Sesion.ocupados + 1)) == 1


def dejar_sesion(sesion_id: int) -> None:
    """Give back a place; the last one leaves takes the session with it."""
    changed_rows(db.session, db.update(Sesion).where(Sesion.id == sesion_id).values(ocupados=Sesion.ocupados - 1))
    if not db.session.scalar(db.select(Sesion.ocupados).where(Sesion.id == sesion_id)):
        soltar(sesion_id=sesion_id)
