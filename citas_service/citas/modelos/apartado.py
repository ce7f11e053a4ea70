"""Holds: a slot put aside for some minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db
from citas.modelos.ocupacion import soltar, tomar, tomas_de
from citas.modelos.recursos import Recurso, TipoRecurso
from citas.modelos.sesion import dejar_sesion
from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime
from comun.models import Resource


class Apartado(Resource, db.Model):
    """A slot that blocks others exactly as an appointment does, until `vence_en`. Gone once used or given back."""

    AUSENTE = "No existe ese apartado, o ya venció."
    __tablename__ = "apartado"
    __table_args__ = (
        CheckConstraint("fin > inicio", name="intervalo"),
        Index("ix_apartado_vence_en", "vence_en"),
        Index("ix_apartado_por", "por", "vence_en"),
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

    def recursos(self) -> list[Recurso]:
        """Who and what it takes."""
        return [toma.recurso for toma in tomas_de(self)]

    def ocupar(self) -> None:
        """Take its time, as an appointment does. Flushes; a clash is an IntegrityError."""
        db.session.flush()
        tomas = tomas_de(self)
        if self.sesion_id is not None:
            tomas = [toma for toma in tomas if toma.recurso.tipo is TipoRecurso.PACIENTE]
        tomar(tomas, apartado_id=self.id, vence_en=self.vence_en)

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
