"""Invoices: drafts that anybody at the desk may edit, and documents that never change once issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime
from comun.errors import Conflict
from comun.models import Resource, partial_index
from comun.money import ZERO
from comun.tables import Json
from facturacion.dominio.cuotas import pagado_de_cada_una
from facturacion.extensiones import db, restricciones
from facturacion.modelos.comunes import CANTIDAD, DINERO, Comprador, DeUnCentro, DeUnPaciente, Linea, importes_validos


class EstadoFactura(StrEnum):
    """`pagada`: nothing is owed. `anulada`: taken back, or credited as a whole."""

    BORRADOR = "borrador"
    EMITIDA = "emitida"
    PAGADA = "pagada"
    ANULADA = "anulada"


class EstadoFiscal(StrEnum):
    """Where an electronic document stands with the tax authority."""

    SIN_ENVIAR = "sin_enviar"
    FIRMADA = "firmada"
    RECIBIDA = "recibida"
    DEVUELTA = "devuelta"
    EN_PROCESAMIENTO = "en_procesamiento"
    AUTORIZADA = "autorizada"
    NO_AUTORIZADA = "no_autorizada"


class TipoLinea(StrEnum):
    """What a line charges: a treatment, a product, or something that is in no catalogue."""

    TRATAMIENTO = "tratamiento"
    PRODUCTO = "producto"
    OTRO = "otro"


class Factura(DeUnPaciente, Comprador, Resource, db.Model):
    """What a patient is charged. `fecha_emision` is a day of the centre's calendar.

    `pagado`, `reembolsado`, `acreditado` are sums of applications, of what was given back, of credit notes; `saldo`
    is what is still owed. Of it `saldo_aseguradora` is the insurer's, who took over `cubierto` of the total.
    """

    __tablename__ = "factura"
    __table_args__ = (
        CheckConstraint(f"estado IN {tuple(str(e) for e in EstadoFactura)}", name="estado"),
        CheckConstraint(f"estado_sri IN {tuple(str(e) for e in EstadoFiscal)}", name="estado_sri"),
        CheckConstraint("total = subtotal + iva AND subtotal = bruto - descuento", name="total"),
        CheckConstraint("saldo >= 0", name="saldo"),
        CheckConstraint(
            "(estado = 'anulada' AND saldo = 0) OR saldo = total - pagado + reembolsado - acreditado", name="cuadra"
        ),
        CheckConstraint("pagado >= 0 AND acreditado >= 0 AND reembolsado >= 0", name="abonos"),
        CheckConstraint("reembolsado <= pagado", name="reembolsado"),
        CheckConstraint("cubierto >= 0 AND cubierto <= total", name="cubierto"),
        CheckConstraint("saldo_aseguradora >= 0 AND saldo_aseguradora <= cubierto", name="saldo_aseguradora"),
        CheckConstraint("saldo_aseguradora <= saldo", name="saldo_paciente"),
        CheckConstraint("cubierto = 0 OR aseguradora_id IS NOT NULL", name="aseguradora"),
        CheckConstraint("(estado = 'borrador') = (numero IS NULL)", name="numero"),
        UniqueConstraint("punto_emision_id", "secuencial"),
        # One invoice of an appointment, but for those taken back.
        partial_index(
            "uq_factura_cita_id",
            "cita_id IS NOT NULL AND estado <> 'anulada' AND eliminado_en IS NULL",
            "cita_id",
            unique=True,
        ),
        Index("ix_factura_paciente_id", "paciente_id", "id"),
        Index("ix_factura_centro_id", "centro_id", "id"),
        Index("ix_factura_estado", "estado", "id"),
        Index("ix_factura_numero", "numero"),
        Index("ix_factura_fecha_emision", "fecha_emision", "id"),
        partial_index("ix_factura_por_cobrar", "estado = 'emitida'", "vence_el", "id"),
    )
    AUSENTE = "No existe esa factura, o no le corresponde verla."

    paciente_id: Mapped[int]
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    doctor_id: Mapped[int | None] = mapped_column(index=True)
    cita_id: Mapped[int | None]
    cotizacion_id: Mapped[int | None] = mapped_column(ForeignKey("cotizacion.id"), index=True)
    estado: Mapped[str] = mapped_column(String(10), default=EstadoFactura.BORRADOR)
    estado_sri: Mapped[str] = mapped_column(String(20), default=EstadoFiscal.SIN_ENVIAR)
    punto_emision_id: Mapped[int | None] = mapped_column(ForeignKey("punto_emision.id"))
    secuencial: Mapped[int | None]
    numero: Mapped[str | None] = mapped_column(String(17))
    fecha_emision: Mapped[date | None]
    emitida_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    emitida_por: Mapped[str | None] = mapped_column(String(80))
    vence_el: Mapped[date | None]
    motivo_anulacion: Mapped[str | None] = mapped_column(String(300))
    anulada_en: Mapped[datetime | None] = mapped_column(UtcDateTime)
    observaciones: Mapped[str | None] = mapped_column(String(1000))
    aseguradora_id: Mapped[int | None] = mapped_column(index=True)
    creada_por: Mapped[str] = mapped_column(String(80))
    bruto: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    descuento: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    subtotal: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    iva: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    total: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    pagado: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    reembolsado: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    acreditado: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    saldo: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    cubierto: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    saldo_aseguradora: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)

    detalles: Mapped[list[FacturaDetalle]] = relationship(
        lazy="raise_on_sql", back_populates="factura", order_by="FacturaDetalle.orden", cascade="all, delete-orphan"
    )
    cuotas: Mapped[list[Cuota]] = relationship(
        lazy="raise_on_sql", order_by="Cuota.numero", cascade="all, delete-orphan"
    )

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """A patient sees what was issued to him; a draft is still the desk's."""
        suyas = super().visibles_para(quien)
        return suyas if quien.alcance is not Scope.PACIENTE else suyas & (cls.estado != EstadoFactura.BORRADOR)

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With its lines and instalments."""
        return (selectinload(cls.detalles), selectinload(cls.cuotas))

    @property
    def saldo_paciente(self) -> Decimal:
        """What the patient himself still owes."""
        return self.saldo - self.saldo_aseguradora

    def repartir_cuotas(self) -> None:
        """After its balance changed: what of each instalment is paid."""
        pagados = pagado_de_cada_una([cuota.monto for cuota in self.cuotas], self.saldo_paciente)
        for cuota, pagado in zip(self.cuotas, pagados, strict=True):
            cuota.pagado = pagado

    def exigir_borrador(self) -> None:
        """Conflict `factura_emitida` once it was issued: what it says is on paper."""
        if self.estado != EstadoFactura.BORRADOR:
            raise Conflict("factura_emitida", f"La factura está {self.estado}: ya no se edita.")

    def exigir_viva(self) -> None:
        """Conflict `transicion_ilegal` for a draft and for one that was taken back: neither is owed."""
        if self.estado not in (EstadoFactura.EMITIDA, EstadoFactura.PAGADA):
            raise Conflict("transicion_ilegal", f"La factura está {self.estado}.")

    def anotar_saldo(self) -> None:
        """After something was paid, given back or credited: what is owed, and whether anything is.

        The database refuses less than nothing (`ck_factura_saldo`, `ck_factura_saldo_paciente`).
        """
        self.saldo = self.total - self.pagado + self.reembolsado - self.acreditado
        if self.estado in (EstadoFactura.EMITIDA, EstadoFactura.PAGADA):
            self.estado = EstadoFactura.PAGADA if self.saldo == 0 else EstadoFactura.EMITIDA


class FacturaDetalle(Linea, db.Model):
    """A line of an invoice. `acreditada`: how many of `cantidad` credit notes took back; the other two what of it."""

    __tablename__ = "factura_detalle"
    __table_args__ = (
        *importes_validos(),
        CheckConstraint(f"tipo IN {tuple(str(t) for t in TipoLinea)}", name="tipo"),
        CheckConstraint(
            "acreditada >= 0 AND acreditada <= cantidad AND base_acreditada >= 0 AND base_acreditada <= base"
            " AND iva_acreditado >= 0 AND iva_acreditado <= iva",
            name="acreditada",
        ),
        Index("ix_factura_detalle_factura_id", "factura_id", "orden"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    factura_id: Mapped[int] = mapped_column(ForeignKey("factura.id"))
    doctor_id: Mapped[int | None]
    # The line of the appointment that it charges; None for what was added by hand.
    cita_linea: Mapped[str | None] = mapped_column(String(30))
    acreditada: Mapped[Decimal] = mapped_column(CANTIDAD, default=Decimal(0))
    base_acreditada: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    iva_acreditado: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)

    factura: Mapped[Factura] = relationship(lazy="raise_on_sql", back_populates="detalles")


class Cuota(db.Model):
    """One instalment of what the patient owes. `pagado` is kept as payments come, the earliest instalment first."""

    __tablename__ = "cuota"
    __table_args__ = (
        CheckConstraint("monto > 0 AND pagado >= 0 AND pagado <= monto", name="pagado"),
        Index("ix_cuota_vence_el", "vence_el", "factura_id"),
    )

    factura_id: Mapped[int] = mapped_column(ForeignKey("factura.id"), primary_key=True)
    numero: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    vence_el: Mapped[date]
    monto: Mapped[Decimal] = mapped_column(DINERO)
    pagado: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)

    @property
    def saldo(self) -> Decimal:
        """What is still owed of it."""
        return self.monto - self.pagado


class PorRevisar(StrEnum):
    """Why a person has to look at what was charged of an appointment."""

    REABIERTA = "reabierta"  # it was taken up again after its invoice was issued
    CAMBIADA = "cambiada"  # it was completed anew, with other things than its invoice charges
    NO_FACTURABLE = "no_facturable"  # there is no draft: something of it can't be charged as it was agreed
    SIN_FACTURA = "sin_factura"  # its invoice was annulled or credited as a whole, or its draft thrown away


class CobroCita(DeUnCentro, db.Model):
    """What was last done about charging an appointment, by its event number `ronda`; the key is the appointment's.

    `cobrado` is what its invoice was made of, `convenido` the appointment as it was last completed.
    """

    __tablename__ = "cobro_cita"
    __table_args__ = (
        CheckConstraint(f"por_revisar IN {tuple(str(p) for p in PorRevisar)}", name="por_revisar"),
        partial_index("ix_cobro_cita_por_revisar", "por_revisar IS NOT NULL", "cita_id"),
    )

    id: Mapped[int] = mapped_column("cita_id", primary_key=True, autoincrement=False)
    centro_id: Mapped[int]
    ronda: Mapped[int]
    completada: Mapped[bool]
    factura_id: Mapped[int | None] = mapped_column(ForeignKey("factura.id"), index=True)
    cobrado: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    convenido: Mapped[dict[str, Any] | None] = mapped_column(Json)
    por_revisar: Mapped[str | None] = mapped_column(String(14))
    nota: Mapped[str | None] = mapped_column(String(300))

    factura: Mapped[Factura | None] = relationship(lazy="raise_on_sql")

    @property
    def cita_id(self) -> int:
        """The appointment."""
        return self.id

    @property
    def convenidas(self) -> list[dict[str, Any]] | None:
        """The lines of the appointment as it was last completed."""
        return self.convenido["lineas"] if self.convenido is not None else None

    def pedir_revision(self, porque: PorRevisar | None, nota: str | None = None) -> None:
        """Have a person look at it, and tell why; None when there is nothing to look at."""
        self.por_revisar, self.nota = porque, nota and nota[:300]

    def quedar_sin_factura(self) -> None:
        """Its invoice was taken back, or its draft thrown away, by a person: is it to be charged anew?

        One that is not completed has nothing to charge, and gets its draft once it is.
        """
        if self.completada:
            self.pedir_revision(PorRevisar.SIN_FACTURA)


restricciones.add("ck_factura_saldo", "excede_saldo", "Supera lo que se debe de la factura.")
restricciones.add("ck_factura_saldo_paciente", "excede_saldo", "Supera lo que el paciente debe de la factura.")
restricciones.add("ck_factura_saldo_aseguradora", "excede_saldo", "Supera lo que la aseguradora debe de la factura.")
restricciones.add("ck_factura_cubierto", "cobertura_excesiva", "La aseguradora no puede cubrir más que el total.")
restricciones.add("ck_factura_detalle_acreditada", "acreditado_de_mas", "Se acreditaría más de lo facturado.")
restricciones.add("uq_factura_cita_id", "cita_ya_facturada", "La cita ya tiene su factura.")
restricciones.add("factura_inmutable", "factura_emitida", "Una factura emitida no cambia.")
restricciones.add("factura_detalle_inmutable", "factura_emitida", "Una factura emitida no cambia.")
