"""Invoices, as people at the desk make, issue and take them back; and what must hold of them at any time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import func
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db
from facturacion.modelos import Aplicacion, Asiento, Cuenta, Factura, Pagador, Pago, TotalDia

URL = "/facturacion/facturas"
COMO_ESTE = {"If-Match": "*"}


def otra(precio: Any, *, tarifa_iva: Any = 0, **mas: Any) -> dict[str, Any]:
    """A line that is of no catalogue."""
    return {"descripcion": "Férula", "precio_unitario": precio, "tarifa_iva": tarifa_iva, **mas}


def pedir(api: ApiClient, *detalles: dict[str, Any], **datos: Any) -> TestResponse:
    """Patient 1 is charged at centre 1, unless `datos` says otherwise: 100 dollars when no line is given."""
    cuerpo = {"paciente_id": 1, "centro_id": 1, "detalles": [*detalles] or [otra(100)], **datos}
    return api.post(URL, cuerpo)


def borrador(api: ApiClient, *detalles: dict[str, Any], **datos: Any) -> dict[str, Any]:
    """A draft, made by hand."""
    return dict(ok(pedir(api, *detalles, **datos), 201))


def poner_estado(api: ApiClient, factura_id: int, estado: str, **datos: Any) -> TestResponse:
    return api.patch(f"{URL}/{factura_id}/estado", {"estado": estado, **datos})


def emitida(api: ApiClient, *detalles: dict[str, Any], **datos: Any) -> dict[str, Any]:
    """An invoice, issued at the principal emission point of its centre."""
    return dict(ok(poner_estado(api, borrador(api, *detalles, **datos)["id"], "emitida")))


def leer(api: ApiClient, factura_id: int) -> dict[str, Any]:
    return dict(ok(api.get(f"{URL}/{factura_id}")))


def en_el_libro(app: Flask, cuenta: Cuenta) -> Decimal:
    """What an account comes to; by its entries and by the totals of days, which are the same."""
    with app.app_context():
        sumas = [
            db.session.scalar(db.select(func.sum(tabla.importe)).where(tabla.cuenta == cuenta)) or Decimal(0)
            for tabla in (Asiento, TotalDia)
        ]
    assert sumas[0] == sumas[1]
    return sumas[0]


def numeros(app: Flask) -> Sequence[int]:
    """The numbers that were given to invoices, in order."""
    with app.app_context():
        return list(
            db.session.scalars(
                db.select(Factura.secuencial).where(Factura.secuencial.is_not(None)).order_by(Factura.secuencial)
            )
        )


def pagar(app: Flask, factura_id: int, monto: Any, pagador: Pagador = Pagador.PACIENTE) -> int:
    """So much was paid of an issued invoice, whatever the cash desk knows of it; the id of the payment."""
    monto = Decimal(monto)
    with app.app_context():
        factura = db.session.get_one(Factura, factura_id)
        pago = Pago(
            paciente_id=factura.paciente_id,
            centro_id=factura.centro_id,
            pagador=pagador,
            aseguradora_id=factura.aseguradora_id if pagador is Pagador.ASEGURADORA else None,
            medio_pago=Medio.TRANSFERENCIA,
            monto=monto,
            aplicado=monto,
            disponible=Decimal(0),
            dia=factura.fecha_emision,
            registrado_por="prueba",
        )
        db.session.add(pago)
        db.session.flush()
        db.session.add(Aplicacion(pago_id=pago.id, factura_id=factura_id, monto=monto, por="prueba"))
        factura.pagado += monto
        if pagador is Pagador.ASEGURADORA:
            factura.saldo_aseguradora -= monto
        factura.anotar_saldo()
        db.session.commit()
        return pago.id


def asegurar(app: Flask, factura_id: int, cubierto: Any, aseguradora_id: int = 3) -> None:
    """An insurer takes over so much of a draft."""
    with app.app_context():
        factura = db.session.get_one(Factura, factura_id)
        factura.aseguradora_id, factura.cubierto = aseguradora_id, Decimal(cubierto)
        db.session.commit()


def disponible(app: Flask, pago_id: int) -> Decimal:
    """What of a payment is free for another invoice."""
    with app.app_context():
        return db.session.get_one(Pago, pago_id).disponible
