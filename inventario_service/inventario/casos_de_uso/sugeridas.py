"""What to buy: what has run low or will, by supplier and centre, and the drafts for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, case, func, or_

from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.times import zone
from inventario.casos_de_uso.libro import Par
from inventario.casos_de_uso.lugares import exigir_centro
from inventario.casos_de_uso.ordenes import crear_orden
from inventario.casos_de_uso.reservas import pronostico
from inventario.casos_de_uso.tomas import presentaciones_de
from inventario.dominio.compras import LINEAS_MAXIMAS, Situacion, empaque, enteros
from inventario.dominio.unidades import SEXTO
from inventario.extensiones import db
from inventario.modelos import (
    EN_CURSO,
    CentroRef,
    Existencia,
    Lote,
    MinimoCentro,
    OrdenCompra,
    OrdenLinea,
    Producto,
    Proveedor,
    Stock,
)
from inventario.modelos.compra import CENTAVO
from inventario.modelos.existencias import CON_SALDO, del_lote

_CERO = Decimal(0)
Fila = Row[Any]
Grupo = dict[str, Any]


@dataclass(frozen=True)
class Sugerencia:
    """So many whole `unidad` of a product, and why. `se_agota_el`: by the agenda."""

    producto: Fila
    situacion: Situacion
    se_agota_el: date | None
    unidad: str
    factor: Decimal
    cantidad: Decimal
    costo_unitario: Decimal

    @property
    def subtotal(self) -> Decimal:
        """To the cent."""
        return (self.cantidad * self.costo_unitario).quantize(CENTAVO)


def sugerir(filtro: Mapping[str, Any], quien: Caller) -> list[Grupo]:
    """What should be bought for the centres that the caller sees: a group for each supplier and centre.

    A constant number of statements. `filtro`: `dias`, and maybe `centro_id`, `proveedor_id`.
    """
    centros = _centros(filtro, quien)
    productos = _productos(filtro)
    situaciones, agotan = _situaciones(productos, centros, filtro["dias"])
    faltan = [(par, s) for par, s in sorted(situaciones.items()) if s.por_comprar > 0]
    ids = {producto_id for (producto_id, _), _ in faltan}
    presentaciones, ultimas = presentaciones_de(ids), _ultimas_lineas(ids)
    proveedores = _proveedores({productos[producto_id].proveedor_id for producto_id in ids})
    grupos: dict[tuple[int, int], list[Sugerencia]] = defaultdict(list)
    for (producto_id, centro_id), situacion in faltan:
        producto = productos[producto_id]
        linea = _sugerencia(
            producto,
            situacion,
            agotan.get((producto_id, centro_id)),
            presentaciones[producto_id],
            ultimas.get(producto_id),
        )
        proveedor_id = producto.proveedor_id if producto.proveedor_id in proveedores else 0
        grupos[proveedor_id, centro_id].append(linea)
    return [
        _grupo(proveedores.get(proveedor_id), centros[centro_id], lineas)
        for (proveedor_id, centro_id), lineas in sorted(grupos.items())
    ]


def pedir_lo_sugerido(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """A draft for each supplier and centre, and what none could be made for. What is drafted counts as ordered:
    asked again, nothing is made twice.
    """
    if (centro_id := filtro.get("centro_id")) is not None:
        exigir_centro(centro_id, quien)
    # One at a time for each centre, and no centre that the caller only sees.
    centros = [centro for centro in _centros(filtro, quien) if quien.acts_in(centro)]
    db.session.scalars(
        db.select(CentroRef.id)
        .where(CentroRef.id.in_(centros))
        .order_by(CentroRef.id)
        .with_for_update(key_share=True)
    ).all()
    ordenes, sin_proveedor = [], []
    for grupo in sugerir(filtro, quien):
        if grupo["centro"].id not in centros:
            continue
        if grupo["proveedor"] is None:
            sin_proveedor.append(grupo)
            continue
        ordenes += [_borrador(grupo, lineas, quien) for lineas in _tandas(grupo["lineas"])]
    return {"ordenes": ordenes, "sin_proveedor": sin_proveedor}


def _borrador(grupo: Grupo, lineas: Sequence[Sugerencia], quien: Caller) -> OrdenCompra:
    return crear_orden(
        {
            "proveedor_id": grupo["proveedor"].id,
            "centro_id": grupo["centro"].id,
            "lineas": [
                {
                    "producto_id": linea.producto.id,
                    "cantidad": linea.cantidad,
                    "unidad": linea.unidad,
                    "costo": linea.costo_unitario,
                }
                for linea in lineas
            ],
        },
        quien,
    )


def _tandas(lineas: Sequence[Sugerencia]) -> Iterable[Sequence[Sugerencia]]:
    """No more lines at once than an order may have."""
    return (lineas[inicio : inicio + LINEAS_MAXIMAS] for inicio in range(0, len(lineas), LINEAS_MAXIMAS))


def _centros(filtro: Mapping[str, Any], quien: Caller) -> dict[int, CentroRef]:
    """The centres in use that are meant."""
    consulta = db.select(CentroRef).where(CentroRef.activo.is_(True))
    if quien.alcance not in (Scope.RED, Scope.MEDICO):
        consulta = consulta.where(CentroRef.id.in_(quien.centros if quien.alcance is Scope.CENTROS else ()))
    if "centro_id" in filtro:
        consulta = consulta.where(CentroRef.id == filtro["centro_id"])
    return {centro.id: centro for centro in db.session.scalars(consulta)}


def _productos(filtro: Mapping[str, Any]) -> dict[int, Fila]:
    campos = ("id", "codigo", "nombre", "unidad", "stock_minimo", "costo_unitario", "proveedor_id")
    consulta = db.select(*(getattr(Producto, campo) for campo in campos))
    consulta = consulta.where(Producto.activo.is_(True), Producto.vivos())
    if "proveedor_id" in filtro:
        consulta = consulta.where(Producto.proveedor_id == filtro["proveedor_id"])
    return {fila.id: fila for fila in db.session.execute(consulta)}


def _situaciones(
    productos: Mapping[int, Fila], centros: Mapping[int, CentroRef], dias: int
) -> tuple[dict[Par, Situacion], dict[Par, date | None]]:
    """How each product stands at each centre that keeps it, should keep it or will need it."""
    stock = _sumas(Stock, Stock.cantidad, Stock.centro_id.in_(centros))
    inutil = _inutil(centros)
    pedido = _sumas_de_pedidos(centros)
    propios = {
        (f.producto_id, f.centro_id): f
        for f in db.session.execute(
            db.select(
                MinimoCentro.producto_id, MinimoCentro.centro_id, MinimoCentro.minimo, MinimoCentro.maximo
            ).where(MinimoCentro.centro_id.in_(centros))
        )
    }
    previsto = pronostico(dias, centro_id=next(iter(centros)) if len(centros) == 1 else None)
    situaciones = {}
    for par in stock.keys() | pedido.keys() | propios.keys() | previsto.keys():
        if par[0] not in productos or par[1] not in centros:
            continue
        propio = propios.get(par)
        situaciones[par] = Situacion(
            utilizable=stock.get(par, _CERO) - inutil.get(par, _CERO),
            en_pedido=pedido.get(par, _CERO),
            reservado=previsto[par].previsto if par in previsto else _CERO,
            minimo=productos[par[0]].stock_minimo if propio is None else propio.minimo,
            maximo=None if propio is None else propio.maximo,
        )
    return situaciones, {par: prevision.se_agota_el for par, prevision in previsto.items()}


def _sumas(modelo: Any, cantidad: Any, *condiciones: Any) -> dict[Par, Decimal]:
    filas = db.session.execute(db.select(modelo.producto_id, modelo.centro_id, cantidad).where(*condiciones))
    return {(producto, centro): suma for producto, centro, suma in filas}


def _inutil(centros: Mapping[int, CentroRef]) -> dict[Par, Decimal]:
    """What is in stock and must not be used: blocked, or expired on the centre's calendar."""
    if not centros:
        return {}
    hoy = {id_: now().astimezone(zone(centro.zona_horaria)).date() for id_, centro in centros.items()}
    caduco = Lote.caducidad < case(hoy, value=Existencia.centro_id)
    filas = db.session.execute(
        db.select(Existencia.producto_id, Existencia.centro_id, func.sum(Existencia.cantidad))
        .where(
            CON_SALDO,
            Existencia.centro_id.in_(centros),
            del_lote(case((or_(Lote.bloqueado.is_(True), caduco), 1), else_=0), Existencia) == 1,
        )
        .group_by(Existencia.producto_id, Existencia.centro_id)
    )
    return {(producto, centro): suma.quantize(SEXTO) for producto, centro, suma in filas}


def _sumas_de_pedidos(centros: Mapping[int, CentroRef]) -> dict[Par, Decimal]:
    """What is to come, by drafts too, in the product's own unit."""
    por_venir = func.sum((OrdenLinea.cantidad - OrdenLinea.recibida) * OrdenLinea.factor)
    filas = db.session.execute(
        db.select(OrdenLinea.producto_id, OrdenCompra.centro_id, por_venir)
        .join(OrdenCompra, OrdenCompra.id == OrdenLinea.orden_id)
        .where(OrdenCompra.estado.in_(EN_CURSO), OrdenCompra.vivos(), OrdenCompra.centro_id.in_(centros))
        .group_by(OrdenLinea.producto_id, OrdenCompra.centro_id)
    )
    return {(producto, centro): Decimal(suma).quantize(SEXTO) for producto, centro, suma in filas}


def _ultimas_lineas(producto_ids: Iterable[int]) -> dict[int, Fila]:
    """Product → how it was ordered last."""
    ultimas = (
        db.select(func.max(OrdenLinea.id))
        .join(OrdenCompra, OrdenCompra.id == OrdenLinea.orden_id)
        .where(OrdenLinea.producto_id.in_(producto_ids), OrdenCompra.vivos())
        .group_by(OrdenLinea.producto_id)
    )
    filas = db.session.execute(
        db.select(OrdenLinea.producto_id, OrdenLinea.unidad, OrdenLinea.factor, OrdenLinea.costo).where(
            OrdenLinea.id.in_(ultimas)
        )
    )
    return {fila.producto_id: fila for fila in filas}


def _proveedores(ids: Iterable[int | None]) -> dict[int, Proveedor]:
    """Those of them that are in use."""
    consulta = db.select(Proveedor).where(Proveedor.id.in_(ids), Proveedor.activo.is_(True), Proveedor.vivos())
    return {proveedor.id: proveedor for proveedor in db.session.scalars(consulta)}


def _sugerencia(
    producto: Fila,
    situacion: Situacion,
    se_agota_el: date | None,
    presentaciones: Mapping[str, Decimal],
    ultima: Fila | None,
) -> Sugerencia:
    unidad, factor = empaque(
        situacion.por_comprar, producto.unidad, presentaciones, ultima.unidad if ultima else None
    )
    mismo = ultima is not None and ultima.factor == factor
    costo = ultima.costo if ultima is not None and mismo else (producto.costo_unitario * factor).quantize(SEXTO)
    cantidad = enteros(situacion.por_comprar, factor)
    return Sugerencia(producto, situacion, se_agota_el, unidad, factor, cantidad, costo)


def _grupo(proveedor: Proveedor | None, centro: CentroRef, lineas: list[Sugerencia]) -> Grupo:
    lineas.sort(key=lambda linea: (linea.producto.nombre, linea.producto.id))
    total = sum((linea.subtotal for linea in lineas), _CERO)
    return {"proveedor": proveedor, "centro": centro, "total": total, "lineas": lineas}
