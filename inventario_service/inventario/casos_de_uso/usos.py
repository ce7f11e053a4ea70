"""What uses a product or a supplier, and so does not let it go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from comun.errors import Conflict
from inventario.extensiones import db
from inventario.modelos import (
    EN_CURSO,
    Existencia,
    Ingrediente,
    Movimiento,
    OrdenCompra,
    OrdenLinea,
    Producto,
    Proveedor,
    Receta,
    Tratamiento,
)

_NOMBRADOS = 5


def exigir_que_nada_lo_use(producto: Producto) -> None:
    """Conflict while there is any of the product, a recipe has it, or an order that is open."""
    if _hay(Existencia.producto_id == producto.id, Existencia.cantidad != 0):
        raise Conflict("producto_con_existencias", "Todavía hay existencias del producto; ajústelas antes.")
    if recetas := recetas_que_lo_usan(producto.id):
        raise Conflict("producto_en_receta", f"Lo usan las recetas de: {', '.join(recetas)}.")
    if _hay(OrdenLinea.producto_id == producto.id, OrdenLinea.orden.has(_orden_abierta())):
        raise Conflict("producto_en_orden", "Está en una orden de compra abierta.")


def exigir_sin_historia(producto: Producto) -> None:
    """Conflict when quantities of the product were written down in its unit."""
    escritas = (
        Movimiento.producto_id == producto.id,
        Ingrediente.producto_id == producto.id,
        OrdenLinea.producto_id == producto.id,
    )
    if any(_hay(condicion) for condicion in escritas):
        raise Conflict("unidad_en_uso", "Ya hay movimientos, recetas u órdenes en esa unidad; cree otro producto.")


def exigir_que_nada_le_compre(proveedor: Proveedor) -> None:
    """Conflict while products name the supplier, or an order that is open."""
    if _hay(Producto.proveedor_id == proveedor.id, Producto.vivos()):
        raise Conflict("proveedor_en_uso", "Hay productos de ese proveedor; cámbielos antes o desactívelo.")
    if _hay(OrdenCompra.proveedor_id == proveedor.id, _orden_abierta()):
        raise Conflict("proveedor_en_uso", "El proveedor tiene órdenes de compra abiertas.")


def recetas_que_lo_usan(producto_id: int) -> Sequence[str]:
    """The names of the treatments of which the present recipe has the product; a few of them."""
    consulta = (
        db.select(Tratamiento.nombre)
        .join(Receta, Receta.tratamiento_id == Tratamiento.id)
        .join(Ingrediente, Ingrediente.receta_id == Receta.id)
        .where(Ingrediente.producto_id == producto_id, Receta.vigente_hasta.is_(None), Tratamiento.vivos())
        .order_by(Tratamiento.nombre)
        .limit(_NOMBRADOS)
    )
    return db.session.scalars(consulta).all()


def _orden_abierta() -> ColumnElement[bool]:
    return OrdenCompra.estado.in_(EN_CURSO) & OrdenCompra.vivos()


def _hay(*condiciones: Any) -> bool:
    return bool(db.session.scalar(db.select(db.exists().where(*condiciones))))
