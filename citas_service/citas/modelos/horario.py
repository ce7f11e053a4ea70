"""When doctors work, when they don't, and which days a centre keeps as holidays."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, String, false, or_, true
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db, restricciones
from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime
from comun.models import Resource
from comun.times import zone

DIAS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
MOTIVOS = ("almuerzo", "permiso", "vacaciones", "congreso", "cierre", "mantenimiento", "otro")


class Horario(Resource, db.Model):
    """Hours of a doctor at a centre on a weekday, on the centre's clock; `dia_semana` 0 is Monday."""

    AUSENTE = "No existe ese horario."
    __tablename__ = "horario"
    __table_args__ = (
        CheckConstraint("dia_semana BETWEEN 0 AND 6", name="dia_semana"),
        CheckConstraint("0 <= desde AND desde < hasta AND hasta <= 1440", name="franja"),
        CheckConstraint("turno_minutos BETWEEN 5 AND 720", name="turno"),
        CheckConstraint("vigente_hasta >= vigente_desde", name="vigencia"),
        Index("ix_horario_doctor", "doctor_id", "dia_semana"),
    )

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    dia_semana: Mapped[int]
    # Minutes since midnight.
    desde: Mapped[int]
    hasta: Mapped[int]
    turno_minutos: Mapped[int]
    sala_id: Mapped[int | None]
    vigente_desde: Mapped[date | None]
    vigente_hasta: Mapped[date | None]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Staff sees the hours of all doctors: who can be offered is no secret."""
        return true() if quien.alcance in (Scope.RED, Scope.CENTROS, Scope.MEDICO) else false()


class Bloqueo(Resource, db.Model):
    """Time at which a doctor, a room or a centre is not there; `inicio`, `fin` are readings of `zona_horaria`.

    A doctor's with a centre holds there only. With `rrule` it comes again; `termina` is when the last one ends.
    """

    AUSENTE = "No existe ese bloqueo."
    __tablename__ = "bloqueo"
    __table_args__ = (
        CheckConstraint("fin > inicio", name="intervalo"),
        CheckConstraint("doctor_id IS NOT NULL OR centro_id IS NOT NULL", name="de_quien"),
        CheckConstraint("doctor_id IS NULL OR sala_id IS NULL", name="doctor_o_sala"),
        Index("ix_bloqueo_termina", "termina"),
    )

    doctor_id: Mapped[int | None] = mapped_column(ForeignKey("doctor_ref.id"), index=True)
    centro_id: Mapped[int | None] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    sala_id: Mapped[int | None]
    tipo: Mapped[str] = mapped_column(String(15))
    motivo: Mapped[str | None] = mapped_column(String(300))
    inicio: Mapped[datetime]
    fin: Mapped[datetime]
    zona_horaria: Mapped[str] = mapped_column(String(60))
    rrule: Mapped[str | None] = mapped_column(String(200))
    termina: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def desde(self) -> datetime:
        """Its start on its zone's clock, with the offset."""
        return self.inicio.replace(tzinfo=zone(self.zona_horaria))

    @property
    def hasta(self) -> datetime:
        """Its end on its zone's clock, with the offset."""
        return self.fin.replace(tzinfo=zone(self.zona_horaria))

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """A doctor sees the own and closures; who works in centres those of all doctors, and of their centres."""
        match quien.alcance:
            case Scope.RED:
                return true()
            case Scope.CENTROS:
                return or_(cls.doctor_id.is_not(None), cls.centro_id.in_(quien.centros))
            case Scope.MEDICO if quien.doctor_id is not None:
                return or_(cls.doctor_id == quien.doctor_id, cls.doctor_id.is_(None))
        return false()


class CalendarioCentro(Resource, db.Model):
    """Whose public holidays a centre keeps, and on which of them it works all the same. Its id is the centre's."""

    AUSENTE = "No existe ese centro."
    __tablename__ = "calendario_centro"

    id: Mapped[int] = mapped_column(
        ForeignKey("centro_ref.id"), primary_key=True, autoincrement=False, sort_order=-10
    )
    # ISO 3166; None: no holidays.
    pais: Mapped[str | None] = mapped_column(String(2))
    abre: Mapped[list[str]] = mapped_column(JSON, default=list)


restricciones.add("pk_calendario_centro", "cambio_simultaneo", "Otra persona cambió el mismo dato; intente de nuevo.")
restricciones.add("ex_horario", "horario_solapado", "El doctor ya tiene un horario que se cruza con ese.")
