"""Whose rows a caller sees, where everybody may choose among them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, true

from comun.auth.caller import Caller, Scope


class ParaElegir:
    """For tables with `activo`."""

    activo: Any

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Staff sees all; patients what is in use, with which they can book."""
        match quien.alcance:
            case Scope.RED | Scope.CENTROS | Scope.MEDICO:
                return true()
            case Scope.PACIENTE:
                return cls.activo.is_(True)
        return false()
