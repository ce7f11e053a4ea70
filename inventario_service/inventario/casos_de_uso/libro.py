"""The one way in which stock changes: locked, written into the ledger, announced when it runs low.

    bloquear([(producto_id, centro_id), ...])   # everything that the transaction will move, at once
    asentar([Asiento(...), ...], por=caller().actor)

The rows of `stock` are locked in the order of their keys and before anything else, so that no two writers wait
for each other; products and then lots, which centres share, after them: together with others by what only refers
to them, alone by what changes their cost. Keep to that order: new lots are made between stock and products.
Nothing else writes `stock`, `existencia`, `movimiento` or the costs of lots and products.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, tuple_
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from comun.db import insert_if_absent, now
from comun.errors import Conflict
from comun.times import zone
from inventario.casos_de_uso.minimos import anotar_nivel
from inventario.dominio.lotes import Disponible, promedio
from inventario.dominio.unidades import escrita
from inventario.extensiones import db
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

    An entry changes the average cost of its lot and of its product, and so does one that takes an entry back.
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

    @property
    def cambia_costo(self) -> bool:
        """Whether lot and product cost another amount on average afterwards."""
        return self.tipo is Tipo.ENTRADA


def bloquear(pares: Iterable[Par]) -> dict[Par, Stock]:
    """Lock the stock of these products at these centres until the end of the transaction; made where there is none.

    Once in a transaction, for all that it will move.
    """
    pedidos = sorted(set(pares))
    if not pedidos:
        return {}
    _estrenar(pedidos)
    bloqueadas = db.session.scalars(
        db.select(Stock)
        .where(tuple_(Stock.producto_id, Stock.centro_id).in_(pedidos))
        .order_by(Stock.producto_id, Stock.centro_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return {(fila.producto_id, fila.centro_id): fila for fila in bloqueadas}


def _estrenar(pedidos: Sequence[Par]) -> None:
    """Make the rows that are not there yet, in the order in which they will be locked."""
    claves = tuple_(Stock.producto_id, Stock.centro_id)
    hay = {
        (fila.producto_id, fila.centro_id)
        for fila in db.session.execute(db.select(Stock.producto_id, Stock.centro_id).where(claves.in_(pedidos)))
    }
    nuevos = [par for par in pedidos if par not in hay]
    if not nuevos:
        return
    permiten = {
        f.id: f.permite_negativo
        for f in db.session.execute(
            db.select(Producto.id, Producto.permite_negativo).where(Producto.id.in_({p for p, _ in nuevos}))
        )
    }
    filas = [
        {"producto_id": p, "centro_id": c, "cantidad": Decimal(0), "permite_negativo": permiten[p]} for p, c in nuevos
    ]
    insert_if_absent(db.session, Stock.__table__, filas)


def asegurar(producto_id: int, *, a_solas: bool) -> Producto:
    """The product as it stands, after its stock was locked: nobody edits it until the end of the transaction.

    `a_solas` when an entry will change its cost.
    """
    return _en_orden(Producto, {producto_id}, a_solas)[producto_id]


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


def asentar(asientos: Sequence[Asiento], por: str, bloqueado: Mapping[Par, Stock] | None = None) -> list[Movimiento]:
    """Write them into the ledger, in their order, and bring stock to what they say. In the current transaction.

    Their stock must have been locked by `bloquear`; `bloqueado`: what it gave, from whoever still has it. Conflict
    `stock_insuficiente` when it would fall below zero and the product does not allow it, `producto_eliminado` when
    the product is gone.
    """
    momento = now()
    pares = {asiento.par for asiento in asientos}
    stock = _stock(pares, bloqueado)
    existencias = _existencias(asientos, stock)
    a_solas = any(asiento.cambia_costo for asiento in asientos)
    productos = _en_orden(Producto, {producto_id for producto_id, _ in pares}, a_solas)
    lotes = _en_orden(Lote, {asiento.lote.id for asiento in asientos}, a_solas)
    _poner_al_dia(stock, productos)
    dias = dias_en({centro_id for _, centro_id in pares}, momento)
    movimientos = []
    for asiento in asientos:
        lote, de_centro = lotes[asiento.lote.id], stock[asiento.par]
        existencia = existencias[lote.id, asiento.bodega.id]
        # Deleted while the caller waited for it. What an appointment used comes back all the same.
        if asiento.consumo_linea_id is None and productos[lote.producto_id].eliminado_en is not None:
            raise Conflict("producto_eliminado", "El producto fue eliminado.")
        if asiento.cambia_costo:
            _promediar(lote, productos[lote.producto_id], asiento)
        if not de_centro.permite_negativo and existencia.cantidad + asiento.cantidad < 0:
            raise no_alcanza(productos[lote.producto_id].nombre, existencia.cantidad, -asiento.cantidad)
        existencia.permite_negativo = de_centro.permite_negativo
        existencia.cantidad += asiento.cantidad
        de_centro.cantidad += asiento.cantidad
        movimientos.append(_movimiento(asiento, lote, de_centro, existencia, por, momento, dias))
    db.session.add_all(movimientos)
    db.session.flush()
    anotar_nivel(list(stock.values()))
    return movimientos


def no_alcanza(nombre: str, hay: Decimal, pide: Decimal) -> Conflict:
    """What somebody is told who takes more of a product than there is."""
    detalle = f"No alcanza «{nombre}»: hay {escrita(max(hay, Decimal(0)))} y se piden {escrita(pide)}."
    return Conflict("stock_insuficiente", detalle)


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


def _stock(pares: set[Par], bloqueado: Mapping[Par, Stock] | None) -> dict[Par, Stock]:
    """As `bloquear` left it: locked, and maybe changed in this transaction already."""
    if bloqueado is None:
        claves = tuple_(Stock.producto_id, Stock.centro_id)
        filas = db.session.scalars(db.select(Stock).where(claves.in_(sorted(pares))))
        encontradas = {(fila.producto_id, fila.centro_id): fila for fila in filas}
    else:
        encontradas = {par: bloqueado[par] for par in pares & bloqueado.keys()}
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


def _en_orden(modelo: type[Fila], ids: set[int], a_solas: bool) -> dict[int, Fila]:
    """Those rows as they stand, so that nobody changes them meanwhile; `a_solas`: to change them.

    Without their keys: rows that others are just adding refer to these, and would be waited for in a circle.
    """
    filas = db.session.scalars(
        db.select(modelo)
        .where(modelo.id.in_(ids))
        .order_by(modelo.id)
        .with_for_update(read=not a_solas, key_share=a_solas)
        .execution_options(populate_existing=True)
    )
    return {fila.id: fila for fila in filas}


def _poner_al_dia(stock: Mapping[Par, Stock], productos: Mapping[int, Producto]) -> None:
    """Whether each may fall below zero, as the product now says: that may have changed while the row was being made.

    What is below zero already may stay there.
    """
    for (producto_id, _), fila in stock.items():
        fila.permite_negativo = productos[producto_id].permite_negativo or fila.cantidad < 0


def _promediar(lote: Lote, producto: Producto, asiento: Asiento) -> None:
    """The average costs after an entry, or without one; called before the stock itself is changed.

    They are figures of the ledger and no edit: neither the version nor the audit of lot and product tells of them.
    """
    costo = lote.costo if asiento.costo_unitario is None else asiento.costo_unitario
    db.session.flush()
    hay = db.session.execute(
        db.select(_suma(Existencia, Existencia.lote_id == lote.id), _suma(Stock, Stock.producto_id == producto.id))
    ).one()
    del_lote = _costo(hay[0], Movimiento.lote_id == lote.id, lote.costo, asiento)
    a_su_costo = replace(asiento, costo_unitario=costo)
    de_todo = _costo(hay[1], Movimiento.producto_id == producto.id, producto.costo_unitario, a_su_costo)
    _figura(lote, "costo", del_lote)
    if de_todo != producto.costo_unitario:
        _figura(producto, "costo_unitario", de_todo)
        db.session.add(CostoProducto(producto_id=producto.id, costo=de_todo))


def _suma(modelo: type[Existencia] | type[Stock], suyas: ColumnElement[bool]) -> Any:
    return db.select(func.coalesce(func.sum(modelo.cantidad), 0)).where(suyas).scalar_subquery()


def _costo(hay: Decimal, sus_movimientos: ColumnElement[bool], hasta_ahora: Decimal, asiento: Asiento) -> Decimal:
    """What a unit of these, of which there is so much, costs after the entry; without it, when it is taken back.

    When so much was used meanwhile that no average tells: what the last entry cost that still stands.
    """
    costo = hasta_ahora if asiento.costo_unitario is None else asiento.costo_unitario
    nuevo = promedio(hay, hasta_ahora, asiento.cantidad, costo)
    if nuevo is not None:
        return nuevo
    correccion = aliased(Movimiento)
    ultimo = db.session.scalar(
        db.select(Movimiento.costo_unitario)
        .where(
            sus_movimientos,
            Movimiento.tipo == Tipo.ENTRADA,
            Movimiento.corrige_id.is_(None),
            Movimiento.id != asiento.corrige_id,
            ~db.exists().where(correccion.corrige_id == Movimiento.id),
        )
        .order_by(Movimiento.id.desc())
        .limit(1)
    )
    return hasta_ahora if ultimo is None else ultimo


def _figura(fila: Lote | Producto, campo: str, valor: Decimal) -> None:
    modelo = type(fila)
    db.session.execute(db.update(modelo.__table__).where(modelo.__table__.c.id == fila.id).values({campo: valor}))
    set_committed_value(fila, campo, valor)


def dias_en(centros: Iterable[int], momento: datetime | None = None) -> dict[int, date]:
    """What day it is at each of these centres; today, unless another moment is given."""
    momento = momento or now()
    # One by one: they are few, and whoever asks has mostly read them already.
    suyos = (db.session.get_one(CentroRef, centro_id) for centro_id in set(centros))
    return {centro.id: momento.astimezone(zone(centro.zona_horaria)).date() for centro in suyos}
