"""Whose rows a caller sees, where they are of a patient, a doctor and a centre."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, true

from comun.auth.caller import Caller, Scope


class DePacienteDoctorYCentro:
    """For tables with `paciente_id`, `doctor_id` and `centro_id`."""

    paciente_id: Any
    doctor_id: Any
    centro_id: Any

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All, those of the own centres, those of the doctor, those of the patient; nothing for another scope."""
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


def alcanza(quien: Caller, doctor_id: int, centro_id: int) -> bool:
    """Whether staff sees what a doctor has at a centre: the same rule for what is no row."""
    return quien.acts_in(centro_id) or (quien.alcance is Scope.MEDICO and quien.doctor_id == doctor_id)
