"""News of tills that this service sends."""

from __future__ import annotations

from comun.events import emit
from comun.money import ZERO
from facturacion.modelos import Caja


def anunciar_cierre(caja: Caja) -> None:
    """Emit `caja.cerrada.v1` in the current transaction: what should have been there, and what was."""
    esperado, contado = caja.esperado_por_medio or {}, caja.contado_por_medio or {}
    medios = sorted({*esperado, *contado})
    emit(
        "caja.cerrada.v1",
        f"caja/{caja.id}",
        {
            "id": caja.id,
            "centro_id": caja.centro_id,
            "cajero": caja.cajero,
            "abierta_en": caja.abierta_en,
            "cerrada_en": caja.cerrada_en,
            "monto_inicial": caja.monto_inicial,
            "diferencia": caja.diferencia,
            "explicacion": caja.explicacion,
            "medios": [
                {"medio_pago": medio, "esperado": esperado.get(medio, ZERO), "contado": contado.get(medio)}
                for medio in medios
            ],
        },
    )
