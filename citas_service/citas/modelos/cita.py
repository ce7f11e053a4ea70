"""The appointment, what it occupies, and every change of its state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from citas.dominio.estados import LIBERADAS, PENDIENTES, Estado, TransicionIlegal, transicion
from citas.extensiones import db, restricciones
from citas.modelos import guardas
from citas.modelos.espera import Hueco
from citas.modelos.ocupacion import OcupaTiempo, soltar
from citas.modelos.recordatorio import EstadoRecordatorio, Recordatorio
from citas.modelos.referencias import AsistenteRef, CentroRef, DoctorRef, PacienteRef
from citas.modelos.sesion import dejar_sesion
from citas.modelos.visibilidad import DePacienteDoctorYCentro
from comun.auth.caller import Caller
from comun.db import UtcDateTime, now
from comun.errors import Conflict, Forbidden, Invalid
from comun.fields import fold
from comun.models import Resource, partial_index
from comun.times import add_minutes, zone

if TYPE_CHECKING:
    from citas.modelos.tratamiento import CitaTratamiento

# Capacity of a working day; longer intervals are a mistake.
DURACION_MAXIMA = 12 * 60
DURACION_MINIMA = 5


class Cita(DePacienteDoctorYCentro, OcupaTiempo, Resource, db.Model):
    """An appointment of a patient with a doctor at a centre, for the interval [inicio, fin)."""

    AUSENTE = "No existe esa cita, o no le corresponde verla."
    __tablename__ = "cita"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in Estado)}", name="estado"),
        CheckConstraint("fin > inicio", name="intervalo"),
        Index("ix_cita_doctor", "doctor_id", "inicio"),
        Index("ix_cita_paciente", "paciente_id", "inicio"),
        Index("ix_cita_centro", "centro_id", "inicio"),
        Index("ix_cita_dia", "dia", "inicio"),
        Index("ix_cita_inicio", "inicio", "id"),
        Index("ix_cita_registrado_por", "registrado_por_id", "inicio"),
        Index("ix_cita_creado_en", "creado_en", "id"),
        Index("ix_cita_serie", "serie_id", "inicio"),
        partial_index("ix_cita_cambio_solicitado", "cambio_solicitado_en IS NOT NULL", "inicio"),
    )

    paciente_id: Mapped[int] = mapped_column(ForeignKey("paciente_ref.id"))
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor_ref.id"))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    sala_id: Mapped[int | None]
    asistente_id: Mapped[int | None] = mapped_column(ForeignKey("asistente_ref.id"))
    # Whose policy holds: that of the first of its treatments.
    tratamiento_id: Mapped[int | None]
    inicio: Mapped[datetime] = mapped_column(UtcDateTime)
    fin: Mapped[datetime] = mapped_column(UtcDateTime)
    duracion_minutos: Mapped[int]
    # The day on the centre's own calendar: what `fecha` filters mean.
    dia: Mapped[date]
    zona_horaria: Mapped[str] = mapped_column(String(60))
    motivo_consulta: Mapped[str | None] = mapped_column(String(500))
    busqueda: Mapped[str] = mapped_column(String(500), default="")
    estado: Mapped[str] = mapped_column(String(12), default=Estado.PROGRAMADA)
    motivo_cancelacion: Mapped[str | None] = mapped_column(String(500))
    telefono_contacto: Mapped[str | None] = mapped_column(String(20))
    email_contacto: Mapped[str | None] = mapped_column(String(255))
    recordatorio_enviado: Mapped[bool] = mapped_column(default=False)
    # Time around it in which doctor, room and assistant prepare and tidy up.
    holgura_antes_minutos: Mapped[int] = mapped_column(default=0)
    holgura_despues_minutos: Mapped[int] = mapped_column(default=0)
    # Booked although hours, blocks or policies spoke against it, and why.
    sobreturno: Mapped[bool] = mapped_column(default=False)
    motivo_sobreturno: Mapped[str | None] = mapped_column(String(300))
    # The group session of which it has a place.
    sesion_id: Mapped[int | None] = mapped_column(ForeignKey("sesion.id"), index=True)
    serie_id: Mapped[int | None] = mapped_column(ForeignKey("serie.id"))
    # By the signed link, the patient asked for another time.
    cambio_solicitado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cambio_solicitado: Mapped[str | None] = mapped_column(String(500))
    registrado_por: Mapped[str] = mapped_column(String(80))
    registrado_por_id: Mapped[int | None]
    reprograma_a_id: Mapped[int | None] = mapped_column(ForeignKey("cita.id"), unique=True)
    reprogramada_en_id: Mapped[int | None] = mapped_column(ForeignKey("cita.id"), unique=True)

    paciente: Mapped[PacienteRef] = relationship(lazy="raise_on_sql")
    doctor: Mapped[DoctorRef] = relationship(lazy="raise_on_sql")
    centro: Mapped[CentroRef] = relationship(lazy="raise_on_sql")
    asistente: Mapped[AsistenteRef | None] = relationship(lazy="raise_on_sql")
    # Read when it is told of the appointment and a savepoint that was rolled back has let go of them.
    tratamientos: Mapped[list[CitaTratamiento]] = relationship(
        primaryjoin="and_(Cita.id == CitaTratamiento.cita_id, CitaTratamiento.eliminado_en.is_(None))",
        order_by="CitaTratamiento.id",
        back_populates="cita",
    )

    @property
    def lineas(self) -> list[CitaTratamiento]:
        """Its treatments, the first first, without what was taken off in this transaction."""
        return [linea for linea in self.tratamientos if linea.eliminado_en is None]

    @property
    def otros_tratamientos(self) -> tuple[int, ...]:
        """The treatments beside `tratamiento_id` that its doctor has to offer."""
        return tuple(linea.tratamiento_id for linea in self.lineas if linea.tratamiento_id != self.tratamiento_id)

    @property
    def fecha_hora(self) -> datetime:
        """The start on the centre's clock."""
        return self.inicio.astimezone(zone(self.zona_horaria))

    @property
    def fin_local(self) -> datetime:
        """The end on the centre's clock."""
        return self.fin.astimezone(zone(self.zona_horaria))

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """Who it is for in the same statement, and the treatments in another."""
        return [*cls.cargar_quienes(), selectinload(cls.tratamientos)]

    @classmethod
    def cargar_quienes(cls) -> Sequence[ExecutableOption]:
        """Patient, doctor, centre and assistant in the same statement."""
        return [joinedload(nombre) for nombre in (cls.paciente, cls.doctor, cls.centro, cls.asistente)]

    def ubicar(self, inicio: datetime, duracion_minutos: int, zona_horaria: str) -> None:
        """Set when it takes place; the day follows from the centre's zone."""
        self.inicio, self.duracion_minutos = inicio, duracion_minutos
        self.fin = add_minutes(inicio, duracion_minutos)
        self.zona_horaria = zona_horaria
        self.dia = inicio.astimezone(zone(zona_horaria)).date()

    def describir(self, motivo_consulta: str | None) -> None:
        """Set why the patient comes."""
        self.motivo_consulta = motivo_consulta
        self.busqueda = fold(motivo_consulta or "")

    def origen(self) -> dict[str, Any]:
        """What marks the time that it takes as its own."""
        return {"cita_id": self.id}

    def liberar(self) -> None:
        """Give back what it takes: the time is free for others, and nobody is reminded of it."""
        soltar(cita_id=self.id)
        if self.sesion_id is not None:
            dejar_sesion(self.sesion_id)
            self.sesion_id = None
        db.session.execute(
            db.update(Recordatorio)
            .where(Recordatorio.cita_id == self.id, Recordatorio.estado == EstadoRecordatorio.PENDIENTE)
            .values(estado=EstadoRecordatorio.ANULADO, resuelto_en=now())
        )

    def dejar_hueco(self) -> None:
        """Put down that its time is free now, for those who wait."""
        if self.inicio > now():
            db.session.add(
                Hueco(
                    doctor_id=self.doctor_id,
                    centro_id=self.centro_id,
                    sala_id=self.sala_id,
                    inicio=self.inicio,
                    fin=self.fin,
                    cita_id=self.id,
                )
            )

    def reacomodar(
        self,
        sala_id: int | None,
        asistente: AsistenteRef | None,
        duracion_minutos: int,
        comprobar: Callable[[], None],
    ) -> None:
        """Another room, assistant or length at the same start, if `comprobar` bears it; may be an IntegrityError."""
        guardas.esperar_turno(db.session, self.recursos())
        soltar(cita_id=self.id)
        self.sala_id, self.asistente = sala_id, asistente
        self.asistente_id = asistente.id if asistente else None
        self.ubicar(self.inicio, duracion_minutos, self.zona_horaria)
        comprobar()
        self.ocupar()

    def cambiar_estado(self, nuevo: Estado, quien: Caller, motivo: str | None = None) -> None:
        """One step in its life: checked, done, remembered. Conflict, Forbidden or Invalid when it can't be."""
        anterior = Estado(self.estado)
        try:
            paso = transicion(anterior, nuevo, ya_empezo=self.inicio <= now())
        except TransicionIlegal as error:
            raise Conflict("transicion_ilegal", str(error)) from None
        if not quien.can(paso.permiso):
            raise Forbidden()
        if paso.exige_motivo and not motivo:
            raise Invalid({"motivo": ["Diga por qué se reabre la cita."]})
        self.estado = nuevo
        if nuevo is Estado.CANCELADA:
            self.motivo_cancelacion = motivo
        if nuevo in LIBERADAS:
            self.liberar()
            self.dejar_hueco()
        self.anotar(anterior, quien.actor, motivo)

    def cancelar(self, quien: Caller, motivo: str | None) -> None:
        """Cancel it and free its time. Not twice."""
        if self.estado == Estado.CANCELADA:
            raise Conflict("cita_ya_cancelada", "La cita ya estaba cancelada.")
        self.cambiar_estado(Estado.CANCELADA, quien, motivo)

    def anotar(self, anterior: Estado | None, por: str, motivo: str | None) -> None:
        """Remember who brought it into its present state, when and why."""
        db.session.flush()
        db.session.add(CambioEstado(cita_id=self.id, de=anterior, a=self.estado, por=por, motivo=motivo))

    def esta_pendiente(self) -> bool:
        """Whether it still lies ahead and can be moved, cancelled or edited."""
        return self.estado in PENDIENTES


class CambioEstado(db.Model):
    """One step in the life of an appointment: who, when, why. Only the reason may be forgotten."""

    __tablename__ = "cambio_estado"

    id: Mapped[int] = mapped_column(primary_key=True)
    cita_id: Mapped[int] = mapped_column(ForeignKey("cita.id", ondelete="CASCADE"), index=True)
    de: Mapped[str | None] = mapped_column(String(12))
    a: Mapped[str] = mapped_column(String(12))
    por: Mapped[str] = mapped_column(String(80))
    motivo: Mapped[str | None] = mapped_column(String(500))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


restricciones.add("uq_cita_reprograma_a_id", "cita_ya_reprogramada", "La cita ya fue reprogramada.")
