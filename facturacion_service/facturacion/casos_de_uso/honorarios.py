"""Doctors' fees: earned when an invoice is issued, lost with what is credited or annulled of it.

They stand in `honorario`, line by line, for the settlement; the callers write what is answered here into the ledger,
under the reference of the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func

from comun.money import cents
from facturacion.casos_de_uso.libro import Anotacion
from facturacion.extensiones import db
from facturacion.modelos import Cuenta, Factura, FacturaDetalle, Honorario, TarifaHonorario

_CIEN = Decimal(100)


@dataclass(frozen=True)
class Tarifas:
    """The percentages that hold on a day, by doctor and treatment; 0 stands for any."""

    porcentajes: dict[tuple[int, int], Decimal]

    def porcentaje(self, doctor_id: int, tratamiento_id: int | None) -> Decimal:
        """Of doctor and treatment, of the doctor, of the treatment, of all; else nothing."""
        claves = ((doctor_id, tratamiento_id or 0), (doctor_id, 0), (0, tratamiento_id or 0), (0, 0))
        return next((self.porcentajes[clave] for clave in claves if clave in self.porcentajes), Decimal(0))


def tarifas_el(dia: date) -> Tarifas:
    """What holds on that day: of each doctor and treatment what began last."""
    filas = db.session.scalars(
        db.select(TarifaHonorario)
        .where(TarifaHonorario.vivos(), TarifaHonorario.desde <= dia)
        .order_by(TarifaHonorario.desde)
    )
    return Tarifas({(fila.doctor_clave, fila.tratamiento_clave): fila.porcentaje for fila in filas})


def devengar(factura: Factura, dia: date) -> list[Anotacion]:
    """The fees of an invoice that is being issued, into `honorario`; and what the ledger is to say of them."""
    suyos = [detalle for detalle in factura.detalles if detalle.doctor_id is not None and detalle.base > 0]
    if not suyos:
        return []
    tarifas = tarifas_el(dia)
    filas = []
    for detalle in suyos:
        assert detalle.doctor_id is not None
        porcentaje = tarifas.porcentaje(detalle.doctor_id, detalle.tratamiento_id)
        monto = cents(detalle.base * porcentaje / _CIEN)
        filas.append(_fila(factura, detalle, detalle.base, porcentaje, f"factura/{factura.id}", dia, monto))
    return _anotar(filas)


def devolver(
    factura: Factura, bases: Iterable[tuple[FacturaDetalle, Decimal]], referencia: str, dia: date
) -> list[Anotacion]:
    """What doctors lose when so much (without tax) of these lines is credited, at the percentage that they earned.

    What is left is that percentage of what is left of the line, to the cent: of one credited as a whole, bit by bit,
    nothing.
    """
    bases = [*bases]
    quedan = _quedan([detalle.id for detalle, _base in bases])
    filas = []
    for detalle, base in bases:
        if (queda := quedan.get(detalle.id)) is None:
            continue
        quedan[detalle.id] = menos = queda.menos(base)
        filas.append(_fila(factura, detalle, -base, queda.porcentaje, referencia, dia, menos.monto - queda.monto))
    return _anotar(filas)


def anular(factura: Factura, dia: date) -> None:
    """Take back all that was earned of an invoice; its entries in the ledger go with those of the invoice."""
    quedan = _quedan([detalle.id for detalle in factura.detalles])
    suyos = [(detalle, quedan[detalle.id].base) for detalle in factura.detalles if detalle.id in quedan]
    devolver(factura, [suyo for suyo in suyos if suyo[1]], f"anulacion/{factura.id}", dia)


@dataclass(frozen=True)
class _Queda:
    """What was earned of a line so far, less what was lost."""

    porcentaje: Decimal
    base: Decimal
    monto: Decimal

    def menos(self, base: Decimal) -> _Queda:
        """When so much more of the line is credited."""
        resto = self.base - base
        return _Queda(self.porcentaje, resto, cents(resto * self.porcentaje / _CIEN))


def _quedan(detalles: Sequence[int]) -> dict[int, _Queda]:
    filas = db.session.execute(
        db.select(
            Honorario.detalle_id,
            func.max(Honorario.porcentaje).label("porcentaje"),
            func.sum(Honorario.base).label("base"),
            func.sum(Honorario.monto).label("monto"),
        )
        .where(Honorario.detalle_id.in_(detalles))
        .group_by(Honorario.detalle_id)
    )
    return {fila.detalle_id: _Queda(fila.porcentaje, fila.base, fila.monto) for fila in filas}


def _fila(
    factura: Factura,
    detalle: FacturaDetalle,
    base: Decimal,
    porcentaje: Decimal,
    referencia: str,
    dia: date,
    monto: Decimal,
) -> Honorario:
    return Honorario(
        doctor_id=detalle.doctor_id,
        centro_id=factura.centro_id,
        detalle_id=detalle.id,
        tratamiento_id=detalle.tratamiento_id,
        referencia=referencia,
        dia=dia,
        base=base,
        porcentaje=porcentaje,
        monto=monto,
    )


def _anotar(filas: Sequence[Honorario]) -> list[Anotacion]:
    db.session.add_all(filas)
    db.session.flush()
    return [
        Anotacion(
            Cuenta.HONORARIO,
            fila.monto,
            fila.dia,
            fila.centro_id,
            fila.referencia,
            doctor_id=fila.doctor_id,
            tratamiento_id=fila.tratamiento_id or 0,
            veces=1 if fila.monto > 0 else -1,
        )
        for fila in filas
    ]
