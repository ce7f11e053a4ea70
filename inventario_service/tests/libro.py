"""What must hold of the ledger at any time, and short ways to write into it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.extensiones import db
from inventario.modelos import Bodega, Existencia, Movimiento, Stock


def cuadra(app: Flask) -> None:
    """Stock is the sum of its movements, by product and centre, lot and warehouse; each one tells what it left."""
    de_centro: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    de_lote: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    with app.app_context():
        for m in db.session.scalars(db.select(Movimiento).order_by(Movimiento.id)):
            de_centro[m.producto_id, m.centro_id] += m.cantidad
            de_lote[m.lote_id, m.bodega_id] += m.cantidad
            assert (m.saldo, m.saldo_lote) == (de_centro[m.producto_id, m.centro_id], de_lote[m.lote_id, m.bodega_id])
        stock = {(s.producto_id, s.centro_id): s for s in db.session.scalars(db.select(Stock))}
        existencias = {(e.lote_id, e.bodega_id): e for e in db.session.scalars(db.select(Existencia))}
        assert {clave: s.cantidad for clave, s in stock.items() if s.cantidad} == _sin_ceros(de_centro)
        assert {clave: e.cantidad for clave, e in existencias.items() if e.cantidad} == _sin_ceros(de_lote)
        assert all(s.cantidad >= 0 or s.permite_negativo for s in (*stock.values(), *existencias.values()))
        assert all(saldo >= 0 or stock[clave].permite_negativo for clave, saldo in de_centro.items())


def _sin_ceros(saldos: dict[tuple[int, int], Decimal]) -> dict[tuple[int, int], Decimal]:
    return {clave: saldo for clave, saldo in saldos.items() if saldo}


def movimiento(
    api: ApiClient,
    producto_id: int,
    tipo: str,
    cantidad: Any,
    *,
    headers: dict[str, str] | None = None,
    **datos: Any,
) -> TestResponse:
    """A movement at centre 1, unless `datos` says otherwise."""
    cuerpo = {"tipo": tipo, "cantidad": cantidad, "centro_id": 1, **datos}
    return api.post(f"/inventario/productos/{producto_id}/movimientos", cuerpo, headers=headers)


def bodega(app: Flask, centro_id: int, nombre: str | None = None) -> int:
    """The id of the principal warehouse of a known centre, or of another one that is made."""
    with app.app_context():
        una = Bodega(centro_id=centro_id, nombre=nombre) if nombre else bodega_principal(centro_id)
        db.session.add(una)
        db.session.commit()
        return una.id


def stock_de(app: Flask, producto_id: int, centro_id: int = 1) -> Decimal:
    """What a centre has of a product."""
    with app.app_context():
        consulta = db.select(Stock.cantidad).where(Stock.producto_id == producto_id, Stock.centro_id == centro_id)
        return db.session.scalar(consulta) or Decimal(0)


def por_lote(app: Flask, producto_id: int) -> dict[tuple[str, int], Decimal]:
    """Code of the lot and warehouse → what there is."""
    consulta = db.text(
        "SELECT l.codigo, e.bodega_id, e.cantidad FROM existencia e JOIN lote l ON l.id = e.lote_id"
        " WHERE e.producto_id = :p AND e.cantidad <> 0"
    )
    with app.app_context():
        filas = db.session.execute(consulta, {"p": producto_id})
        return {(fila.codigo, fila.bodega_id): Decimal(str(fila.cantidad)) for fila in filas}


def cuantos(app: Flask) -> int:
    """How many movements there are."""
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Movimiento)) or 0
