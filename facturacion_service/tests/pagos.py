"""What tests of payments do at the desk, and what must hold whatever they did."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

from flask import Flask
from sqlalchemy import func
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient
from facturacion.extensiones import db
from facturacion.modelos import (
    Aplicacion,
    Asiento,
    Cuenta,
    EstadoFactura,
    Factura,
    NotaCredito,
    Pagador,
    Pago,
    Reembolso,
    TotalDia,
    Transaccion,
)

RUTA = "/facturacion"


def cobrar(api: ApiClient, factura_id: int, monto: Any, medio: str = "transferencia", **mas: Any) -> TestResponse:
    """A payment of an invoice."""
    headers = mas.pop("headers", None)
    cuerpo = {"monto": monto, "medio_pago": medio, **mas}
    return api.post(f"{RUTA}/facturas/{factura_id}/pagos", cuerpo, headers=headers)


def dejar_anticipo(api: ApiClient, monto: Any, medio: str = "transferencia", **mas: Any) -> TestResponse:
    """A deposit of patient 1 at centre 1."""
    cuerpo = {"paciente_id": 1, "centro_id": 1, "monto": monto, "medio_pago": medio, **mas}
    return api.post(f"{RUTA}/anticipos", cuerpo)


def aplicar(api: ApiClient, pago_id: int, factura_id: int, monto: Any, **mas: Any) -> TestResponse:
    """What is left of a payment, to an invoice."""
    cuerpo = {"factura_id": factura_id, "monto": monto}
    return api.post(f"{RUTA}/pagos/{pago_id}/aplicaciones", cuerpo, **mas)


def devolver(api: ApiClient, pago_id: int, monto: Any, *, headers: Any = None, **mas: Any) -> TestResponse:
    """Money back of a payment."""
    cuerpo = {"monto": monto, "motivo": "El paciente no vuelve", **mas}
    return api.post(f"{RUTA}/pagos/{pago_id}/reembolsos", cuerpo, headers=headers)


def cuadra(app: Flask) -> None:
    """Every balance is the sum of what moved it, and the ledger tells the same as the rows."""
    with app.app_context():
        for factura in db.session.scalars(db.select(Factura)):
            _cuadra_factura(factura)
        for pago in db.session.scalars(db.select(Pago)):
            assert pago.aplicado == _suma(Aplicacion.monto, Aplicacion.pago_id == pago.id)
            assert pago.devuelto == _suma(Reembolso.monto, Reembolso.pago_id == pago.id)
            assert pago.disponible == pago.monto - pago.aplicado - pago.devuelto >= 0
        _cuadra_libro(Cuenta.INGRESO, "pago", Pago)
        _cuadra_libro(Cuenta.EGRESO, "reembolso", Reembolso)


def _cuadra_factura(factura: Factura) -> None:
    suyas = Aplicacion.factura_id == factura.id
    assert factura.pagado == _suma(Aplicacion.monto, suyas, Aplicacion.monto > 0)
    assert factura.reembolsado == -_suma(Aplicacion.monto, suyas, Aplicacion.monto < 0)
    assert factura.acreditado == _suma(NotaCredito.total, NotaCredito.factura_id == factura.id)
    if factura.estado == EstadoFactura.ANULADA:
        assert (factura.saldo, factura.pagado) == (0, factura.reembolsado)
        return
    assert factura.saldo == factura.total - factura.pagado + factura.reembolsado - factura.acreditado >= 0
    if factura.estado == EstadoFactura.BORRADOR:
        assert (factura.saldo, factura.saldo_aseguradora) == (factura.total, 0)
        return
    assert (factura.estado == EstadoFactura.PAGADA) == (factura.saldo == 0)
    de_ella = db.select(Pago.id).where(Pago.pagador == Pagador.ASEGURADORA)
    suyo = _suma(Aplicacion.monto, suyas, Aplicacion.pago_id.in_(de_ella))
    acreditado = _suma(NotaCredito.de_aseguradora, NotaCredito.factura_id == factura.id)
    assert factura.saldo_aseguradora == factura.cubierto - suyo - acreditado >= 0


def _cuadra_libro(cuenta: Cuenta, origen: str, modelo: Any) -> None:
    """Each row has its transaction, and the ledger tells their sum, in all and by day."""
    monto = _suma(modelo.monto)
    assert _suma(Transaccion.monto, Transaccion.origen == origen) == monto
    assert _suma(Asiento.importe, Asiento.cuenta == cuenta, Asiento.origen == origen) == monto
    assert _suma(TotalDia.importe, TotalDia.cuenta == cuenta, TotalDia.origen == origen) == monto
    referencias = db.session.scalars(db.select(Transaccion.referencia).where(Transaccion.origen == origen))
    assert sorted(referencias) == sorted(f"{origen}/{n}" for n in db.session.scalars(db.select(modelo.id)))


def _suma(columna: Any, *donde: Any) -> D:
    return db.session.scalar(db.select(func.sum(columna)).where(*donde)) or D(0)
