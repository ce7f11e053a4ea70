"""What all tables of the record have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, true
from sqlalchemy.orm import Mapped, mapped_column

from comun.auth.caller import Caller
from comun.models import Resource


class ConAlertas:
    """Shown with the alerts of its record, which whoever lets into the record puts there."""

    __allow_unmapped__ = True

    alertas: Sequence[Mapping[str, Any]] = ()


class DelExpediente(Resource):
    """A part of a patient's record. Who may see it is decided before any query (`casos_de_uso/acceso.py`).

    It keeps the patient it was written for: a merge of patients changes nothing that was written.
    """

    paciente_id: Mapped[int] = mapped_column(ForeignKey("paciente_ref.id"))

    @classmethod
    def firmados(cls) -> ColumnElement[bool]:
        """Which rows are as signed as they will ever be; a patient is told of no other."""
        return true()

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All rows: they are only asked for by who has been let into the record."""
        return true()
