"""Keeping a product and all of its stock still, to change what the ledger goes by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select

from comun.db import await_turn
from inventario.casos_de_uso.libro import bloquear
from inventario.extensiones import db
from inventario.modelos import Producto, Stock


def cerrar(producto_id: int, centros: Iterable[int] = ()) -> Sequence[Stock]:
    """Lock a product and its stock wherever there is any, and in these centres, where it is made; the stock.

    Whoever moves stock meanwhile waits, and then reads what the product has become: he who goes to lock it, and by
    the lock on the product's key he who is about to make its first stock in a centre.
    """
    de_mas = [*centros]
    await_turn(db.session, f"producto/{producto_id}")
    while True:
        intento = db.session.begin_nested()
        stock = bloquear((producto_id, centro_id) for centro_id in {*_centros(producto_id), *de_mas})
        # The ledger locks stock first, then the product, and makes stock before both: holding stock, never wait.
        de_todos = db.session.scalar(_con_llave(producto_id).with_for_update(skip_locked=True))
        if de_todos and _centros(producto_id) <= {centro_id for _, centro_id in stock}:
            intento.commit()
            return [*stock.values()]
        intento.rollback()
        espera = db.session.begin_nested()
        db.session.execute(_con_llave(producto_id).with_for_update())
        espera.rollback()


def _centros(producto_id: int) -> set[int]:
    return set(db.session.scalars(db.select(Stock.centro_id).where(Stock.producto_id == producto_id)))


def _con_llave(producto_id: int) -> Select[Any]:
    return db.select(Producto.id).where(Producto.id == producto_id)
