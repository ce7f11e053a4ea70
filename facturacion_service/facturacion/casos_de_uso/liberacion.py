"""What was paid of an invoice and is not owed for it any more comes free: for another invoice, or to be refunded."""

from __future__ import annotations

from decimal import Decimal

from comun.auth.caller import Caller
from facturacion.casos_de_uso.aplicaciones import aplicar, en_factura
from facturacion.extensiones import db
from facturacion.modelos import Aplicacion, Factura, Pagador, Pago


def bloquear_pagos(factura: Factura) -> list[Pago]:
    """The payments of which something went to a locked invoice, locked in the order of their ids.

    The first time that they are read: nothing that was read before is read anew.
    """
    suyos = db.select(Aplicacion.pago_id).where(Aplicacion.factura_id == factura.id)
    consulta = db.select(Pago).where(Pago.id.in_(suyos)).order_by(Pago.id).options(*Pago.cargar())
    return list(db.session.scalars(consulta.with_for_update(of=Pago, key_share=True)))


def liberar(factura: Factura, monto: Decimal, pagador: Pagador, quien: Caller, *, nota_id: int | None = None) -> None:
    """So much of what that payer paid of a locked invoice is available in his payments again, the latest first.

    The invoice owes it again, until its caller lowers that. There is as much: who credits knows what was paid.
    """
    if monto == 0:
        return
    falta = monto
    pagos = [pago for pago in bloquear_pagos(factura) if pago.pagador == pagador]
    with db.session.no_autoflush:
        for pago in reversed(pagos):
            if (parte := min(falta, en_factura(pago, factura.id))) > 0:
                aplicar(pago, factura, -parte, quien, nota_credito_id=nota_id)
                falta -= parte
    assert falta == 0
    db.session.flush()
