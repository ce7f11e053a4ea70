"""Series: appointments that were booked together from one recurrence rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from citas.dominio.estados import PENDIENTES
from citas.extensiones import db
from citas.modelos.cita import Cita
from citas.modelos.visibilidad import DePacienteDoctorYCentro
from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Invalid, NotFound
from comun.models import Resource


class Serie(DePacienteDoctorYCentro, Resource, db.Model):
    """How it was booked: the rule, counted from `primera`, a reading of the centre's clock.

    What became of it is what its appointments (`cita.serie_id`) say.
    """

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

    # Those that still count: of one that was moved, the one in its place.
    citas: Mapped[list[Cita]] = relationship(
        primaryjoin=lambda: (
            (Serie.id == Cita.serie_id) & Cita.eliminado_en.is_(None) & Cita.reprogramada_en_id.is_(None)
        ),
        order_by=lambda: (Cita.inicio, Cita.id),
        viewonly=True,
        lazy="raise_on_sql",
    )

    @classmethod
    def con_sus_citas(cls, serie_id: int, quien: Caller) -> Serie:
        """One with those of its appointments that the caller may see; NotFound without the right to it."""
        suyas = selectinload(cls.citas.and_(Cita.visibles_para(quien))).joinedload(Cita.paciente)
        serie = db.session.scalar(
            db.select(cls).where(cls.id == serie_id, cls.vivos(), cls.visibles_para(quien)).options(suyas)
        )
        if serie is None:
            raise NotFound(cls.AUSENTE)
        return serie

    def por_delante(self, desde_cita_id: int | None, quien: Caller) -> Sequence[Cita]:
        """The pending ones that lie ahead, all or from one on, of those that the caller may see; in order.

        Invalid when that one is not of this series.
        """
        suyas = (Cita.serie_id == self.id) & Cita.vivos() & Cita.visibles_para(quien)
        condicion = suyas & Cita.estado.in_(PENDIENTES) & (Cita.inicio > now())
        if desde_cita_id is not None:
            desde = db.session.scalar(db.select(Cita.inicio).where(Cita.id == desde_cita_id, suyas))
            if desde is None:
                raise Invalid({"desde_cita_id": ["No es una cita de esta serie."]})
            condicion &= Cita.inicio >= desde
        consulta = db.select(Cita).where(condicion).options(*Cita.cargar()).order_by(Cita.inicio, Cita.id)
        return db.session.scalars(consulta).all()
