"""From which lots the lines of a consumption are taken, and what that had cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from inventario.casos_de_uso.libro import Asiento, Par, no_alcanza
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.casos_de_uso.tomas import sin_lote
from inventario.dominio.lotes import Disponible, primero_lo_que_caduca, restantes
from inventario.dominio.unidades import SEXTO
from inventario.extensiones import db
from inventario.modelos import Bodega, Consumo, ConsumoLinea, Lote, Movimiento, Producto, Stock, Tipo

Fila = TypeVar("Fila", Lote, Bodega)
# Of a line, so much of a lot in a warehouse.
_Parte = tuple[ConsumoLinea, int, int, Decimal]


def asientos_de(
    consumo: Consumo,
    tomar: Iterable[tuple[ConsumoLinea, Decimal]],
    stock: Mapping[Par, Stock],
    lugares: Mapping[Par, Sequence[Disponible]],
    dia: date,
) -> list[Asiento]:
    """The movements that take so much for each of these lines, first what expires first.

    `stock` is locked, `lugares` as it is now. What is not there is taken of no lot, where the product allows that;
    Conflict `stock_insuficiente` where it does not.
    """
    quedan = dict(lugares)
    partes: list[_Parte] = []
    for linea, cantidad in tomar:
        par = linea.producto_id, consumo.centro_id
        tomas, falta = primero_lo_que_caduca(quedan[par], cantidad, dia)
        quedan[par] = restantes(quedan[par], tomas)
        partes += [(linea, toma.lugar.lote_id, toma.lugar.bodega_id, toma.cantidad) for toma in tomas]
        if falta > 0:
            producto = db.session.get_one(Producto, linea.producto_id)
            if not stock[par].permite_negativo:
                raise no_alcanza(producto.nombre, cantidad - falta, cantidad)
            partes.append((linea, sin_lote(producto).id, bodega_principal(consumo.centro_id).id, falta))
    lotes, bodegas = _por_id(Lote, {p[1] for p in partes}), _por_id(Bodega, {p[2] for p in partes})
    return [
        Asiento(
            Tipo.CONSUMO,
            lotes[lote_id],
            bodegas[bodega_id],
            -cantidad,
            referencia=f"cita/{consumo.cita_id}",
            consumo_linea_id=linea.id,
            tratamiento_id=linea.tratamiento_id,
            doctor_id=consumo.doctor_id,
        )
        for linea, lote_id, bodega_id, cantidad in partes
    ]


def costos_de(movimientos: Iterable[Movimiento]) -> dict[int, Decimal]:
    """What was taken had cost, by line."""
    costos: dict[int, Decimal] = defaultdict(Decimal)
    for movimiento in movimientos:
        if movimiento.consumo_linea_id is not None:
            costos[movimiento.consumo_linea_id] -= movimiento.cantidad * movimiento.costo_unitario
    return {linea_id: costo.quantize(SEXTO) for linea_id, costo in costos.items()}


def _por_id(modelo: type[Fila], ids: set[int]) -> dict[int, Fila]:
    return {fila.id: fila for fila in db.session.scalars(db.select(modelo).where(modelo.id.in_(ids)))}
