"""Lists of products as people send them: all that they name is looked up at once, all that is wrong told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from comun.errors import Invalid
from inventario.casos_de_uso.tomas import presentaciones_de, propia
from inventario.dominio.unidades import UnidadIncompatible, factor
from inventario.extensiones import db
from inventario.modelos import Lote, Producto


@dataclass(frozen=True)
class Renglon:
    """So much of a product in its own unit; of one lot, when one was named."""

    producto: Producto
    lote: Lote | None
    cantidad: Decimal


def leer_renglones(pedidos: Sequence[Mapping[str, Any]], campo: str) -> list[Renglon]:
    """Lines of `producto_id`, `lote`, `unidad` and a quantity in `campo`. Invalid names them by place, from 0."""
    ids = {pedido["producto_id"] for pedido in pedidos}
    codigos = {pedido["lote"] for pedido in pedidos if pedido.get("lote")}
    productos = {
        producto.id: producto
        for producto in db.session.scalars(db.select(Producto).where(Producto.id.in_(ids), Producto.vivos()))
    }
    lotes = {
        (lote.producto_id, lote.codigo): lote
        for lote in db.session.scalars(db.select(Lote).where(Lote.producto_id.in_(ids), Lote.codigo.in_(codigos)))
    }
    paquetes = presentaciones_de(ids)
    renglones: list[Renglon] = []
    errores: dict[int, Any] = {}
    for lugar, pedido in enumerate(pedidos):
        try:
            renglones.append(_renglon(pedido, campo, productos.get(pedido["producto_id"]), lotes, paquetes))
        except Invalid as error:
            errores[lugar] = error.errores
    if errores:
        raise Invalid({"lineas": errores})
    return renglones


def _renglon(
    pedido: Mapping[str, Any],
    campo: str,
    producto: Producto | None,
    lotes: Mapping[tuple[int, str], Lote],
    paquetes: Mapping[int, Mapping[str, Decimal]],
) -> Renglon:
    if producto is None:
        raise Invalid({"producto_id": ["No existe ese producto."]})
    lote = lotes.get((producto.id, pedido.get("lote") or ""))
    if pedido.get("lote") and lote is None:
        raise Invalid({"lote": ["No existe ese lote del producto."]})
    try:
        una = factor(pedido.get("unidad"), producto.unidad, paquetes[producto.id])
    except UnidadIncompatible as error:
        raise Invalid({"unidad": [str(error)]}) from None
    return Renglon(producto, lote, propia(pedido[campo], una, campo))
