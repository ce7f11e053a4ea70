"""Tills, and the transactions of the cash desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, foreign, joinedload, mapped_column, relationship
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime, now
from comun.errors import Conflict
from comun.models import Resource, partial_index
from comun.money import ZERO
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

    # What should be in it now, for those who may know it before it is counted; reckoned, not kept.
    esperado_ahora = cast("dict[str, Decimal] | None", None)

    @property
    def contado_por_medio(self) -> dict[str, Decimal] | None:
        """What was counted, by means of payment; None before."""
        return _decimales(self.contado)

    @property
    def esperado_por_medio(self) -> dict[str, Decimal] | None:
        """What should have been there, by means of payment; None for whom that is still to come."""
        return self.esperado_ahora if self.esperado is None else _decimales(self.esperado)

    @property
    def diferencias(self) -> dict[str, Decimal] | None:
        """Counted less expected, of what was counted."""
        contado, esperado = self.contado_por_medio, self.esperado_por_medio
        if contado is None or esperado is None:
            return None
        return {medio: monto - esperado.get(medio, ZERO) for medio, monto in contado.items()}

    def contar(
        self,
        contado: Mapping[str, Decimal],
        esperado: Mapping[str, Decimal],
        denominaciones: Mapping[str, int] | None,
    ) -> None:
        """Keep what was counted beside what should be there. Raises Conflict `caja_contada`, `caja_cerrada`."""
        self._exigir(EstadoCaja.ABIERTA)
        self.contado = {medio: str(monto) for medio, monto in contado.items()}
        self.esperado = {medio: str(monto) for medio, monto in esperado.items()}
        self.denominaciones = None if denominaciones is None else dict(denominaciones)
        self.diferencia = sum((self.diferencias or {}).values(), ZERO)
        self.estado, self.contada_en = EstadoCaja.CONTADA, now()

    def reabrir(self, motivo: str) -> None:
        """Take in and give out again, and count anew. Raises Conflict `caja_sin_contar`, `caja_cerrada`."""
        self._exigir(EstadoCaja.CONTADA)
        self.contado = self.esperado = self.denominaciones = self.diferencia = self.contada_en = None
        self.estado, self.motivo_reapertura = EstadoCaja.ABIERTA, motivo

    def cerrar(self, explicacion: str | None, por: str) -> None:
        """For good. Raises Conflict `caja_sin_contar`, `caja_cerrada`, `falta_explicacion` of a difference."""
        self._exigir(EstadoCaja.CONTADA)
        if explicacion is None and any((self.diferencias or {}).values()):
            raise restricciones.conflict("ck_caja_explicacion")
        self.estado, self.explicacion = EstadoCaja.CERRADA, explicacion
        self.cerrada_en, self.cerrada_por = now(), por

    def _exigir(self, estado: EstadoCaja) -> None:
        if self.estado == EstadoCaja.CERRADA:
            raise restricciones.conflict("caja_inmutable")
        if self.estado != estado:
            codigo, que = _TODAVIA[estado]
            raise Conflict(codigo, que)


_TODAVIA = {
    EstadoCaja.ABIERTA: ("caja_contada", "La caja ya se contó: ciérrela, o pida que la reabran."),
    EstadoCaja.CONTADA: ("caja_sin_contar", "La caja está abierta: cuéntela primero."),
}


def _decimales(montos: Mapping[str, str] | None) -> dict[str, Decimal] | None:
    return None if montos is None else {medio: Decimal(monto) for medio, monto in montos.items()}


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
        Index("ix_transaccion_doctor_id", "doctor_id", "fecha_transaccion", "id"),
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
