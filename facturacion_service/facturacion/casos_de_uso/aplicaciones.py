"""What of a payment goes to which invoice, and comes back from it.

Invoices are locked before payments, both in the order of their ids; the till and the totals of the day come later.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from comun.auth.caller import Caller
from comun.errors import NotFound
from facturacion.eventos.emitidos_pagos import anunciar_pagada
from facturacion.extensiones import db
from facturacion.modelos import Aplicacion, EstadoFactura, Factura, Pagador, Pago


def bloquear_facturas(ids: Iterable[int], quien: Caller) -> dict[int, Factura]:
    """Those of them that the caller may see, with lines and instalments, held until the transaction ends."""
    consulta = (
        db.select(Factura)
        .where(Factura.id.in_(sorted({*ids})), Factura.vivos(), Factura.visibles_para(quien))
        .order_by(Factura.id)
        .options(*Factura.cargar())
        .with_for_update(of=Factura, key_share=True)
        .execution_options(populate_existing=True)
    )
    return {factura.id: factura for factura in db.session.scalars(consulta)}


def bloquear_factura(factura_id: int, quien: Caller) -> Factura:
    """One invoice, held until the transaction ends. Raises NotFound."""
    factura = bloquear_facturas([factura_id], quien).get(factura_id)
    if factura is None:
        raise NotFound(Factura.AUSENTE)
    return factura


def bloquear_pago(pago_id: int, quien: Caller) -> Pago:
    """A payment with what it paid, held until the transaction ends; it was not read before. Raises NotFound."""
    consulta = (
        db.select(Pago)
        .where(Pago.id == pago_id, Pago.vivos(), Pago.visibles_para(quien))
        .options(*Pago.cargar())
        .with_for_update(of=Pago, key_share=True)
    )
    pago = db.session.scalar(consulta)
    if pago is None:
        raise NotFound(Pago.AUSENTE)
    return pago


def aplicar(
    pago: Pago,
    factura: Factura,
    monto: Decimal,
    quien: Caller,
    *,
    reembolso_id: int | None = None,
    nota_credito_id: int | None = None,
) -> None:
    """So much of a payment to an invoice, in US dollars; a negative amount comes back from it and is free again.

    Both are locked. The database refuses more than is owed or left (`excede_saldo`, `excede_disponible`), in the part
    of him who pays: the patient's or the insurer's.
    """
    pago.aplicaciones.append(
        Aplicacion(
            factura=factura,
            monto=monto,
            reembolso_id=reembolso_id,
            nota_credito_id=nota_credito_id,
            por=quien.actor,
        )
    )
    pago.aplicado += monto
    pago.disponible -= monto
    if monto > 0:
        factura.pagado += monto
    else:
        factura.reembolsado -= monto
    if pago.pagador == Pagador.ASEGURADORA:
        factura.saldo_aseguradora -= monto
    actualizar_saldo(factura)


def actualizar_saldo(factura: Factura) -> None:
    """After what was paid, given back or credited changed: balance, state, instalments; and news once all is paid."""
    antes = factura.estado
    factura.anotar_saldo()
    factura.repartir_cuotas()
    if factura.estado == EstadoFactura.PAGADA != antes:
        anunciar_pagada(factura)


def en_factura(pago: Pago, factura_id: int) -> Decimal:
    """How much of a payment is in an invoice now."""
    return sum((una.monto for una in pago.aplicaciones if una.factura_id == factura_id), Decimal(0))
