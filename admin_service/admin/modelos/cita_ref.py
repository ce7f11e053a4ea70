"""What admin_service keeps of appointments: their last known state, one row each, told by citas_service.

Everything about them is derived from these rows, so that it is right whatever is delivered twice or late: a
patient's figures, who attends whom and where, and what is still to come.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Index, String, func, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from admin.extensiones import db
from comun.db import UtcDateTime, now
from comun.models import partial_index

# In the SQL text, because SQLite uses a partial index only when it sees the value.
CANCELADA: ColumnElement[str] = literal_column("'cancelada'")
POR_VENIR = ("programada", "confirmada")
ATENDIDAS = ("en_curso", "completada")


class CitaRef(db.Model):
    """An appointment under the id that citas_service gave it, as of its event number `secuencia`."""

    __tablename__ = "cita_ref"
    __table_args__ = (
        Index("ix_cita_ref_paciente", "paciente_id", "fecha_hora"),
        partial_index("ix_cita_ref_doctor", "estado <> 'cancelada'", "doctor_id", "paciente_id"),
        partial_index("ix_cita_ref_centro", "estado <> 'cancelada'", "centro_id", "paciente_id"),
        Index("ix_cita_ref_fecha", "fecha_hora"),
    )

    cita_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paciente_id: Mapped[int]
    doctor_id: Mapped[int]
    centro_id: Mapped[int]
    sala_id: Mapped[int | None]
    fecha_hora: Mapped[datetime] = mapped_column(UtcDateTime)
    estado: Mapped[str] = mapped_column(String(12))
    secuencia: Mapped[int]

    @classmethod
    def viva(cls) -> ColumnElement[bool]:
        """Not cancelled."""
        return cls.estado != CANCELADA

    @classmethod
    def hay_futuras(cls, de_quien: ColumnElement[bool]) -> bool:
        """Whether some that meet the condition are still to come."""
        futura = db.exists().where(de_quien, cls.estado.in_(POR_VENIR), cls.fecha_hora >= now())
        return bool(db.session.scalar(db.select(futura)))

    @classmethod
    def ultima_atencion(cls, paciente_id: int) -> datetime | None:
        """When the patient was last attended."""
        return db.session.scalar(
            db.select(func.max(cls.fecha_hora)).where(cls.paciente_id == paciente_id, cls.estado.in_(ATENDIDAS))
        )
