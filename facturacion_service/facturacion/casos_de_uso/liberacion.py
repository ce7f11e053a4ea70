"""What was paid of an invoice and is not owed for it any more comes free: for another invoice, or to be refunded."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func

from comun.auth.caller import Caller
from facturacion.extensiones import db
from facturacion.modelos import Aplicacion, Factura, Pagador, Pago


def bloquear_pagos(factura: Factura) -> list[Pago]:
    """The payments of which something went to a locked invoice, locked in the order of their ids."""
    suyos = db.select(Aplicacion.pago_id).where(Aplicacion.factura_id == factura.id)
    consulta = db.select(Pago).where(Pago.id.in_(suyos)).order_by(Pago.id)
    return list(
        db.session.scalars(
            consulta.with_for_update(of=Pago, key_share=True).execution_options(populate_existing=True)
        )
    )


def liberar(factura: Factura, monto: Decimal, pagador: Pagador, quien: Caller, *, nota_id: int | None = None) -> None:
    """So much of what that payer paid of a locked invoice is available in his payments again, the latest first.

    The invoice owes it again, until its caller lowers that. There is as much: who credits knows what was paid.
    """
    if monto == 0:
        return
    pagos = [pago for pago in bloquear_pagos(factura) if pago.pagador == pagador]
    netos = _netos(factura)
    falta = monto
    with db.session.no_autoflush:
        for pago in reversed(pagos):
            if (parte := min(falta, netos[pago.id])) > 0:
                _devolver(pago, factura, parte, quien, nota_id)
                falta -= parte
        assert falta == 0
        factura.reembolsado += monto
        if pagador is Pagador.ASEGURADORA:
            factura.saldo_aseguradora += monto
        factura.anotar_saldo()
    db.session.flush()


def _devolver(pago: Pago, factura: Factura, parte: Decimal, quien: Caller, nota_id: int | None) -> None:
    db.session.add(
        Aplicacion(pago_id=pago.id, factura_id=factura.id, monto=-parte, nota_credito_id=nota_id, por=quien.actor)
    )
    pago.aplicado -= parte
    pago.disponible += parte


def _netos(factura: Factura) -> dict[int, Decimal]:
    filas = db.session.execute(
        db.select(Aplicacion.pago_id, func.sum(Aplicacion.monto).label("neto"))
        .where(Aplicacion.factura_id == factura.id)
        .group_by(Aplicacion.pago_id)
    )
    return {fila.pago_id: fila.neto for fila in filas}
