"""Series: appointments that were booked together from one recurrence rule."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db
from comun.auth.caller import Caller, Scope
from comun.models import Resource


class Serie(Resource, db.Model):
    """The rule, counted from `primera`, a reading of the centre's clock. Its appointments are rows of `cita`."""

    AUSENTE = "No existe esa serie, o no le corresponde verla."
    __tablename__ = "serie"

    paciente_id: Mapped[int] = mapped_column(ForeignKey("paciente_ref.id"), index=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"), index=True)
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    primera: Mapped[datetime]
    zona_horaria: Mapped[str] = mapped_column(String(60))
    rrule: Mapped[str] = mapped_column(String(200))
    motivo_consulta: Mapped[str | None] = mapped_column(String(500))
    registrado_por: Mapped[str] = mapped_column(String(80))

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """As appointments are."""
        match quien.alcance:
            case Scope.RED:
                return true()
            case Scope.CENTROS:
                return cls.centro_id.in_(quien.centros)
            case Scope.MEDICO if quien.doctor_id is not None:
                return cls.doctor_id == quien.doctor_id
            case Scope.PACIENTE if quien.paciente_id is not None:
                return cls.paciente_id == quien.paciente_id
        return false()
