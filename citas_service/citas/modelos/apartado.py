"""Holds: a slot put aside for some minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db
from citas.modelos.guardas import esperar_turno
from citas.modelos.ocupacion import Ocupacion, OcupaTiempo, soltar
from citas.modelos.recursos import Recurso
from citas.modelos.sesion import dejar_sesion
from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime, now
from comun.models import Resource
from comun.times import zone

# Whose the holds of the waitlist are, as audit rows would name it.
POR_LA_LISTA = "sistema:lista-de-espera"


SIN_OTROS: tuple[int, ...] = ()


class Apartado(OcupaTiempo, Resource, db.Model):
    """A slot that blocks others exactly as an appointment does, until `vence_en`. Gone once used or given back."""

    AUSENTE = "No existe ese apartado, o ya venció."
    __tablename__ = "apartado"
    __table_args__ = (
        CheckConstraint("fin > inicio", name="intervalo"),
        Index("ix_apartado_vence_en", "vence_en"),
        Index("ix_apartado_por", "por", "vence_en"),
        # Offers and clients remember the id of a hold that is gone: no other one may get it.
        {"sqlite_autoincrement": True},
    )

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    paciente_id: Mapped[int | None] = mapped_column(ForeignKey("paciente_ref.id"), index=True)
    sala_id: Mapped[int | None]
    asistente_id: Mapped[int | None]
    tratamiento_id: Mapped[int | None]
    inicio: Mapped[datetime] = mapped_column(UtcDateTime)
    fin: Mapped[datetime] = mapped_column(UtcDateTime)
    zona_horaria: Mapped[str] = mapped_column(String(60))
    holgura_antes_minutos: Mapped[int] = mapped_column(default=0)
    holgura_despues_minutos: Mapped[int] = mapped_column(default=0)
    sesion_id: Mapped[int | None] = mapped_column(ForeignKey("sesion.id"), index=True)
    vence_en: Mapped[datetime] = mapped_column(UtcDateTime)
    # Whose it is, as audit rows name a caller.
    por: Mapped[str] = mapped_column(String(80))

    # What else is to be done; held against what the doctor offers when it is put aside, and not kept.
    otros_tratamientos = SIN_OTROS

    @property
    def fecha_hora(self) -> datetime:
        """The start on the centre's clock."""
        return self.inicio.astimezone(zone(self.zona_horaria))

    @property
    def duracion_minutos(self) -> int:
        """How long it is."""
        return int((self.fin - self.inicio).total_seconds() // 60)

    @classmethod
    def vivos(cls) -> ColumnElement[bool]:
        """Those that have not expired, whether or not somebody has cleared away the others."""
        return cls.vence_en > now()

    @classmethod
    def en_turno(cls, *condiciones: ColumnElement[bool], ademas: Iterable[Recurso] = ()) -> Self | None:
        """The one that meets the conditions, once it is one's turn for all that it takes, and for `ademas`.

        Until the end of the transaction nobody else changes it.
        """
        consulta = db.select(cls).where(*condiciones)
        apartado = db.session.scalar(consulta)
        if apartado is None:
            return None
        esperar_turno(db.session, [*apartado.recursos(), *ademas])
        return db.session.scalar(consulta.with_for_update().execution_options(populate_existing=True))

    def es_de_oferta(self) -> bool:
        """Whether the waitlist keeps it for one to whom it was offered."""
        return self.por == POR_LA_LISTA

    def origen(self) -> dict[str, Any]:
        """What marks the time that it takes as its own, until it expires."""
        return {"apartado_id": self.id, "vence_en": self.vence_en}

    def soltar(self) -> None:
        """Give its time back; the hold is gone."""
        soltar(apartado_id=self.id)
        if self.sesion_id is not None:
            dejar_sesion(self.sesion_id)
        db.session.delete(self)

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """One's own; administrators see all, reception those of its centres."""
        match quien.alcance:
            case Scope.RED:
                return true()
            case Scope.CENTROS:
                return cls.centro_id.in_(quien.centros)
            case Scope.PACIENTE | Scope.MEDICO:
                return cls.por == quien.actor
        return false()


def soltar_vencidos(recursos: Iterable[Recurso]) -> None:
    """Holds that expired give back their places in group sessions that take one of these.

    Call it when it is one's turn for them. Of other holds nothing is in the way once they expired.
    """
    sesiones = db.select(Ocupacion.sesion_id).where(Ocupacion.sesion_id.is_not(None), Ocupacion.de(recursos))
    vencidos = db.session.scalars(
        db.select(Apartado)
        .where(Apartado.vence_en <= now(), Apartado.sesion_id.in_(sesiones))
        .order_by(Apartado.id)
        .with_for_update()
    ).all()
    for apartado in vencidos:
        apartado.soltar()
    if vencidos:
        db.session.flush()
