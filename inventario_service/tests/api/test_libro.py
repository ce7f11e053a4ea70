"""The ledger: stock is the sum of its movements, and nobody changes what was written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from comun.errors import Conflict
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear, disponibles
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.extensiones import db
from inventario.modelos import CostoProducto, Existencia, Lote, Movimiento, Producto, Stock, Tipo

from ..fabricas import conocer_centros, ingresar, nuevo_producto


def sacar(app: Flask, producto_id: int, lote_id: int, cantidad: int) -> None:
    with app.app_context():
        bloquear([(producto_id, 1)])
        asiento = Asiento(Tipo.SALIDA, db.session.get_one(Lote, lote_id), bodega_principal(1), Decimal(-cantidad))
        try:
            asentar([asiento], por="prueba")
            db.session.commit()
        finally:
            db.session.rollback()


def test_cada_movimiento_dice_lo_que_queda(app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    uno = ingresar(app, producto, 10, lote="A", caducidad=date(2030, 1, 1), costo="2")
    ingresar(app, producto, 5, lote="B", costo="5")
    sacar(app, producto, uno, 4)
    with app.app_context():
        filas = db.session.scalars(db.select(Movimiento).order_by(Movimiento.id)).all()
        assert [(f.tipo, f.cantidad, f.saldo, f.saldo_lote) for f in filas] == [
            ("entrada", 10, 10, 10),
            ("entrada", 5, 15, 5),
            ("salida", -4, 11, 6),
        ]
        assert filas[-1].costo_unitario == 2
        assert db.session.scalars(db.select(Stock.cantidad)).one() == 11
        assert db.session.get_one(Producto, producto).costo_unitario == 3
        assert [f.costo for f in db.session.scalars(db.select(CostoProducto).order_by(CostoProducto.id))] == [2, 3]
        assert {d.lote_id: d.cantidad for d in disponibles([(producto, 1)])[producto, 1]}[uno] == 6


def test_no_se_saca_lo_que_no_hay(app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    lote = ingresar(app, producto, 3)
    with pytest.raises(Conflict) as error:
        sacar(app, producto, lote, 4)
    assert error.value.codigo == "stock_insuficiente"
    with app.app_context():
        assert db.session.scalars(db.select(Existencia.cantidad)).one() == 3


def test_un_producto_puede_permitirlo(app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app, permite_negativo=True)
    lote = ingresar(app, producto, 3)
    sacar(app, producto, lote, 4)
    with app.app_context():
        assert db.session.scalars(db.select(Stock.cantidad)).one() == -1


@pytest.mark.both_databases
@pytest.mark.parametrize("orden", ["UPDATE movimiento SET cantidad = 7", "DELETE FROM movimiento"])
def test_lo_escrito_queda(app: Flask, orden: str) -> None:
    conocer_centros(app)
    ingresar(app, nuevo_producto(app), 3)
    with app.app_context(), pytest.raises(DatabaseError, match="movimiento_inmutable"):
        db.session.execute(text(orden))
