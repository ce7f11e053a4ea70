"""Doctors: who they are, what they practise, where, and which treatments they offer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from admin.extensiones import db, restricciones
from admin.modelos.busqueda import Buscable
from admin.modelos.catalogo import Entrada
from admin.modelos.centro import Centro
from admin.modelos.cita_ref import CitaRef
from admin.modelos.visibilidad import ParaElegir
from comun.auth.caller import Caller, Scope
from comun.errors import Conflict, Forbidden, Invalid
from comun.models import Resource, unique_alive

doctor_especialidad = Table(
    "doctor_especialidad",
    db.metadata,
    Column("doctor_id", ForeignKey("doctor.id"), primary_key=True),
    Column("especialidad_id", ForeignKey("entrada_catalogo.id"), primary_key=True, index=True),
)

doctor_centro = Table(
    "doctor_centro",
    db.metadata,
    Column("doctor_id", ForeignKey("doctor.id"), primary_key=True),
    Column("centro_id", ForeignKey("centro.id"), primary_key=True, index=True),
)


class DoctorServicio(db.Model):
    """A treatment that a doctor offers, by its id in inventario_service."""

    __tablename__ = "doctor_servicio"

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor.id"), primary_key=True)
    tratamiento_id: Mapped[int] = mapped_column(primary_key=True, index=True, autoincrement=False)


class Doctor(Buscable, ParaElegir, Resource, db.Model):
    """A doctor of the network."""

    __tablename__ = "doctor"
    __table_args__ = (unique_alive("doctor", "identificacion"), unique_alive("doctor", "usuario_id"))
    AUSENTE = "No existe ese doctor."
    OTROS = ("identificacion", "email", "registro_profesional")

    nombres: Mapped[str] = mapped_column(String(100))
    apellidos: Mapped[str] = mapped_column(String(100), index=True)
    tipo_identificacion: Mapped[str | None] = mapped_column(String(10))
    identificacion: Mapped[str | None] = mapped_column(String(20))
    registro_profesional: Mapped[str | None] = mapped_column(String(60))
    telefono: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(255))
    usuario_id: Mapped[int | None]
    activo: Mapped[bool] = mapped_column(default=True)

    entradas: Mapped[list[Entrada]] = relationship(
        secondary=doctor_especialidad, lazy="selectin", order_by=Entrada.nombre
    )
    centros: Mapped[list[Centro]] = relationship(secondary=doctor_centro, lazy="selectin", order_by=Centro.id)
    ofrecidos: Mapped[list[DoctorServicio]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by=DoctorServicio.tratamiento_id
    )

    @property
    def nombre_completo(self) -> str:
        return f"{self.nombres} {self.apellidos}"

    @property
    def especialidades(self) -> list[str]:
        """Names of what they practise."""
        return [entrada.nombre for entrada in self.entradas]

    @property
    def centro_ids(self) -> list[int]:
        """Where they work."""
        return [centro.id for centro in self.centros if centro.eliminado_en is None]

    @property
    def servicios(self) -> list[int]:
        """The treatments that they offer."""
        return [servicio.tratamiento_id for servicio in self.ofrecidos]

    @classmethod
    def para_editar(cls, doctor_id: int, quien: Caller) -> Doctor:
        """As `obtener`; Forbidden when the doctor works in none of the caller's centres."""
        doctor = cls.obtener(doctor_id, quien)
        if quien.alcance is not Scope.RED and not any(quien.acts_in(centro_id) for centro_id in doctor.centro_ids):
            raise Forbidden("doctor_ajeno", "Solo puede editar doctores de los centros que tiene asignados.")
        return doctor

    def practicar(self, entrada_ids: Iterable[int]) -> None:
        """Set the specialties."""
        elegidas = db.select(Entrada).where(Entrada.id.in_(set(entrada_ids))).order_by(Entrada.nombre)
        with db.session.no_autoflush:
            self.entradas = [*db.session.scalars(elegidas)]
        self.touch()

    @staticmethod
    def centros_existentes(centro_ids: Iterable[int]) -> list[Centro]:
        """The centres with these ids; Invalid when one does not exist."""
        pedidos = set(centro_ids)
        centros = [*db.session.scalars(db.select(Centro).where(Centro.id.in_(pedidos), Centro.vivos()))]
        if faltan := pedidos - {centro.id for centro in centros}:
            raise Invalid({"centros": [f"No existe el centro {faltante}." for faltante in sorted(faltan)]})
        return centros

    def atender_en(self, centro_ids: Iterable[int]) -> None:
        """Set the centres; Invalid when one does not exist."""
        with db.session.no_autoflush:
            self.centros = self.centros_existentes(centro_ids)
        self.touch()

    def ofrecer(self, tratamiento_ids: Iterable[int]) -> None:
        """Set the treatments offered."""
        pedidos = set(tratamiento_ids)
        self.ofrecidos = [s for s in self.ofrecidos if s.tratamiento_id in pedidos] + [
            DoctorServicio(tratamiento_id=tratamiento_id) for tratamiento_id in sorted(pedidos - set(self.servicios))
        ]
        self.touch()

    def retirar(self) -> None:
        """Delete; Conflict while there are appointments to come."""
        if CitaRef.hay_futuras(CitaRef.doctor_id == self.id):
            raise Conflict("tiene_citas_futuras", "El doctor tiene citas por venir; cancélelas o muévalas antes.")
        self.eliminar()


restricciones.add(
    "uq_doctor_identificacion", "identificacion_duplicada", "Ya existe un doctor con esa identificación."
)
restricciones.add("uq_doctor_usuario_id", "usuario_ya_vinculado", "Ese usuario ya pertenece a otro doctor.")
