"""Rules of appointments per treatment, with a default per centre and for the network."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, String, func, or_, true
from sqlalchemy.orm import Mapped, mapped_column

from citas.dominio.politicas import CAMPOS
from citas.extensiones import db, restricciones
from comun.auth.caller import Caller, Scope
from comun.models import Resource, partial_index


class Politica(Resource, db.Model):
    """What holds for a treatment, at a centre; None in either: for all of them. What is None is inherited."""

    AUSENTE = "No existe esa política."
    __tablename__ = "politica"
    __table_args__ = (
        CheckConstraint("duracion_minutos BETWEEN 5 AND 720", name="duracion"),
        CheckConstraint("holgura_antes_minutos BETWEEN 0 AND 240", name="holgura_antes"),
        CheckConstraint("holgura_despues_minutos BETWEEN 0 AND 240", name="holgura_despues"),
        CheckConstraint("anticipacion_minutos >= 0", name="anticipacion"),
        CheckConstraint("horizonte_dias >= 1", name="horizonte"),
        CheckConstraint("cancelacion_minutos >= 0", name="cancelacion"),
        CheckConstraint("capacidad BETWEEN 1 AND 200", name="capacidad"),
        CheckConstraint("apartado_minutos BETWEEN 1 AND 1440", name="apartado"),
        partial_index(
            "uq_politica_centro_tratamiento",
            "eliminado_en IS NULL",
            func.coalesce(db.column("centro_id"), 0),
            func.coalesce(db.column("tratamiento_id"), 0),
            unique=True,
        ),
    )

    centro_id: Mapped[int | None] = mapped_column(ForeignKey("centro_ref.id"))
    tratamiento_id: Mapped[int | None]
    duracion_minutos: Mapped[int | None]
    holgura_antes_minutos: Mapped[int | None]
    holgura_despues_minutos: Mapped[int | None]
    anticipacion_minutos: Mapped[int | None]
    horizonte_dias: Mapped[int | None]
    cancelacion_minutos: Mapped[int | None]
    capacidad: Mapped[int | None]
    tipo_sala: Mapped[str | None] = mapped_column(String(40))
    recordatorios: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    apartado_minutos: Mapped[int | None]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Who may read policies sees those of the network and of the own centres; others of the staff all."""
        if quien.alcance is Scope.CENTROS:
            return or_(cls.centro_id.is_(None), cls.centro_id.in_(quien.centros))
        return true()

    def dicho(self) -> dict[str, Any]:
        """What it says, None where it inherits."""
        return {campo: getattr(self, campo) for campo in CAMPOS}


restricciones.add(
    "uq_politica_centro_tratamiento",
    "politica_duplicada",
    "Ya hay una política para ese tratamiento en ese centro.",
)
