"""Patients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Numeric,
    Select,
    String,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, undefer_group
from sqlalchemy.sql.base import ExecutableOption

from admin.extensiones import db, restricciones
from admin.modelos.busqueda import FIN_DEL_NOMBRE, Buscable, plegar_nombre
from admin.modelos.catalogo import Entrada
from admin.modelos.cita_ref import ATENDIDAS, POR_VENIR, CitaRef
from admin.modelos.consentimiento import Consentimiento
from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime
from comun.errors import Conflict, NotFound, Problem
from comun.models import Resource, partial_index, unique_alive
from comun.tables import Json

ACTIVO, INACTIVO = "activo", "inactivo"
ESTADOS = (ACTIVO, INACTIVO)
GENEROS = ("femenino", "masculino", "otro")


class Paciente(Buscable, Resource, db.Model):
    """A patient of the network; `centro_id` is the home centre, if any."""

    __tablename__ = "paciente"
    __table_args__ = (
        CheckConstraint(f"estado_paciente IN {ESTADOS}", name="estado_paciente"),
        unique_alive("paciente", "identificacion"),
        unique_alive("paciente", "referencia_externa"),
        unique_alive("paciente", "usuario_id"),
        Index("ix_paciente_apellidos", "apellidos", "id"),
        Index("ix_paciente_nombres", "nombres", "id"),
        Index("ix_paciente_creado_en", "creado_en", "id"),
        Index("ix_paciente_centro_id", "centro_id", "id"),
        partial_index("ix_paciente_fusionado_en_id", "fusionado_en_id IS NOT NULL", "fusionado_en_id"),
    )

    AUSENTE = "No existe ese paciente, o no le corresponde verlo."
    # Read-only figures, see below.
    CIFRAS = ("ultima_cita", "proxima_cita", "total_citas", "citas_realizadas")

    nombres: Mapped[str] = mapped_column(String(100))
    apellidos: Mapped[str] = mapped_column(String(100))
    tipo_identificacion: Mapped[str | None] = mapped_column(String(10))
    identificacion: Mapped[str | None] = mapped_column(String(20))
    referencia_externa: Mapped[str | None] = mapped_column(String(80))
    telefono: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(255))
    fecha_nacimiento: Mapped[date | None] = mapped_column(Date, index=True)
    genero: Mapped[str | None] = mapped_column(String(10))
    direccion: Mapped[str | None] = mapped_column(String(255))
    estado_paciente: Mapped[str] = mapped_column(String(10), default=ACTIVO)
    fuente_id: Mapped[int | None] = mapped_column(ForeignKey("entrada_catalogo.id"), index=True)
    aseguradora_id: Mapped[int | None] = mapped_column(ForeignKey("entrada_catalogo.id"), index=True)
    linea_negocio_id: Mapped[int | None] = mapped_column(ForeignKey("entrada_catalogo.id"), index=True)
    presupuesto: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    centro_id: Mapped[int | None] = mapped_column(ForeignKey("centro.id"))
    usuario_id: Mapped[int | None]
    representante: Mapped[dict[str, Any] | None] = mapped_column(Json)
    fusionado_en_id: Mapped[int | None] = mapped_column(ForeignKey("paciente.id"))
    anonimizado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)

    fuente: Mapped[Entrada | None] = relationship(foreign_keys=[fuente_id], lazy="joined")
    aseguradora: Mapped[Entrada | None] = relationship(foreign_keys=[aseguradora_id], lazy="joined")
    linea_negocio: Mapped[Entrada | None] = relationship(foreign_keys=[linea_negocio_id], lazy="joined")
    consentimientos: Mapped[list[Consentimiento]] = relationship(
        lazy="selectin", order_by=(Consentimiento.fecha, Consentimiento.id), back_populates="paciente"
    )

    @property
    def nombre_completo(self) -> str:
        return f"{self.nombres} {self.apellidos}"

    @property
    def consentimientos_vigentes(self) -> list[Consentimiento]:
        """The last word given on each kind of consent."""
        return [*{consentimiento.tipo: consentimiento for consentimiento in self.consentimientos}.values()]

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Whose patients: all; those of the caller's centres and of none; those the doctor attends; oneself."""
        match quien.alcance:
            case Scope.RED:
                return true()
            case Scope.CENTROS:
                # Not EXISTS: PostgreSQL would gather every appointment of the centres for each page.
                una = select(CitaRef.cita_id).where(
                    CitaRef.paciente_id == cls.id, CitaRef.centro_id.in_(quien.centros), CitaRef.viva()
                )
                atendido = una.limit(1).scalar_subquery().is_not(None)
                return or_(cls.centro_id.is_(None), cls.centro_id.in_(quien.centros), atendido)
            case Scope.MEDICO if quien.doctor_id is not None:
                return cls.id.in_(
                    select(CitaRef.paciente_id).where(CitaRef.doctor_id == quien.doctor_id, CitaRef.viva())
                )
            case Scope.PACIENTE if quien.paciente_id is not None:
                return cls.id == quien.paciente_id
        return false()

    @classmethod
    def obtener(cls, resource_id: int, quien: Caller) -> Self:
        """As every resource; of a merged one whose survivor the caller may see, it says where it went."""
        try:
            return super().obtener(resource_id, quien)
        except NotFound:
            absorbido = db.aliased(cls)
            vigente = db.session.scalar(
                db.select(cls.id)
                .join(absorbido, absorbido.fusionado_en_id == cls.id)
                .where(absorbido.id == resource_id, cls.vivos(), cls.visibles_para(quien))
            )
            if vigente is None:
                raise
            raise Problem(404, "paciente_fusionado", f"Ese paciente se fusionó con el paciente {vigente}.") from None

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With the figures of the patient's appointments."""
        return (undefer_group("cifras"),)

    @classmethod
    def homonimos(cls, nombres: str, apellidos: str, fecha_nacimiento: date) -> ColumnElement[bool]:
        """Same name, but for case and accents, and same birth date: probably the same person."""
        nombre = plegar_nombre(nombres, apellidos) + FIN_DEL_NOMBRE
        return db.and_(
            cls.fecha_nacimiento == fecha_nacimiento, cls.busqueda.startswith(nombre, autoescape=True), cls.vivos()
        )

    def posibles_duplicados(self, quien: Caller) -> Select[Any]:
        """Others, among those that the caller may see, who are probably the same person."""
        otros = db.select(Paciente).where(Paciente.visibles_para(quien), Paciente.id != self.id)
        if self.fecha_nacimiento is None:
            return otros.where(false())
        return otros.where(self.homonimos(self.nombres, self.apellidos, self.fecha_nacimiento))

    def exigir_no_anonimizado(self) -> None:
        """Conflict when who it was has been erased: nothing may tell of the person again."""
        if self.anonimizado_en is not None:
            raise Conflict("paciente_anonimizado", "El paciente fue anonimizado y su ficha ya no cambia.")

    def exigir_sin_citas_futuras(self) -> None:
        """Conflict while there are appointments to come."""
        if CitaRef.hay_futuras(CitaRef.paciente_id == self.id):
            raise Conflict("tiene_citas_futuras", "El paciente tiene citas por venir; cancélelas o muévalas antes.")


def _de_sus_citas(figura: Any, *condiciones: ColumnElement[bool]) -> Any:
    """A figure of a patient's appointments, read with the row and never stored: what is next depends on now."""
    return column_property(
        select(figura)
        .where(CitaRef.paciente_id == Paciente.id, *condiciones)
        .correlate_except(CitaRef)
        .scalar_subquery(),
        deferred=True,
        group="cifras",
    )


Paciente.ultima_cita = _de_sus_citas(func.max(CitaRef.fecha_hora), CitaRef.estado.in_(ATENDIDAS))
Paciente.proxima_cita = _de_sus_citas(
    func.min(CitaRef.fecha_hora), CitaRef.estado.in_(POR_VENIR), CitaRef.fecha_hora >= func.now()
)
Paciente.total_citas = _de_sus_citas(func.count(), CitaRef.viva())
Paciente.citas_realizadas = _de_sus_citas(func.count(), CitaRef.estado == "completada")

restricciones.add(
    "uq_paciente_identificacion", "identificacion_duplicada", "Ya existe un paciente con esa identificación."
)
restricciones.add(
    "uq_paciente_referencia_externa",
    "referencia_externa_duplicada",
    "Ya existe un paciente con esa referencia externa.",
)
restricciones.add("uq_paciente_usuario_id", "usuario_ya_vinculado", "Ese usuario ya pertenece a otro paciente.")
