"""What there is of a product, and where."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from inventario.casos_de_uso.tarifas import hoy
from inventario.extensiones import db
from inventario.modelos import Bodega, CentroRef, Existencia, Lote, MinimoCentro, Producto, Stock


def existencias_de(producto: Producto, centro_id: int | None = None) -> dict[str, Any]:
    """Centre by centre, warehouse by warehouse, lot by lot, first what expires first; in two statements."""
    bodegas = _por_bodega(producto.id, centro_id)
    centros = [
        {
            "centro_id": fila.Stock.centro_id,
            "nombre": fila.nombre,
            "stock_actual": fila.Stock.cantidad,
            "stock_minimo": producto.stock_minimo if fila.minimo is None else fila.minimo,
            "stock_maximo": fila.maximo,
            "bajo_desde": fila.Stock.bajo_desde,
            "bodegas": [*bodegas.get(fila.Stock.centro_id, {}).values()],
        }
        for fila in _por_centro(producto.id, centro_id)
    ]
    return {
        "producto_id": producto.id,
        "unidad": producto.unidad,
        "stock_actual": sum((centro["stock_actual"] for centro in centros), Decimal(0)),
        "centros": centros,
    }


def _por_centro(producto_id: int, centro_id: int | None) -> Sequence[Any]:
    consulta = (
        db.select(Stock, CentroRef.nombre, MinimoCentro.minimo, MinimoCentro.maximo)
        .join(CentroRef, CentroRef.id == Stock.centro_id)
        .outerjoin(
            MinimoCentro,
            (MinimoCentro.producto_id == Stock.producto_id) & (MinimoCentro.centro_id == Stock.centro_id),
        )
        .where(Stock.producto_id == producto_id)
        .order_by(Stock.centro_id)
    )
    if centro_id is not None:
        consulta = consulta.where(Stock.centro_id == centro_id)
    return db.session.execute(consulta).all()


def _por_bodega(producto_id: int, centro_id: int | None) -> dict[int, dict[int, dict[str, Any]]]:
    """Centre → warehouse → what lies there."""
    consulta = (
        db.select(Existencia, Lote, Bodega)
        .join(Lote, Lote.id == Existencia.lote_id)
        .join(Bodega, Bodega.id == Existencia.bodega_id)
        .where(Existencia.producto_id == producto_id, Existencia.cantidad != 0)
        .order_by(Bodega.principal.desc(), Bodega.id, Lote.caducidad.asc().nulls_last(), Lote.id)
    )
    if centro_id is not None:
        consulta = consulta.where(Existencia.centro_id == centro_id)
    dia = hoy()
    lugares: dict[int, dict[int, dict[str, Any]]] = {}
    for existencia, lote, bodega in db.session.execute(consulta):
        lugar = lugares.setdefault(bodega.centro_id, {}).setdefault(
            bodega.id,
            {"bodega_id": bodega.id, "nombre": bodega.nombre, "principal": bodega.principal, "lotes": []},
        )
        lugar["cantidad"] = lugar.get("cantidad", Decimal(0)) + existencia.cantidad
        lugar["lotes"].append(
            {
                "lote_id": lote.id,
                "codigo": lote.codigo,
                "caducidad": lote.caducidad,
                "caducado": lote.caducado(dia),
                "bloqueado": lote.bloqueado,
                "cantidad": existencia.cantidad,
                "costo": lote.costo,
            }
        )
    return lugares
