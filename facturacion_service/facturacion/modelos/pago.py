"""Payments, what of them went to which invoice, and what was given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun.db import UtcDateTime, now
from comun.models import Resource, partial_index
from comun.money import ZERO
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db, restricciones
from facturacion.modelos.comunes import DINERO, DeUnPaciente
from facturacion.modelos.factura import Factura

MEDIO_VALIDO = f"medio_pago IN {tuple(str(m) for m in Medio)}"


class Pagador(StrEnum):
    """Who pays: the patient (or who comes for him), or his insurer."""

    PACIENTE = "paciente"
    ASEGURADORA = "aseguradora"


class Pago(DeUnPaciente, Resource, db.Model):
    """Money that came in for a patient; the number of its receipt is its id. `dia`: by the centre's calendar.

    `disponible` is what was applied to no invoice and not given back: a deposit.
    """

    __tablename__ = "pago"
    __table_args__ = (
        CheckConstraint("monto > 0", name="monto"),
        CheckConstraint("aplicado >= 0 AND devuelto >= 0", name="abonos"),
        CheckConstraint("disponible = monto - aplicado - devuelto", name="cuadra"),
        CheckConstraint("disponible >= 0", name="disponible"),
        CheckConstraint(MEDIO_VALIDO, name="medio_pago"),
        CheckConstraint(f"pagador IN {tuple(str(p) for p in Pagador)}", name="pagador"),
        CheckConstraint("(pagador = 'aseguradora') = (aseguradora_id IS NOT NULL)", name="aseguradora"),
        Index("ix_pago_paciente_id", "paciente_id", "id"),
        Index("ix_pago_centro_id", "centro_id", "id"),
        Index("ix_pago_dia", "dia", "id"),
        partial_index("ix_pago_disponible", "disponible > 0", "paciente_id", "id"),
    )
    AUSENTE = "No existe ese pago, o no le corresponde verlo."

    paciente_id: Mapped[int]
    centro_id: Mapped[int] = mapped_column(ForeignKey("centro_ref.id"))
    pagador: Mapped[str] = mapped_column(String(11), default=Pagador.PACIENTE)
    aseguradora_id: Mapped[int | None]
    medio_pago: Mapped[str] = mapped_column(String(20))
    monto: Mapped[Decimal] = mapped_column(DINERO)
    aplicado: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    devuelto: Mapped[Decimal] = mapped_column(DINERO, default=ZERO)
    disponible: Mapped[Decimal] = mapped_column(DINERO)
    referencia: Mapped[str | None] = mapped_column(String(100))
    comentario: Mapped[str | None] = mapped_column(String(300))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    dia: Mapped[date]
    caja_id: Mapped[int | None] = mapped_column(ForeignKey("caja.id"), index=True)
    registrado_por: Mapped[str] = mapped_column(String(80))

    aplicaciones: Mapped[list[Aplicacion]] = relationship(lazy="raise_on_sql", order_by="Aplicacion.id")
    reembolsos: Mapped[list[Reembolso]] = relationship(lazy="raise_on_sql", order_by="Reembolso.id")

    @classmethod
    def cargar(cls) -> Sequence[ExecutableOption]:
        """With what it paid and what was given back of it."""
        return (selectinload(cls.aplicaciones).joinedload(Aplicacion.factura), selectinload(cls.reembolsos))


class Aplicacion(db.Model):
    """So much of a payment went to an invoice (+), or came back from it (−): refunded, or free for another one."""

    __tablename__ = "aplicacion"
    __table_args__ = (
        CheckConstraint("monto <> 0", name="monto"),
        Index("ix_aplicacion_pago_id", "pago_id", "id"),
        Index("ix_aplicacion_factura_id", "factura_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pago_id: Mapped[int] = mapped_column(ForeignKey("pago.id"))
    factura_id: Mapped[int] = mapped_column(ForeignKey("factura.id"))
    monto: Mapped[Decimal] = mapped_column(DINERO)
    reembolso_id: Mapped[int | None] = mapped_column(ForeignKey("reembolso.id"))
    nota_credito_id: Mapped[int | None] = mapped_column(ForeignKey("nota_credito.id"))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    por: Mapped[str] = mapped_column(String(80))

    factura: Mapped[Factura] = relationship(lazy="raise_on_sql")


class Reembolso(db.Model):
    """Money given back of a payment."""

    __tablename__ = "reembolso"
    __table_args__ = (
        CheckConstraint("monto > 0", name="monto"),
        CheckConstraint(MEDIO_VALIDO, name="medio_pago"),
        Index("ix_reembolso_pago_id", "pago_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pago_id: Mapped[int] = mapped_column(ForeignKey("pago.id"))
    factura_id: Mapped[int | None] = mapped_column(ForeignKey("factura.id"))
    medio_pago: Mapped[str] = mapped_column(String(20))
    monto: Mapped[Decimal] = mapped_column(DINERO)
    motivo: Mapped[str] = mapped_column(String(300))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    dia: Mapped[date]
    caja_id: Mapped[int | None] = mapped_column(ForeignKey("caja.id"), index=True)
    por: Mapped[str] = mapped_column(String(80))


restricciones.add("ck_pago_disponible", "excede_disponible", "Supera lo que queda disponible del pago.")
restricciones.add("pago_inmutable", "pago_registrado", "Un pago registrado no cambia: devuélvalo.")
