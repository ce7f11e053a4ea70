"""Calendar feeds: an address that a calendar program may read, until it is revoked."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from citas.extensiones import db
from comun.auth.caller import Caller, Scope
from comun.models import Resource


class Calendario(Resource, db.Model):
    """The feed of a doctor or of a patient. Of its secret only a digest is kept."""

    AUSENTE = "No existe ese calendario."
    audit_secret = frozenset({"huella"})
    __tablename__ = "calendario"
    __table_args__ = (CheckConstraint("(doctor_id IS NULL) <> (paciente_id IS NULL)", name="de_quien"),)

    doctor_id: Mapped[int | None] = mapped_column(ForeignKey("doctor_ref.id"), index=True)
    paciente_id: Mapped[int | None] = mapped_column(ForeignKey("paciente_ref.id"), index=True)
    nombre: Mapped[str | None] = mapped_column(String(80))
    # Whether a doctor's feed names the patients; else their initials.
    con_nombres: Mapped[bool] = mapped_column(default=False)
    huella: Mapped[str] = mapped_column(String(64), unique=True)

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """One's own; administrators all."""
        match quien.alcance:
            case Scope.RED:
                return true()
            case Scope.MEDICO if quien.doctor_id is not None:
                return cls.doctor_id == quien.doctor_id
            case Scope.PACIENTE if quien.paciente_id is not None:
                return cls.paciente_id == quien.paciente_id
        return false()
