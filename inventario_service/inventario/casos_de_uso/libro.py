"""The one way in which stock changes: locked, written into the ledger, announced when it runs low.

    bloquear([(producto_id, centro_id), ...])   # everything that the transaction will move, at once
    asentar([Asiento(...), ...], por=caller().actor)

The rows of `stock` are locked in the order of their keys and before anything else, so that no two writers wait
for each other. Nothing else writes `stock`, `existencia`, `movimiento` or the costs of lots and products.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import ColumnElement, func, tuple_
from sqlalchemy.orm.attributes import set_committed_value

from comun.db import insert_if_absent, now
from comun.errors import Conflict
from comun.times import zone
from inventario.casos_de_uso.minimos import anotar_nivel
from inventario.dominio.lotes import Disponible, promedio
from inventario.extensiones import db, restricciones
from inventario.modelos import (
    Bodega,
    CentroRef,
    CostoProducto,
    Existencia,
    Lote,
    Movimiento,
    Producto,
    Stock,
    Tipo,
)

Par = tuple[int, int]  # product and centre
Fila = TypeVar("Fila", Lote, Producto)


@dataclass(frozen=True)
class Asiento:
    """A movement to be written. `cantidad` has its sign; `costo_unitario` None: what the lot costs.

    An entry with a cost changes the average cost of its lot and of its product.
    """

    tipo: Tipo
    lote: Lote
    bodega: Bodega
    cantidad: Decimal
    costo_unitario: Decimal | None = None
    motivo: str | None = None
    referencia: str | None = None
    corrige_id: int | None = None
    traslado_id: int | None = None
    consumo_linea_id: int | None = None
    tratamiento_id: int | None = None
    doctor_id: int | None = None

    @property
    def par(self) -> Par:
        """Whose stock it changes."""
        return self.lote.producto_id, self.bodega.centro_id


def bloquear(pares: Iterable[Par]) -> dict[Par, Stock]:
    """Lock the stock of these products at these centres until the end of the transaction; made where there is none.

    Once in a transaction, for all that it will move.
    """
    pedidos = sorted(set(pares))
    if not pedidos:
        return {}
    permiten = {
        f.id: f.permite_negativo
        for f in db.session.execute(
            db.select(Producto.id, Producto.permite_negativo).where(Producto.id.in_({p for p, _ in pedidos}))
        )
    }
    filas = [
        {"producto_id": p, "centro_id": c, "cantidad": Decimal(0), "permite_negativo": permiten[p]}
        for p, c in pedidos
    ]
    db.session.execute(insert_if_absent(db.session.get_bind().dialect, Stock.__table__), filas)
    bloqueadas = db.session.scalars(
        db.select(Stock)
        .where(tuple_(Stock.producto_id, Stock.centro_id).in_(pedidos))
        .order_by(Stock.producto_id, Stock.centro_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return {(fila.producto_id, fila.centro_id): fila for fila in bloqueadas}


def disponibles(pares: Iterable[Par]) -> dict[Par, list[Disponible]]:
    """What there is of these products at these centres, lot by lot and warehouse by warehouse, in one statement."""
    pedidos = sorted(set(pares))
    lugares: dict[Par, list[Disponible]] = {par: [] for par in pedidos}
    if not pedidos:
        return lugares
    filas = db.session.execute(
        db.select(
            Existencia.producto_id,
            Existencia.centro_id,
            Existencia.lote_id,
            Existencia.bodega_id,
            Existencia.cantidad,
            Bodega.principal,
            Lote.costo,
            Lote.caducidad,
            Lote.bloqueado,
        )
        .join(Lote, Lote.id == Existencia.lote_id)
        .join(Bodega, Bodega.id == Existencia.bodega_id)
        .where(tuple_(Existencia.producto_id, Existencia.centro_id).in_(pedidos), Existencia.cantidad != 0)
    )
    for fila in filas:
        lugares[fila.producto_id, fila.centro_id].append(
            Disponible(
                fila.lote_id,
                fila.bodega_id,
                fila.principal,
                fila.cantidad,
                fila.costo,
                fila.caducidad,
                fila.bloqueado,
            )
        )
    return lugares


def asentar(asientos: Sequence[Asiento], por: str) -> list[Movimiento]:
    """Write them into the ledger, in their order, and bring stock to what they say. In the current transaction.

    Their stock must have been locked by `bloquear`. Conflict `stock_insuficiente` when it would fall below zero
    and the product does not allow it, `producto_eliminado` when the product is gone.
    """
    momento = now()
    pares = {asiento.par for asiento in asientos}
    stock = _stock(pares)
    existencias = _existencias(asientos, stock)
    # Lots and products are shared by centres, and locked in the order of their ids.
    lotes = _en_orden(Lote, {asiento.lote.id for asiento in asientos})
    productos = _en_orden(Producto, {producto_id for producto_id, _ in pares})
    for (producto_id, _centro), fila in stock.items():
        # As the product, locked by now, says: that may have changed while its first stock was being made.
        fila.permite_negativo = productos[producto_id].permite_negativo
    dias = _dias({centro_id for _, centro_id in pares}, momento)
    movimientos = []
    for asiento in asientos:
        lote, de_centro = lotes[asiento.lote.id], stock[asiento.par]
        # Deleted while the caller waited for it. What an appointment used comes back all the same.
        if asiento.consumo_linea_id is None and productos[lote.producto_id].eliminado_en is not None:
            raise Conflict("producto_eliminado", "El producto fue eliminado.")
        existencia = existencias[lote.id, asiento.bodega.id]
        if asiento.tipo is Tipo.ENTRADA and asiento.cantidad > 0 and asiento.costo_unitario is not None:
            _promediar(lote, productos[lote.producto_id], asiento.cantidad, asiento.costo_unitario)
        if not de_centro.permite_negativo and existencia.cantidad + asiento.cantidad < 0:
            raise restricciones.conflict("ck_existencia_no_negativo")
        existencia.permite_negativo = de_centro.permite_negativo
        existencia.cantidad += asiento.cantidad
        de_centro.cantidad += asiento.cantidad
        movimientos.append(_movimiento(asiento, lote, de_centro, existencia, por, momento, dias))
    db.session.add_all(movimientos)
    db.session.flush()
    anotar_nivel(list(stock.values()))
    return movimientos


def _movimiento(
    asiento: Asiento,
    lote: Lote,
    stock: Stock,
    existencia: Existencia,
    por: str,
    momento: datetime,
    dias: Mapping[int, date],
) -> Movimiento:
    return Movimiento(
        tipo=asiento.tipo,
        producto_id=lote.producto_id,
        lote_id=lote.id,
        bodega_id=asiento.bodega.id,
        centro_id=asiento.bodega.centro_id,
        cantidad=asiento.cantidad,
        costo_unitario=lote.costo if asiento.costo_unitario is None else asiento.costo_unitario,
        saldo=stock.cantidad,
        saldo_lote=existencia.cantidad,
        motivo=asiento.motivo,
        referencia=asiento.referencia,
        corrige_id=asiento.corrige_id,
        traslado_id=asiento.traslado_id,
        consumo_linea_id=asiento.consumo_linea_id,
        tratamiento_id=asiento.tratamiento_id,
        doctor_id=asiento.doctor_id,
        por=por,
        momento=momento,
        dia=dias[asiento.bodega.centro_id],
    )


def _stock(pares: set[Par]) -> dict[Par, Stock]:
    """As `bloquear` left it: locked, and maybe changed in this transaction already."""
    filas = db.session.scalars(db.select(Stock).where(tuple_(Stock.producto_id, Stock.centro_id).in_(sorted(pares))))
    encontradas = {(fila.producto_id, fila.centro_id): fila for fila in filas}
    if missing := pares - encontradas.keys():
        raise RuntimeError(f"stock was not locked: {sorted(missing)}")
    return encontradas


def _existencias(asientos: Sequence[Asiento], stock: Mapping[Par, Stock]) -> dict[tuple[int, int], Existencia]:
    """Each lot in its warehouse; nobody else changes them while their stock is locked."""
    claves = {(asiento.lote.id, asiento.bodega.id): asiento for asiento in asientos}
    db.session.flush()
    filas = db.session.scalars(
        db.select(Existencia)
        .where(tuple_(Existencia.lote_id, Existencia.bodega_id).in_(sorted(claves)))
        .execution_options(populate_existing=True)
    )
    encontradas = {(fila.lote_id, fila.bodega_id): fila for fila in filas}
    for clave, asiento in claves.items():
        if clave not in encontradas:
            encontradas[clave] = Existencia(
                lote_id=asiento.lote.id,
                bodega_id=asiento.bodega.id,
                producto_id=asiento.lote.producto_id,
                centro_id=asiento.bodega.centro_id,
                cantidad=Decimal(0),
                permite_negativo=stock[asiento.par].permite_negativo,
            )
            db.session.add(encontradas[clave])
    return encontradas


def _en_orden(modelo: type[Fila], ids: set[int]) -> dict[int, Fila]:
    # Without their keys: rows that others are just adding refer to these, and would be waited for in a circle.
    filas = db.session.scalars(
        db.select(modelo)
        .where(modelo.id.in_(ids))
        .order_by(modelo.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {fila.id: fila for fila in filas}


def _promediar(lote: Lote, producto: Producto, entra: Decimal, costo: Decimal) -> None:
    """The average costs after an entry; called before the stock itself is changed.

    They are figures of the ledger and no edit: neither the version nor the audit of lot and product tells of them.
    """
    del_lote = _total(Existencia, Existencia.lote_id == lote.id)
    nuevo_de_lote = promedio(del_lote, lote.costo, entra, costo)
    nuevo = promedio(_total(Stock, Stock.producto_id == producto.id), producto.costo_unitario, entra, costo)
    _figura(lote, "costo", nuevo_de_lote)
    if nuevo != producto.costo_unitario:
        _figura(producto, "costo_unitario", nuevo)
        db.session.add(CostoProducto(producto_id=producto.id, costo=nuevo))


def _figura(fila: Lote | Producto, campo: str, valor: Decimal) -> None:
    modelo = type(fila)
    db.session.execute(db.update(modelo.__table__).where(modelo.__table__.c.id == fila.id).values({campo: valor}))
    set_committed_value(fila, campo, valor)


def _total(modelo: type[Existencia] | type[Stock], condicion: ColumnElement[bool]) -> Decimal:
    db.session.flush()
    return db.session.scalar(db.select(func.coalesce(func.sum(modelo.cantidad), 0)).where(condicion)) or Decimal(0)


def _dias(centros: set[int], momento: datetime) -> dict[int, date]:
    """What day it is at each of these centres."""
    zonas = db.session.execute(db.select(CentroRef.id, CentroRef.zona_horaria).where(CentroRef.id.in_(centros)))
    return {fila.id: momento.astimezone(zone(fila.zona_horaria)).date() for fila in zonas}
