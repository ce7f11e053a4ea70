"""The medical history: whole versions that only follow one another, and the one that holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from comun.models import partial_index
from comun.tables import Json
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.referencias import DoctorRef

VIGENTES = "vigente AND eliminado_en IS NULL"


class Antecedentes(DelExpediente, db.Model):
    """A version of a patient's history; what it says never changes, only whether it still holds.

    A record into which others were merged may have several that hold, one of each, until a new one is written.
    """

    __tablename__ = "antecedentes"
    __table_args__ = (
        UniqueConstraint("paciente_id", "numero"),
        CheckConstraint("numero > 0", name="numero"),
        Index("ix_antecedentes_paciente_id_id", "paciente_id", "id"),
        partial_index("uq_antecedentes_vigente", VIGENTES, "paciente_id", unique=True),
    )
    AUSENTE = "No existe esa versión de los antecedentes."

    numero: Mapped[int]
    vigente: Mapped[bool] = mapped_column(default=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    # As historia_clinica.dominio.antecedentes has it.
    contenido: Mapped[dict[str, Any]] = mapped_column(Json)
    cambios: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    doctor: Mapped[DoctorRef] = relationship(lazy="raise_on_sql")

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """It is always shown who wrote it."""
        return (joinedload(cls.doctor, innerjoin=True),)


for _nombre in ("uq_antecedentes_vigente", "uq_antecedentes_paciente_id_numero"):
    restricciones.add(
        _nombre, "antecedentes_cambiados", "Otra persona acaba de escribir los antecedentes; léalos otra vez."
    )
restricciones.add("antecedentes_inmutable", "antecedentes_inmutables", "Una versión escrita no cambia.")
