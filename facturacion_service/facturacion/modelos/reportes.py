"""What reports add up: the totals of days, and entries of the ledger where those don't tell it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func
from sqlalchemy.orm import InstrumentedAttribute

from comun.money import ZERO
from facturacion.dominio.cifras import DE_LINEAS
from facturacion.extensiones import db
from facturacion.modelos.factura import EstadoFactura, Factura
from facturacion.modelos.gasto import Honorario
from facturacion.modelos.libro import Asiento, TotalDia

Grupo = InstrumentedAttribute[Any]


@dataclass(frozen=True)
class Alcance:
    """What is added up: days of the centres' own calendars, of these centres (None: all), of a doctor (None: all)."""

    desde: date
    hasta: date
    centros: frozenset[int] | None = None
    doctor_id: int | None = None

    def condiciones(self, tabla: type[Asiento] | type[TotalDia]) -> Iterator[ColumnElement[bool]]:
        """Which rows are of it."""
        yield tabla.dia.between(self.desde, self.hasta)
        if self.centros is not None:
            yield tabla.centro_id.in_(self.centros)
        if self.doctor_id is not None:
            yield tabla.doctor_id == self.doctor_id


def de_los_dias(alcance: Alcance, *por: Grupo) -> Sequence[Row[Any]]:
    """Sums of totals of days: by what is asked for, then `cuenta`, `origen`, `importe`, `veces`."""
    claves = (*por, TotalDia.cuenta, TotalDia.origen)
    sumas = func.sum(TotalDia.importe).label("importe"), func.sum(TotalDia.veces).label("veces")
    consulta = db.select(*claves, *sumas).where(*alcance.condiciones(TotalDia)).group_by(*claves)
    return db.session.execute(consulta).all()


def del_libro(alcance: Alcance, por: Grupo, cuentas: Sequence[str] = DE_LINEAS) -> Sequence[Row[Any]]:
    """Sums of entries of lines: by treatment or insurer, then `cuenta`, `importe`."""
    consulta = db.select(por, Asiento.cuenta, func.sum(Asiento.importe).label("importe"))
    cuales = (Asiento.cuenta.in_(cuentas), *alcance.condiciones(Asiento))
    return db.session.execute(consulta.where(*cuales).group_by(por, Asiento.cuenta)).all()


def facturas_emitidas(alcance: Alcance) -> tuple[int, Decimal]:
    """How many invoices were issued and still hold, and what they come to without tax."""
    # Said by what they are not: SQLite would rather read all invoices of a state than those of some days.
    emitidas = db.select(func.count(Factura.id), func.sum(Factura.subtotal)).where(
        Factura.fecha_emision.between(alcance.desde, alcance.hasta),
        Factura.estado.not_in([EstadoFactura.BORRADOR, EstadoFactura.ANULADA]),
        Factura.vivos(),
    )
    if alcance.centros is not None:
        emitidas = emitidas.where(Factura.centro_id.in_(alcance.centros))
    cuantas, subtotal = db.session.execute(emitidas).one()
    return cuantas, subtotal or ZERO


def honorarios_de(alcance: Alcance) -> dict[str, Decimal]:
    """What of a doctor's fees of these days is in a settlement, and what is not yet."""
    liquidado = Honorario.liquidacion_id.is_not(None)
    suyos = db.select(liquidado.label("liquidado"), func.sum(Honorario.monto)).where(
        Honorario.doctor_id == alcance.doctor_id, Honorario.dia.between(alcance.desde, alcance.hasta)
    )
    if alcance.centros is not None:
        suyos = suyos.where(Honorario.centro_id.in_(alcance.centros))
    sumas = {bool(esta): suma for esta, suma in db.session.execute(suyos.group_by(liquidado))}
    return {"honorarios_liquidados": sumas.get(True, ZERO), "honorarios_pendientes": sumas.get(False, ZERO)}
