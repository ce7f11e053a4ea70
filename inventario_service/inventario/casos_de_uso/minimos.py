"""When stock runs low: announced once, and again once there is enough."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from comun.db import now
from inventario.eventos.emitidos import anunciar_stock
from inventario.extensiones import db
from inventario.modelos import MinimoCentro, Producto, Stock


def anotar_nivel(filas: Sequence[Stock]) -> None:
    """Note which of these, locked by the caller, have come to no more than their least, or have more again.

    The least of a centre is its own, or else the product's; where none is said (0), only nothing at all is low.
    """
    minimos = minimos_de([(fila.producto_id, fila.centro_id) for fila in filas])
    for fila in filas:
        bajo = fila.cantidad <= minimos[fila.producto_id, fila.centro_id]
        if bajo and fila.bajo_desde is None:
            fila.bajo_desde = now()
            anunciar_stock(fila, minimos[fila.producto_id, fila.centro_id], "bajo")
        elif not bajo and fila.bajo_desde is not None:
            fila.bajo_desde = None
            anunciar_stock(fila, minimos[fila.producto_id, fila.centro_id], "repuesto")


def minimos_de(pares: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Decimal]:
    """How much there should be of each product at each centre, at least."""
    de_sus_centros = (MinimoCentro.producto_id == Producto.id) & MinimoCentro.centro_id.in_({c for _, c in pares})
    filas = db.session.execute(
        db.select(Producto.id, Producto.stock_minimo, MinimoCentro.centro_id, MinimoCentro.minimo)
        .outerjoin(MinimoCentro, de_sus_centros)
        .where(Producto.id.in_({producto for producto, _ in pares}))
    ).all()
    de_producto = {fila.id: fila.stock_minimo for fila in filas}
    propios = {(fila.id, fila.centro_id): fila.minimo for fila in filas}
    return {par: propios.get(par, de_producto[par[0]]) for par in pares}
