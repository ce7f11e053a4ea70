"""News of payments that this service sends: amounts and ids, nothing of what was written by hand."""

from __future__ import annotations

from comun.events import emit
from facturacion.modelos import Factura, Pago, Reembolso


def anunciar_pago(pago: Pago) -> None:
    """Emit `pago.registrado.v1` in the current transaction."""
    emit(
        "pago.registrado.v1",
        f"pago/{pago.id}",
        {
            "id": pago.id,
            "paciente_id": pago.paciente_id,
            "centro_id": pago.centro_id,
            "pagador": str(pago.pagador),
            "aseguradora_id": pago.aseguradora_id,
            "medio_pago": str(pago.medio_pago),
            "monto": pago.monto,
            "disponible": pago.disponible,
            "momento": pago.momento,
            "facturas": [{"factura_id": una.factura_id, "monto": una.monto} for una in pago.aplicaciones],
        },
    )


def anunciar_reembolso(pago: Pago, reembolso: Reembolso) -> None:
    """Emit `pago.reembolsado.v1` in the current transaction."""
    emit(
        "pago.reembolsado.v1",
        f"pago/{pago.id}",
        {
            "id": pago.id,
            "reembolso_id": reembolso.id,
            "paciente_id": pago.paciente_id,
            "centro_id": pago.centro_id,
            "factura_id": reembolso.factura_id,
            "medio_pago": str(reembolso.medio_pago),
            "monto": reembolso.monto,
            "momento": reembolso.momento,
        },
    )


def anunciar_pagada(factura: Factura) -> None:
    """Emit `factura.pagada.v1` in the current transaction: nothing is owed of it any more."""
    emit(
        "factura.pagada.v1",
        f"factura/{factura.id}",
        {
            "id": factura.id,
            "numero": factura.numero,
            "paciente_id": factura.paciente_id,
            "centro_id": factura.centro_id,
            "cita_id": factura.cita_id,
            "total": factura.total,
        },
    )
