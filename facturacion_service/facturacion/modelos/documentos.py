"""Emission points with their numbers, credit notes, quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.auth.caller import Caller, Scope
from comun.errors import Conflict
from comun.models import Resource, partial_index, unique_alive
from comun.money import ZERO
from facturacion.extensiones import db, restricciones
from facturacion.modelos.comunes import (
    CANTIDAD,
    DINERO,
    DeUnCentro,
    DeUnPaciente,
    Linea,
    importes_validos,
)
from facturacion.modelos.factura import EstadoFiscal, Factura, FacturaDetalle, TipoLinea

_ESTADO_SRI = CheckConstraint(f"estado_sri IN {tuple(str(e) for e in EstadoFiscal)}", name="estado_sri")


class TipoDocumento(StrEnum):
    """The tax authority's codes (`codDoc`)."""

    FACTURA = "01"
    NOTA_CREDITO = "04"


class PuntoEmision(DeUnCentro, Resource, db.Model):
    """Where documents of a centre get their numbers: establishment and emission point, three digits each.

    The `principal` one of a centre is taken when none is named.
    """

    __tablename__ = "punto_emision"
    __table_args__ = (
        unique_alive("punto_emision", "establecimiento", "punto"),
        partial_index("uq_punto_emision_centro_id", "principal AND eliminado_en IS NULL", "centro_id", unique=True),
    )
    AUSENTE = "No existe ese punto de emisión, o no es de su centro."

    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    establecimiento: Mapped[str] = mapped_column(String(3))
    punto: Mapped[str] = mapped_column(String(3))
    nombre: Mapped[str] = mapped_column(String(80))
    principal: Mapped[bool] = mapped_column(default=False)
    activo: Mapped[bool] = mapped_column(default=True)


class Secuencia(db.Model):
    """The last number that a kind of document got at an emission point. Taken under lock: no gap, no twin."""

    __tablename__ = "secuencia"
    __table_args__ = (CheckConstraint("ultimo >= 0 AND ultimo <= 999999999", name="ultimo"),)

    punto_emision_id: Mapped[int] = mapped_column(ForeignKey("punto_emision.id"), primary_key=True)
    tipo_documento: Mapped[str] = mapped_column(String(2), primary_key=True)
    ultimo: Mapped[int] = mapped_column(default=0)


class NotaCredito(DeUnPaciente, Resource, db.Model):
    """Takes back an issued invoice, or a part of it. Never changes; its buyer is the invoice's.

    `de_aseguradora`: how much of the total lowers what the insurer owes; the rest what the patient does.
    """

    __tablename__ = "nota_credito"
    __table_args__ = (
        CheckConstraint("total = subtotal + iva AND total > 0", name="total"),
        CheckConstraint("de_aseguradora >= 0 AND de_aseguradora <= total", name="de_aseguradora"),
        _ESTADO_SRI,
        UniqueConstraint("punto_emision_id", "secuencial"),
        Index("ix_nota_credito_factura_id", "factura_id", "id"),
        Index("ix_nota_credito_paciente_id", "paciente_id", "id"),
    )
    AUSENTE = "No existe esa nota de crédito, o no le corresponde verla."

    factura_id: Mapped[int] = mapped_column(ForeignKey("factura.id"))
    paciente_id: Mapped[int]
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    punto_emision_id: Mapped[int] = mapped_column(ForeignKey("punto_emision.id"))
    secuencial: Mapped[int]
    numero: Mapped[str] = mapped_column(String(17), index=True)
    fecha_emision: Mapped[date]
    motivo: Mapped[str] = mapped_column(String(300))
    estado_sri: Mapped[str] = mapped_column(String(20), default=EstadoFiscal.SIN_ENVIAR)
    subtotal: Mapped[Decimal] = mapped_column(DINERO)
    iva: Mapped[Decimal] = mapped_column(DINERO)
    total: Mapped[Decimal] = mapped_column(DINERO)
    de_aseguradora: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    emitida_por: Mapped[str] = mapped_column(String(80))

    factura: Mapped[Factura] = relationship(lazy="raise_on_sql")
    detalles: Mapped[list[NotaCreditoDetalle]] = relationship(
        lazy="raise_on_sql", order_by="NotaCreditoDetalle.id", cascade="all, delete-orphan"
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its lines, and those of the invoice that they take back."""
        return (selectinload(cls.detalles).joinedload(NotaCreditoDetalle.detalle), selectinload(cls.factura))


class NotaCreditoDetalle(db.Model):
    """So many of a line of the invoice, and what of it."""

    __tablename__ = "nota_credito_detalle"
    __table_args__ = (
        CheckConstraint("cantidad >= 0 AND base >= 0 AND iva >= 0", name="importes"),
        Index("ix_nota_credito_detalle_nota_id", "nota_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nota_id: Mapped[int] = mapped_column(ForeignKey("nota_credito.id"))
    detalle_id: Mapped[int] = mapped_column(ForeignKey("factura_detalle.id"), index=True)
    cantidad: Mapped[Decimal] = mapped_column(CANTIDAD)
    base: Mapped[Decimal] = mapped_column(DINERO)
    iva: Mapped[Decimal] = mapped_column(DINERO)

    detalle: Mapped[FacturaDetalle] = relationship(lazy="raise_on_sql")

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.base + self.iva


class EstadoCotizacion(StrEnum):
    """`facturada`: an invoice was made of it."""

    BORRADOR = "borrador"
    ENVIADA = "enviada"
    ACEPTADA = "aceptada"
    RECHAZADA = "rechazada"
    FACTURADA = "facturada"


class Cotizacion(DeUnPaciente, Resource, db.Model):
    """What something would cost a patient, until `valida_hasta`. Its number is its id."""

    __tablename__ = "cotizacion"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoCotizacion)}", name="estado"),
        CheckConstraint("total = subtotal + iva AND subtotal = bruto - descuento", name="total"),
        Index("ix_cotizacion_paciente_id", "paciente_id", "id"),
        Index("ix_cotizacion_estado", "estado", "id"),
    )
    AUSENTE = "No existe esa cotización, o no le corresponde verla."

    paciente_id: Mapped[int]
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"), index=True)
    doctor_id: Mapped[int | None]
    estado: Mapped[str] = mapped_column(String(10), default=EstadoCotizacion.BORRADOR)
    valida_hasta: Mapped[date]
    observaciones: Mapped[str | None] = mapped_column(String(1000))
    motivo: Mapped[str | None] = mapped_column(String(300))
    creada_por: Mapped[str] = mapped_column(String(80))
    bruto: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    descuento: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    subtotal: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    iva: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    total: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)

    detalles: Mapped[list[CotizacionDetalle]] = relationship(
        lazy="raise_on_sql", order_by="CotizacionDetalle.orden", cascade="all, delete-orphan"
    )

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its lines."""
        return (selectinload(cls.detalles),)

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """A patient sees what was told him: not what the desk still works on."""
        suyas = super().visibles_para(quien)
        return suyas & (cls.estado != EstadoCotizacion.BORRADOR) if quien.alcance is Scope.PACIENTE else suyas

    def exigir_abierta(self) -> None:
        """Conflict `cotizacion_cerrada` once it was sent: what somebody was told is not edited."""
        if self.estado != EstadoCotizacion.BORRADOR:
            raise Conflict("cotizacion_cerrada", f"La cotización está {self.estado}: devuélvala antes a borrador.")


class CotizacionDetalle(Linea, db.Model):
    """A line of a quote."""

    __tablename__ = "cotizacion_detalle"
    __table_args__ = (
        *importes_validos(),
        CheckConstraint(f"tipo IN {tuple(str(t) for t in TipoLinea)}", name="tipo"),
        Index("ix_cotizacion_detalle_cotizacion_id", "cotizacion_id", "orden"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cotizacion_id: Mapped[int] = mapped_column(ForeignKey("cotizacion.id"))


restricciones.add(
    "uq_punto_emision_establecimiento_punto",
    "punto_duplicado",
    "Ya existe ese punto de emisión en el establecimiento.",
)
restricciones.add(
    "uq_punto_emision_centro_id", "punto_principal", "El centro ya tiene un punto de emisión principal."
)
restricciones.add("ck_secuencia_ultimo", "secuencia_agotada", "El punto de emisión agotó sus números.")
restricciones.add("nota_credito_inmutable", "nota_emitida", "Una nota de crédito no cambia.")
