"""Money given back of a payment: of what is left of it, or of what it paid of an invoice."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Conflict, Invalid
from facturacion.casos_de_uso.aplicaciones import aplicar, bloquear_facturas, bloquear_pago, en_factura
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.pagos import exigir_cobro
from facturacion.casos_de_uso.transacciones import anotar_transaccion, caja_para
from facturacion.dominio.medios import Medio
from facturacion.eventos.emitidos_pagos import anunciar_reembolso
from facturacion.extensiones import db
from facturacion.modelos import Factura, Origen, Pago, Reembolso, TipoTransaccion, Transaccion


def reembolsar(pago_id: int, datos: Mapping[str, Any], quien: Caller) -> Pago:
    """Give back so much of a payment; with an invoice, of what it paid of that one, which is owed again.

    By the means by which it came, unless another is named. Raises NotFound; Invalid (it paid nothing of that
    invoice); Conflict `transicion_ilegal`, `excede_aplicado`, `sin_caja_abierta`; the database `excede_disponible`.
    """
    factura_id, monto = datos.get("factura_id"), datos["monto"]
    factura = bloquear_facturas([factura_id], quien).get(factura_id) if factura_id is not None else None
    pago = bloquear_pago(pago_id, quien)
    exigir_cobro(pago.centro_id, quien)
    if factura_id is not None:
        _exigir_aplicado(pago, factura, monto)
    medio = Medio(datos.get("medio_pago") or pago.medio_pago)
    momento = now()
    reembolso = Reembolso(
        factura_id=factura_id,
        medio_pago=medio,
        monto=monto,
        motivo=datos["motivo"],
        momento=momento,
        dia=dia_en(pago.centro_id, momento),
        caja_id=caja_para(pago.centro_id, medio, quien),
        por=quien.actor,
    )
    pago.reembolsos.append(reembolso)
    db.session.flush()
    with db.session.no_autoflush:
        if factura is not None:
            aplicar(pago, factura, -monto, quien, reembolso_id=reembolso.id)
        pago.devuelto += monto
        pago.disponible -= monto
    db.session.flush()
    anunciar_reembolso(pago, reembolso)
    _anotar(pago, reembolso, factura, medio, quien)
    return pago


def _exigir_aplicado(pago: Pago, factura: Factura | None, monto: Decimal) -> None:
    if factura is None or all(una.factura_id != factura.id for una in pago.aplicaciones):
        raise Invalid({"factura_id": ["El pago no es de esa factura."]})
    factura.exigir_viva()
    if monto > en_factura(pago, factura.id):
        raise Conflict("excede_aplicado", "Supera lo que queda de ese pago en la factura.")


def _anotar(pago: Pago, reembolso: Reembolso, factura: Factura | None, medio: Medio, quien: Caller) -> None:
    """Out of the cash desk, under the doctor of the income: so that both come to nothing in his figures too."""
    doctor_id = db.session.scalar(
        db.select(Transaccion.doctor_id).where(Transaccion.referencia == f"pago/{pago.id}", Transaccion.vivos())
    )
    de_que = f" de la factura {factura.numero}" if factura is not None else ""
    anotar_transaccion(
        TipoTransaccion.EGRESO,
        Origen.REEMBOLSO,
        f"reembolso/{reembolso.id}",
        centro_id=pago.centro_id,
        monto=reembolso.monto,
        medio=medio,
        concepto=f"Devolución del pago {pago.id}{de_que}",
        quien=quien,
        doctor_id=doctor_id,
        paciente_id=pago.paciente_id,
        comentario=reembolso.motivo,
        de=reembolso,
    )
