"""Tills, and the transactions of the cash desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime, now
from comun.errors import Conflict
from comun.models import Resource, partial_index
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db, restricciones
from facturacion.modelos.comunes import DINERO, DeUnCentro
from facturacion.modelos.pago import MEDIO_VALIDO
from facturacion.modelos.referencias import DoctorRef, PacienteRef


class EstadoCaja(StrEnum):
    """`contada`: counted, and nothing more goes in or out until it is closed, or counted anew."""

    ABIERTA = "abierta"
    CONTADA = "contada"
    CERRADA = "cerrada"


class Caja(DeUnCentro, Resource, db.Model):
    """A till: what one cashier takes in and gives out at a centre, from its opening to its closing.

    `contado`, `esperado`: means of payment → amount, as text. `diferencia` is counted less expected, of what was
    counted. Once closed nothing of it changes.
    """

    __tablename__ = "caja"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoCaja)}", name="estado"),
        CheckConstraint("monto_inicial >= 0", name="monto_inicial"),
        CheckConstraint("(estado = 'cerrada') = (cerrada_en IS NOT NULL)", name="cerrada"),
        CheckConstraint("estado = 'abierta' OR (contado IS NOT NULL AND diferencia IS NOT NULL)", name="contado"),
        CheckConstraint("estado <> 'cerrada' OR diferencia = 0 OR explicacion IS NOT NULL", name="explicacion"),
        # One till of a cashier at a centre takes in and gives out.
        partial_index(
            "uq_caja_centro_id_cajero",
            "estado = 'abierta' AND eliminado_en IS NULL",
            "centro_id",
            "cajero",
            unique=True,
        ),
        Index("ix_caja_centro_id", "centro_id", "id"),
    )
    AUSENTE = "No existe esa caja, o no es de su centro."

    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    # How audit rows name him: `usuario:12`.
    cajero: Mapped[str] = mapped_column(String(80))
    cajero_nombre: Mapped[str] = mapped_column(String(80))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoCaja.ABIERTA)
    monto_inicial: Mapped[Decimal] = mapped_column(DINERO)
    abierta_en: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    contada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cerrada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cerrada_por: Mapped[str | None] = mapped_column(String(80))
    contado: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    esperado: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    diferencia: Mapped[Decimal | None] = mapped_column(DINERO)
    explicacion: Mapped[str | None] = mapped_column(String(500))
    denominaciones: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    motivo_reapertura: Mapped[str | None] = mapped_column(String(300))


class TipoTransaccion(StrEnum):
    """Money in or out."""

    INGRESO = "ingreso"
    EGRESO = "egreso"


class EstadoTransaccion(StrEnum):
    """Only what is `completado` counts."""

    PENDIENTE = "pendiente"
    COMPLETADO = "completado"
    ANULADO = "anulado"


_PASOS = frozenset(
    {
        (EstadoTransaccion.PENDIENTE, EstadoTransaccion.COMPLETADO),
        (EstadoTransaccion.PENDIENTE, EstadoTransaccion.ANULADO),
        (EstadoTransaccion.COMPLETADO, EstadoTransaccion.ANULADO),
    }
)


class Origen(StrEnum):
    """What a transaction came of: written by hand, or by what it names."""

    MANUAL = "manual"
    PAGO = "pago"
    REEMBOLSO = "reembolso"
    GASTO = "gasto"
    LIQUIDACION = "liquidacion"


class Transaccion(DeUnCentro, Resource, db.Model):
    """Money that came in or went out at the cash desk of a centre. `dia`: by the centre's calendar.

    `referencia` names what it came of (`pago/7`, `reembolso/3`, `gasto/4`, `liquidacion/2`); only what was written by
    hand can be edited, and in a till only while that is open.
    """

    __tablename__ = "transaccion"
    __table_args__ = (
        CheckConstraint(f"tipo_transaccion IN {tuple(str(t) for t in TipoTransaccion)}", name="tipo"),
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoTransaccion)}", name="estado"),
        CheckConstraint(f"origen IN {tuple(str(o) for o in Origen)}", name="origen"),
        CheckConstraint("(origen = 'manual') = (referencia IS NULL)", name="referencia"),
        CheckConstraint("monto > 0", name="monto"),
        CheckConstraint(MEDIO_VALIDO, name="medio_pago"),
        partial_index(
            "uq_transaccion_referencia",
            "referencia IS NOT NULL AND estado <> 'anulado' AND eliminado_en IS NULL",
            "referencia",
            unique=True,
        ),
        Index("ix_transaccion_fecha_transaccion", "fecha_transaccion", "id"),
        Index("ix_transaccion_dia", "dia", "id"),
        Index("ix_transaccion_centro_id", "centro_id", "dia", "id"),
        Index("ix_transaccion_doctor_id", "doctor_id", "dia", "id"),
        Index("ix_transaccion_paciente_id", "paciente_id", "id"),
        Index("ix_transaccion_caja_id", "caja_id", "id"),
    )
    AUSENTE = "No existe esa transacción, o no es de su centro."

    tipo_transaccion: Mapped[str] = mapped_column(String(8))
    origen: Mapped[str] = mapped_column(String(12), default=Origen.MANUAL)
    referencia: Mapped[str | None] = mapped_column(String(40))
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    caja_id: Mapped[int | None] = mapped_column(ForeignKey("caja.id"))
    doctor_id: Mapped[int | None]
    paciente_id: Mapped[int | None]
    concepto: Mapped[str] = mapped_column(String(200))
    monto: Mapped[Decimal] = mapped_column(DINERO)
    medio_pago: Mapped[str] = mapped_column(String(20))
    fecha_transaccion: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    dia: Mapped[date]
    comentario: Mapped[str | None] = mapped_column(String(500))
    estado: Mapped[str] = mapped_column(String(10), default=EstadoTransaccion.COMPLETADO)
    motivo_anulacion: Mapped[str | None] = mapped_column(String(300))
    registrada_por: Mapped[str] = mapped_column(String(80))

    doctor: Mapped[DoctorRef | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin=lambda: foreign(Transaccion.doctor_id) == DoctorRef.id
    )
    paciente: Mapped[PacienteRef | None] = relationship(
        lazy="raise_on_sql", viewonly=True, primaryjoin=lambda: foreign(Transaccion.paciente_id) == PacienteRef.id
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With the names of doctor and patient, in the same statement."""
        return (joinedload(cls.doctor), joinedload(cls.paciente))

    @property
    def en_efectivo(self) -> bool:
        """Whether it moves what is in the drawer."""
        return self.medio_pago == Medio.EFECTIVO

    def exigir_manual(self) -> None:
        """Raises Conflict `transaccion_de_origen` for what came of a payment, an expense or a settlement."""
        if self.origen != Origen.MANUAL:
            raise Conflict("transaccion_de_origen", f"Viene de {self.referencia}: cámbielo allí.")

    def exigir_vigente(self) -> None:
        """Raises Conflict `transicion_ilegal` for what was annulled."""
        if self.estado == EstadoTransaccion.ANULADO:
            raise Conflict("transicion_ilegal", "Una transacción anulada no se corrige.")

    def anular(self, motivo: str) -> None:
        """It did not happen. Raises Conflict `transicion_ilegal`."""
        self.pasar(EstadoTransaccion.ANULADO)
        self.motivo_anulacion = motivo

    def pasar(self, nuevo: EstadoTransaccion) -> None:
        """From pending to completed, or from either to annulled. Raises Conflict `transicion_ilegal`."""
        if (self.estado, nuevo) not in _PASOS:
            raise Conflict("transicion_ilegal", f"Una transacción en estado {self.estado} no pasa a {nuevo}.")
        self.estado = nuevo


restricciones.add("uq_caja_centro_id_cajero", "caja_abierta", "Ya tiene una caja abierta en ese centro.")
restricciones.add("ck_caja_explicacion", "falta_explicacion", "Explique la diferencia para cerrar la caja.")
restricciones.add("caja_inmutable", "caja_cerrada", "La caja está cerrada: ya no cambia.")
restricciones.add("transaccion_inmutable", "caja_cerrada", "La caja está cerrada: ya no cambia.")
