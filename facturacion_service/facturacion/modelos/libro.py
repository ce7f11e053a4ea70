"""The ledger: every amount that any report tells, never changed; and what it comes to by day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from comun.db import UtcDateTime, now
from comun.tables import BigId
from facturacion.extensiones import db
from facturacion.modelos.comunes import DINERO, DeUnCentro


class Cuenta(StrEnum):
    """What an amount is. `ingreso` and `egreso` are the cash desk's, whatever they came of (`origen`)."""

    INGRESO = "ingreso"
    EGRESO = "egreso"
    FACTURADO = "facturado"  # without tax, less what was credited or annulled
    IVA = "iva"
    GASTO = "gasto"
    MATERIAL = "material"
    HONORARIO = "honorario"


class Asiento(DeUnCentro, db.Model):
    """An amount on a day of a centre's calendar.

    What takes one back is an entry of its own, with the other sign and `veces` -1. `referencia` names what it is of
    (`factura/3`, `transaccion/8`, `consumo/2`). 0 and '' mean none.
    """

    __tablename__ = "asiento"
    __table_args__ = (
        CheckConstraint(f"cuenta IN {tuple(str(c) for c in Cuenta)}", name="cuenta"),
        CheckConstraint("importe <> 0", name="importe"),
        Index("ix_asiento_referencia", "referencia"),
        # Covers what reports by treatment and by insurer read.
        Index("ix_asiento_cuenta_dia", "cuenta", "dia", "centro_id", "tratamiento_id", "aseguradora_id", "importe"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cuenta: Mapped[str] = mapped_column(String(10))
    dia: Mapped[date]
    centro_id: Mapped[int]
    doctor_id: Mapped[int] = mapped_column(default=0)
    tratamiento_id: Mapped[int] = mapped_column(default=0)
    aseguradora_id: Mapped[int] = mapped_column(default=0)
    categoria_id: Mapped[int] = mapped_column(default=0)
    origen: Mapped[str] = mapped_column(String(12), default="")
    medio_pago: Mapped[str] = mapped_column(String(20), default="")
    importe: Mapped[Decimal] = mapped_column(DINERO)
    veces: Mapped[int] = mapped_column(default=1)
    referencia: Mapped[str] = mapped_column(String(40))
    momento: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    por: Mapped[str] = mapped_column(String(80))


class TotalDia(DeUnCentro, db.Model):
    """The sum of the entries of a day by account, centre, doctor, origin, means and category. Kept with each entry.

    `veces`: how many entries, those that take one back taken off.
    """

    __tablename__ = "total_dia"

    dia: Mapped[date] = mapped_column(primary_key=True)
    cuenta: Mapped[str] = mapped_column(String(10), primary_key=True)
    centro_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    doctor_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origen: Mapped[str] = mapped_column(String(12), primary_key=True)
    medio_pago: Mapped[str] = mapped_column(String(20), primary_key=True)
    categoria_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    importe: Mapped[Decimal] = mapped_column(DINERO)
    veces: Mapped[int]
