"""What tests take from stock, and what they order."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask

from inventario.casos_de_uso.libro import Asiento, asentar, bloquear
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.extensiones import db
from inventario.modelos import Lote, OrdenCompra, OrdenLinea, Proveedor, Tipo


def sacar(app: Flask, producto_id: int, cantidad: int, *, centro_id: int = 1) -> None:
    """Some of a product, of which there is one lot, leaves the principal warehouse. Raises as the ledger does."""
    with app.app_context():
        try:
            bloquear([(producto_id, centro_id)])
            lote = db.session.scalars(db.select(Lote).where(Lote.producto_id == producto_id)).one()
            asentar([Asiento(Tipo.SALIDA, lote, bodega_principal(centro_id), Decimal(-cantidad))], por="prueba")
            db.session.commit()
        finally:
            db.session.rollback()


def pedir(app: Flask, producto_id: int, *, proveedor_id: int | None = None, bodega_id: int | None = None) -> None:
    """An order of one of a product for centre 1, not sent yet."""
    with app.app_context():
        if proveedor_id is None:
            proveedor = Proveedor(nombre="Quien vende", busqueda="quien vende")
            db.session.add(proveedor)
            db.session.flush()
            proveedor_id = proveedor.id
        orden = OrdenCompra(
            proveedor_id=proveedor_id,
            centro_id=1,
            bodega_id=bodega_id or bodega_principal(1).id,
            creada_por="prueba",
            lineas=[
                OrdenLinea(
                    producto_id=producto_id, unidad="unidad", factor=Decimal(1), cantidad=Decimal(1), costo=Decimal(1)
                )
            ],
        )
        db.session.add(orden)
        db.session.commit()
