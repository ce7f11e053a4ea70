"""News that this service sends."""

from __future__ import annotations

from decimal import Decimal

from comun.events import emit
from inventario.modelos import Stock


def anunciar_stock(stock: Stock, minimo: Decimal, suceso: str) -> None:
    """Emit `stock.bajo.v1` or `stock.repuesto.v1` in the current transaction."""
    emit(
        f"stock.{suceso}.v1",
        f"stock/{stock.id}",
        {
            "id": stock.id,
            "producto_id": stock.producto_id,
            "centro_id": stock.centro_id,
            "cantidad": stock.cantidad,
            "minimo": minimo,
        },
    )
