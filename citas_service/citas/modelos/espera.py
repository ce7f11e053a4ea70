"""The waitlist: who waits for what, the time that became free, and to whom it was offered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    event,
    false,
    true,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from citas.extensiones import db, restricciones
from citas.modelos.referencias import CentroRef, PacienteRef
from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime, now
from comun.fields import fold
from comun.models import Resource, partial_index
from comun.times import zone


class EstadoEspera(StrEnum):
    """`vencida`: its last day went by."""

    ESPERANDO = "esperando"
    OFRECIDA = "ofrecida"
    ATENDIDA = "atendida"
    CANCELADA = "cancelada"
    VENCIDA = "vencida"


class EstadoHueco(StrEnum):
    """`tomado`: one of the candidates has it; `cerrado`: nobody wants it, or it is taken or over."""

    PENDIENTE = "pendiente"
    OFRECIDO = "ofrecido"
    TOMADO = "tomado"
    CERRADO = "cerrado"


class EstadoOferta(StrEnum):
    """`retirada`: the time could not be kept for the candidate after all."""

    ENVIADA = "enviada"
    ACEPTADA = "aceptada"
    RECHAZADA = "rechazada"
    VENCIDA = "vencida"
    RETIRADA = "retirada"


ABIERTAS = (EstadoEspera.ESPERANDO, EstadoEspera.OFRECIDA)

# What makes two wishes of a patient the same. Not its first day, which is today's when none is given.
DESEO = (
    "doctor_id",
    "centro_id",
    "especialidad",
    "tratamiento_id",
    "hasta",
    "hora_desde",
    "hora_hasta",
    "dias_semana",
)


class Espera(Resource, db.Model):
    """A patient's wish for an earlier or a better time. What is None does not matter to them.

    `desde`, `hasta`: days on the centre's calendar; `hora_desde`, `hora_hasta`: minutes since midnight there,
    within which the appointment must lie; `dias_semana`: 0 for Monday; `prioridad`: the greater the sooner.
    """

    AUSENTE = "No existe esa espera, o no le corresponde verla."
    __tablename__ = "espera"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoEspera)}", name="estado"),
        CheckConstraint("hasta >= desde", name="fechas"),
        CheckConstraint("hora_hasta > hora_desde", name="horas"),
        CheckConstraint("prioridad BETWEEN 0 AND 9", name="prioridad"),
        Index("ix_espera_turno", "estado", "prioridad", "id"),
        partial_index(
            "uq_espera_paciente_id_huella",
            "eliminado_en IS NULL AND estado IN ('esperando', 'ofrecida')",
            "paciente_id",
            "huella",
            unique=True,
        ),
    )

    paciente_id: Mapped[int] = mapped_column(ForeignKey("paciente_ref.id"), index=True)
    doctor_id: Mapped[int | None] = mapped_column(ForeignKey("doctor_ref.id"), index=True)
    centro_id: Mapped[int | None] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    especialidad: Mapped[str | None] = mapped_column(String(120))
    tratamiento_id: Mapped[int | None]
    desde: Mapped[date]
    hasta: Mapped[date]
    hora_desde: Mapped[int | None]
    hora_hasta: Mapped[int | None]
    dias_semana: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    prioridad: Mapped[int] = mapped_column(default=0)
    notas: Mapped[str | None] = mapped_column(String(500))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoEspera.ESPERANDO)
    registrado_por: Mapped[str] = mapped_column(String(80))
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita.id"))
    # Digest of what is wished for: an equal open one is refused.
    huella: Mapped[str] = mapped_column(String(64))

    audit_ignored = frozenset({"huella"})

    paciente: Mapped[PacienteRef] = relationship(lazy="raise_on_sql")
    # The one that waits for an answer.
    oferta: Mapped[Oferta | None] = relationship(
        primaryjoin="and_(Oferta.espera_id == Espera.id, Oferta.estado == 'enviada')",
        viewonly=True,
        lazy="raise_on_sql",
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """The patient, and the offer with its place."""
        return [joinedload(cls.paciente), joinedload(cls.oferta).joinedload(Oferta.hueco).joinedload(Hueco.centro)]

    def esta_abierta(self) -> bool:
        """Whether the patient still waits."""
        return self.estado in ABIERTAS

    def deseo(self) -> dict[str, Any]:
        """What is wished for, as far as it tells two wishes apart."""
        especialidad = fold(self.especialidad) if self.especialidad else None
        return {campo: getattr(self, campo) for campo in DESEO} | {"especialidad": especialidad}

    @classmethod
    def bloquear(cls, espera_id: int) -> Espera:
        """As it is now; nobody else changes it, or offers it anything, until the end of the transaction."""
        # `get` with a lock refuses what changed since it was read before; it is to be read anew.
        consulta = db.select(cls).where(cls.id == espera_id).with_for_update()
        return db.session.scalars(consulta.execution_options(populate_existing=True)).one()

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """A patient's own; of reception those for its centres or for any, of a doctor those for the own agenda."""
        match quien.alcance:
            case Scope.RED:
                return true()
            case Scope.CENTROS:
                return cls.centro_id.is_(None) | cls.centro_id.in_(quien.centros)
            case Scope.MEDICO if quien.doctor_id is not None:
                return cls.doctor_id == quien.doctor_id
            case Scope.PACIENTE if quien.paciente_id is not None:
                return cls.paciente_id == quien.paciente_id
        return false()


class Hueco(db.Model):
    """Time of a doctor that became free: [inicio, fin). Written with what freed it, in one transaction."""

    __tablename__ = "hueco"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoHueco)}", name="estado"),
        CheckConstraint("fin > inicio", name="intervalo"),
        partial_index("ix_hueco_abierto", "estado IN ('pendiente', 'ofrecido')", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    sala_id: Mapped[int | None]
    inicio: Mapped[datetime] = mapped_column(UtcDateTime)
    fin: Mapped[datetime] = mapped_column(UtcDateTime)
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita.id"), index=True)
    estado: Mapped[str] = mapped_column(String(10), default=EstadoHueco.PENDIENTE)
    creado_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    centro: Mapped[CentroRef] = relationship(lazy="raise_on_sql")


class Oferta(db.Model):
    """Free time offered to one who waits, kept for them by a hold until `vence_en`. Never twice to the same."""

    __tablename__ = "oferta"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoOferta)}", name="estado"),
        UniqueConstraint("hueco_id", "espera_id"),
        partial_index("uq_oferta_hueco_enviada", "estado = 'enviada'", "hueco_id", unique=True),
        partial_index("uq_oferta_espera_enviada", "estado = 'enviada'", "espera_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hueco_id: Mapped[int] = mapped_column(ForeignKey("hueco.id"))
    espera_id: Mapped[int] = mapped_column(ForeignKey("espera.id"), index=True)
    # Not a reference: the hold is gone once it was used or expired.
    apartado_id: Mapped[int | None]
    inicio: Mapped[datetime] = mapped_column(UtcDateTime)
    fin: Mapped[datetime] = mapped_column(UtcDateTime)
    vence_en: Mapped[datetime] = mapped_column(UtcDateTime)
    estado: Mapped[str] = mapped_column(String(10), default=EstadoOferta.ENVIADA)
    cita_id: Mapped[int | None] = mapped_column(ForeignKey("cita.id"))
    creado_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    resuelto_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    espera: Mapped[Espera] = relationship(lazy="raise_on_sql")
    hueco: Mapped[Hueco] = relationship(lazy="raise_on_sql")

    @property
    def doctor_id(self) -> int:
        """Whose time it is."""
        return self.hueco.doctor_id

    @property
    def centro_id(self) -> int:
        """Where."""
        return self.hueco.centro_id

    @property
    def fecha_hora(self) -> datetime:
        """The start on the centre's clock."""
        return self.inicio.astimezone(zone(self.hueco.centro.zona_horaria))

    @property
    def duracion_minutos(self) -> int:
        """How long the appointment would be."""
        return int((self.fin - self.inicio).total_seconds() // 60)


@event.listens_for(Espera, "before_insert")
@event.listens_for(Espera, "before_update")
def _resumir(_mapper: object, _connection: object, espera: Espera) -> None:
    texto = json.dumps(espera.deseo(), default=str, sort_keys=True)
    espera.huella = hashlib.sha256(texto.encode()).hexdigest()


restricciones.add("uq_espera_paciente_id_huella", "ya_en_espera", "El paciente ya espera lo mismo.")


restricciones.add("uq_oferta_hueco_enviada", "hueco_ofrecido", "Ese turno ya se ofreció a otra persona.")
restricciones.add("uq_oferta_espera_enviada", "oferta_pendiente", "Esa persona ya tiene una oferta por responder.")
