"""News that this service sends."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from comun.events import emit
from inventario.modelos import Producto, Stock, TarifaIva


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


def anunciar_producto(producto: Producto, suceso: str, tarifas: Iterable[TarifaIva]) -> None:
    """Emit `producto.<suceso>.v1` in the current transaction. `tarifas`: all its rates of IVA."""
    emit(f"producto.{suceso}.v1", f"producto/{producto.id}", datos_producto(producto, producto.categoria, tarifas))


def datos_producto(producto: Producto, categoria: str | None, tarifas: Iterable[TarifaIva]) -> dict[str, Any]:
    """What others may know of a product: what it is called, and at what price and rates it is sold."""
    campos = ("id", "codigo", "nombre", "unidad", "precio_venta", "activo")
    return {
        **{campo: getattr(producto, campo) for campo in campos},
        "categoria": categoria,
        "tarifas_iva": [
            {"tarifa": una.tarifa, "desde": una.desde} for una in sorted(tarifas, key=lambda una: una.desde)
        ],
    }
