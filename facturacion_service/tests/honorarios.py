"""Issued invoices of which doctors earn, written as issuing does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from flask import Flask

from comun.db import now
from facturacion.casos_de_uso.honorarios import anular, devengar, devolver
from facturacion.casos_de_uso.libro import asentar, revertir
from facturacion.dominio.calculo import codigo_iva, importes, totales
from facturacion.extensiones import db
from facturacion.modelos import EstadoFactura, Factura, FacturaDetalle, TarifaHonorario

LUNES, MARTES, MIERCOLES = date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)
_secuenciales = count(1)


def nueva_tarifa(
    app: Flask,
    porcentaje: str,
    *,
    doctor_id: int | None = None,
    tratamiento_id: int | None = None,
    desde: date = date(2020, 1, 1),
) -> int:
    """So much percent for a doctor, or all; of a treatment, or all."""
    with app.app_context():
        tarifa = TarifaHonorario(
            doctor_id=doctor_id,
            tratamiento_id=tratamiento_id,
            doctor_clave=doctor_id or 0,
            tratamiento_clave=tratamiento_id or 0,
            porcentaje=Decimal(porcentaje),
            desde=desde,
        )
        db.session.add(tarifa)
        db.session.commit()
        return tarifa.id


def facturar(
    app: Flask,
    *precios: str,
    doctor_id: int | None = 7,
    tratamiento_id: int | None = 10,
    centro_id: int = 1,
    dia: date = LUNES,
    tarifa_iva: str = "15",
) -> int:
    """An issued invoice with a line for each price."""
    with app.app_context():
        factura = Factura(paciente_id=1, centro_id=centro_id, doctor_id=doctor_id, creada_por="prueba")
        factura.detalles = _lineas(precios, doctor_id, tratamiento_id, Decimal(tarifa_iva))
        sumas = totales(factura.detalles)
        for campo in ("bruto", "descuento", "subtotal", "iva", "total"):
            setattr(factura, campo, getattr(sumas, campo))
        factura.saldo = factura.total
        db.session.add(factura)
        db.session.flush()
        factura.estado = EstadoFactura.EMITIDA
        factura.numero = f"001-001-{next(_secuenciales):09d}"
        factura.fecha_emision, factura.emitida_en, factura.emitida_por = dia, now(), "prueba"
        db.session.flush()
        asentar(devengar(factura, dia), "prueba")
        db.session.commit()
        return factura.id


def _lineas(
    precios: Sequence[str], doctor_id: int | None, tratamiento_id: int | None, tarifa: Decimal
) -> list[FacturaDetalle]:
    lineas = []
    for orden, precio in enumerate(precios):
        de_ella = importes(Decimal(1), Decimal(precio), tarifa)
        lineas.append(
            FacturaDetalle(
                orden=orden,
                tipo="tratamiento" if tratamiento_id else "otro",
                tratamiento_id=tratamiento_id,
                codigo="T",
                descripcion="Limpieza",
                cantidad=Decimal(1),
                precio_unitario=Decimal(precio),
                bruto=de_ella.bruto,
                descuento=de_ella.descuento,
                base=de_ella.base,
                tarifa_iva=tarifa,
                codigo_iva=codigo_iva(tarifa),
                iva=de_ella.iva,
                doctor_id=doctor_id,
            )
        )
    return lineas


def acreditar(app: Flask, factura_id: int, *bases: str, nota_id: int = 1, dia: date = MARTES) -> None:
    """So much of each of its lines is credited, as far as doctors are concerned."""
    with app.app_context():
        factura = db.session.get_one(Factura, factura_id, options=Factura.cargar())
        partes = zip(factura.detalles, map(Decimal, bases), strict=False)
        referencia = f"nota_credito/{nota_id}"
        asentar(devolver(factura, partes, referencia, dia), "prueba")
        db.session.commit()


def anular_factura(app: Flask, factura_id: int, dia: date = MARTES) -> None:
    """All that was earned of it is lost."""
    with app.app_context():
        factura = db.session.get_one(Factura, factura_id, options=Factura.cargar())
        anular(factura, dia)
        revertir(f"factura/{factura_id}", dia, "prueba")
        db.session.commit()
