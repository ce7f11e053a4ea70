"""Issued invoices, written as the service itself would have."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from typing import Any

from flask import Flask
from sqlalchemy import func

from comun.db import now
from comun.money import cents
from facturacion.extensiones import db
from facturacion.modelos import (
    AseguradoraRef,
    Cuota,
    EstadoFactura,
    Factura,
    FacturaDetalle,
    PuntoEmision,
    TipoLinea,
)

from .fabricas import nuevo_punto


def emitida(app: Flask, total: str | D = "100", *, cubierto: str | D = "0", **campos: Any) -> int:
    """An invoice of patient 1 at centre 1, of one line without tax; `cubierto` of it is insurer 5's."""
    punto_id = _punto(app, campos.get("centro_id", 1))
    with app.app_context():
        valores: dict[str, Any] = {"paciente_id": 1, "centro_id": 1, "doctor_id": 7, "creada_por": "prueba"}
        importes = {"bruto": D(total), "subtotal": D(total), "total": D(total), "saldo": D(total)}
        parte = {"cubierto": D(cubierto), "saldo_aseguradora": D(cubierto)}
        if D(cubierto):
            db.session.merge(AseguradoraRef(id=5, nombre="Seguros Equinoccial", secuencia=1))
            parte["aseguradora_id"] = 5
        emision = {"fecha_emision": date(2026, 1, 5), "vence_el": date(2026, 1, 5), "emitida_por": "prueba"}
        factura = Factura(**{**valores, **importes, **parte, **campos})
        factura.detalles.append(_linea(D(total)))
        db.session.add(factura)
        db.session.flush()
        for campo, valor in {**emision, **campos}.items():
            setattr(factura, campo, valor)
        _numerar(factura, punto_id)
        db.session.commit()
        return factura.id


def borrador(app: Flask, total: str = "100") -> int:
    """A draft."""
    with app.app_context():
        importes = {"bruto": D(total), "subtotal": D(total), "total": D(total), "saldo": D(total)}
        factura = Factura(paciente_id=1, centro_id=1, creada_por="prueba", **importes)
        factura.detalles.append(_linea(D(total)))
        db.session.add(factura)
        db.session.commit()
        return factura.id


def en_cuotas(app: Flask, factura_id: int, *montos: str, desde: date) -> None:
    """An instalment of each of these amounts, thirty days from one to the next."""
    with app.app_context():
        for lugar, monto in enumerate(montos):
            vence = desde + timedelta(days=30 * lugar)
            db.session.add(Cuota(factura_id=factura_id, numero=lugar + 1, vence_el=vence, monto=D(monto)))
        db.session.commit()


def factura(app: Flask, factura_id: int) -> Factura:
    """As it stands."""
    with app.app_context():
        return db.session.get_one(Factura, factura_id)


def _linea(total: D) -> FacturaDetalle:
    return FacturaDetalle(
        orden=1,
        tipo=TipoLinea.OTRO,
        codigo="VARIOS",
        descripcion="Atención",
        cantidad=D(1),
        precio_unitario=total,
        bruto=total,
        descuento=D(0),
        base=total,
        tarifa_iva=D(0),
        codigo_iva="0",
        iva=cents(D(0)),
        doctor_id=7,
    )


def _punto(app: Flask, centro_id: int) -> int:
    with app.app_context():
        suyo = db.session.scalar(db.select(PuntoEmision.id).where(PuntoEmision.centro_id == centro_id))
    return suyo or nuevo_punto(app, centro_id)


def _numerar(factura: Factura, punto_id: int) -> None:
    ultimo = db.session.scalar(db.select(func.max(Factura.secuencial)).where(Factura.punto_emision_id == punto_id))
    factura.punto_emision_id = punto_id
    factura.secuencial = (ultimo or 0) + 1
    factura.numero = f"{factura.centro_id:03d}-001-{factura.secuencial:09d}"
    factura.emitida_en = _momento(factura.fecha_emision)
    factura.estado = EstadoFactura.EMITIDA if factura.total else EstadoFactura.PAGADA


def _momento(dia: date | None) -> datetime:
    return now().replace(year=dia.year, month=dia.month, day=dia.day) if dia else now()
