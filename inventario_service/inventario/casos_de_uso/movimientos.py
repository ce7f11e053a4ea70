"""Movements that people write: entries, exits, returns, adjustments, and what takes one of them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from comun import audit
from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid, NotFound
from inventario.casos_de_uso.libro import Asiento, asegurar, asentar, bloquear, dias_en
from inventario.casos_de_uso.lugares import bodega_de, bodega_principal, bodegas_abiertas, centro_de, exigir_centro
from inventario.casos_de_uso.recepciones import orden_que_pidio
from inventario.casos_de_uso.tomas import (
    Parte,
    exigir_activo,
    exigir_utilizable,
    lote_conocido,
    lote_nuevo,
    presentaciones_de,
    propia,
    sin_lote,
    tomar,
)
from inventario.dominio.unidades import CANTIDAD_MAXIMA, SEXTO, UnidadIncompatible, factor
from inventario.extensiones import db, restricciones
from inventario.modelos import Bodega, Existencia, Lote, Movimiento, Producto, Stock, Tipo

Datos = Mapping[str, Any]


def a_la_vista() -> Sequence[ExecutableOption]:
    """What is shown with each movement, read in the same statement."""
    return (
        joinedload(Movimiento.producto).load_only(Producto.codigo, Producto.nombre, Producto.unidad),
        joinedload(Movimiento.lote).load_only(Lote.producto_id, Lote.codigo, Lote.caducidad),
        joinedload(Movimiento.bodega).load_only(Bodega.centro_id, Bodega.nombre),
        joinedload(Movimiento.correccion).load_only(Movimiento.id),
    )


def obtener_movimiento(movimiento_id: int, quien: Caller) -> Movimiento:
    """One of them, if the caller may see it; NotFound otherwise."""
    movimiento = db.session.scalar(
        db.select(Movimiento)
        .where(Movimiento.id == movimiento_id, Movimiento.visibles_para(quien))
        .options(*a_la_vista())
    )
    if movimiento is None:
        raise NotFound("No existe ese movimiento, o no es de su centro.")
    return movimiento


def registrar(producto_id: int, datos: Datos, quien: Caller) -> dict[str, Any]:
    """Write what happened to a product into the ledger. An exit without a lot takes first what expires first."""
    producto = Producto.obtener(producto_id, quien)
    exigir_activo(producto)
    tipo = Tipo(datos["tipo"])
    bodega, centro_id = _lugar(datos, quien)
    stock = bloquear([(producto.id, centro_id)])[producto.id, centro_id]
    entra = _lote_que_entra(producto, datos, dias_en([centro_id])[centro_id]) if tipo is Tipo.ENTRADA else None
    # Only now: from here on nobody changes the unit under what is converted into it.
    producto = asegurar(producto.id, a_solas=entra is not None)
    exigir_activo(producto)
    una = _factor(producto, datos.get("unidad"))
    cantidad = propia(datos["cantidad"], una)
    costo = _costo_de_una(datos.get("costo_unitario"), una)
    if entra is not None:
        partes = [Parte(entra, bodega or bodega_principal(centro_id), cantidad)]
    elif tipo is Tipo.DEVOLUCION or cantidad > 0 and tipo is Tipo.AJUSTE:
        partes = [_lo_que_vuelve(producto, datos, tipo, centro_id, bodega, cantidad)]
    else:
        partes = _lo_que_sale(producto, datos, tipo, stock, bodega, abs(cantidad))
    signo = -1 if tipo is Tipo.SALIDA or cantidad < 0 else 1
    return _asentar(tipo, partes, signo, datos, stock, quien, costo)


def fijar_stock(producto: Producto, datos: Datos, quien: Caller) -> dict[str, Any]:
    """Adjust what a centre has of a product, or of one lot of it, to what somebody says that there is.

    The same as before: no movement.
    """
    exigir_activo(producto)
    bodega, centro_id = _lugar(datos, quien)
    stock = bloquear([(producto.id, centro_id)])[producto.id, centro_id]
    lote = lote_conocido(producto.id, datos["lote"]) if datos.get("lote") else None
    diferencia = datos["stock_actual"] - _cuanto_hay(stock, bodega, lote)
    if diferencia == 0:
        return _resultado(stock, [])
    if diferencia > 0:
        partes = [Parte(lote or sin_lote(producto), bodega or bodega_principal(centro_id), diferencia)]
    else:
        partes = tomar(producto, centro_id, -diferencia, bodega=bodega, lote=lote, tambien_caducado=True)
    return _asentar(Tipo.AJUSTE, partes, 1 if diferencia > 0 else -1, datos, stock, quien)


def corregir(movimiento_id: int, motivo: str, quien: Caller) -> dict[str, Any]:
    """Take a movement back, once, with its opposite; of a transfer both of its sides. What came of an order is to
    come again.

    Conflict when it is a correction itself, belongs to an appointment, what came in has been used since, or its
    warehouse is gone.
    """
    movimiento = obtener_movimiento(movimiento_id, quien)
    if movimiento.corrige_id is not None:
        raise Conflict("correccion_definitiva", "Una corrección no se corrige; registre un movimiento nuevo.")
    if movimiento.consumo_linea_id is not None:
        raise Conflict("movimiento_de_cita", "Lo que usó una cita se devuelve al reabrirla.")
    lados = _lados(movimiento)
    for centro_id in {lado.centro_id for lado in lados}:
        exigir_centro(centro_id, quien)
    orden = orden_que_pidio(movimiento, quien)
    stock = bloquear([(lado.producto_id, lado.centro_id) for lado in lados])
    # Only now, so that of two who correct at once the second is told.
    if db.session.scalar(db.select(db.exists().where(Movimiento.corrige_id.in_([lado.id for lado in lados])))):
        raise restricciones.conflict("uq_movimiento_corrige_id")
    bodegas = {lado.bodega_id for lado in lados}
    if bodegas_abiertas(bodegas).keys() != bodegas:
        raise Conflict("bodega_eliminada", "La bodega del movimiento ya no existe; registre un movimiento nuevo.")
    # First what comes in again: within one centre, nothing is missing in between.
    lados.sort(key=lambda lado: lado.cantidad)
    asientos = [_contrario(lado, motivo) for lado in lados]
    nuevos = asentar(asientos, por=quien.actor, bloqueado=stock)
    if orden is not None:
        orden.devolver(movimiento.producto_id, movimiento.cantidad)
    audit.record("movimiento", movimiento.id, {"corregido_por": [nuevo.id for nuevo in nuevos]})
    principal = next(nuevo for nuevo in nuevos if nuevo.corrige_id == movimiento.id)
    return _resultado(stock[movimiento.producto_id, movimiento.centro_id], nuevos) | {"id": principal.id}


def con_lo_suyo(movimientos: Sequence[Movimiento]) -> Sequence[Movimiento]:
    """The same ones, in their order, with all that is shown with them."""
    ids = [movimiento.id for movimiento in movimientos]
    consulta = db.select(Movimiento).where(Movimiento.id.in_(ids)).options(*a_la_vista()).order_by(Movimiento.id)
    return db.session.scalars(consulta.execution_options(populate_existing=True)).all()


def _factor(producto: Producto, unidad: str | None) -> Decimal:
    if unidad is None:
        return Decimal(1)
    try:
        return factor(unidad, producto.unidad, presentaciones_de([producto.id])[producto.id])
    except UnidadIncompatible as error:
        raise Invalid({"unidad": [str(error)]}, "unidad_incompatible", str(error)) from None


def _costo_de_una(costo: Decimal | None, una: Decimal) -> Decimal | None:
    """What one of the product's own unit costs, to six decimals."""
    if costo is None:
        return None
    propio = (costo / una).quantize(SEXTO)
    if propio >= CANTIDAD_MAXIMA:
        raise Invalid({"costo_unitario": ["Es demasiado grande."]})
    return propio


def _lugar(datos: Datos, quien: Caller) -> tuple[Bodega | None, int]:
    """The warehouse, when one is named, and the centre."""
    if datos.get("bodega_id") is None:
        return None, centro_de(datos.get("centro_id"), quien)
    bodega = bodega_de(datos["bodega_id"], datos.get("centro_id"), quien)
    return bodega, bodega.centro_id


def _lote_que_entra(producto: Producto, datos: Datos, hoy: date) -> Lote:
    """The lot of an entry, made when it is new."""
    codigo, caducidad = datos.get("lote"), datos.get("caducidad")
    if codigo is None:
        if producto.controla_lotes:
            raise Invalid({"lote": ["Este producto lleva lotes: diga cuál entra."]})
        if caducidad is not None:
            raise Invalid({"caducidad": ["Diga de qué lote."]})
        return sin_lote(producto)
    if caducidad is not None and caducidad < hoy:
        raise Invalid({"caducidad": ["Ya caducó."]}, "lote_caducado", "No entra lo que ya caducó.")
    lote = lote_nuevo(producto, codigo, caducidad)
    if caducidad is not None and lote.caducidad != caducidad:
        detalle = f"El lote {codigo} ya existe con otra caducidad: {lote.caducidad or 'ninguna'}."
        raise Conflict("caducidad_distinta", detalle)
    if lote.bloqueado or lote.caducidad is not None and lote.caducidad < hoy:
        raise Conflict("lote_no_utilizable", f"El lote {codigo} caducó o está bloqueado.")
    return lote


def _lo_que_vuelve(
    producto: Producto, datos: Datos, tipo: Tipo, centro_id: int, bodega: Bodega | None, cantidad: Decimal
) -> Parte:
    """A return, or what was found: to a lot that is known, or to none."""
    if datos.get("lote") is not None:
        lote = lote_conocido(producto.id, datos["lote"])
        if tipo is Tipo.DEVOLUCION:
            exigir_utilizable(lote, centro_id)
    elif tipo is Tipo.DEVOLUCION and producto.controla_lotes:
        raise Invalid({"lote": ["Este producto lleva lotes: diga cuál vuelve."]})
    else:
        lote = sin_lote(producto)
    return Parte(lote, bodega or bodega_principal(centro_id), cantidad)


def _lo_que_sale(
    producto: Producto, datos: Datos, tipo: Tipo, stock: Stock, bodega: Bodega | None, cantidad: Decimal
) -> list[Parte]:
    """An exit takes only what may be used, an adjustment also what is expired or blocked."""
    lote = lote_conocido(producto.id, datos["lote"]) if datos.get("lote") is not None else None
    if lote is not None and tipo is Tipo.SALIDA:
        exigir_utilizable(lote, stock.centro_id)
    return tomar(
        producto,
        stock.centro_id,
        cantidad,
        bodega=bodega,
        lote=lote,
        tambien_caducado=tipo is Tipo.AJUSTE,
        en_negativo=(bodega or bodega_principal(stock.centro_id)) if stock.permite_negativo else None,
    )


def _cuanto_hay(stock: Stock, bodega: Bodega | None, lote: Lote | None) -> Decimal:
    """Of the product at the centre, or only in that warehouse, or of that lot."""
    if bodega is None and lote is None:
        return stock.cantidad
    suma = db.select(func.coalesce(func.sum(Existencia.cantidad), 0)).where(
        Existencia.producto_id == stock.producto_id, Existencia.centro_id == stock.centro_id
    )
    if bodega is not None:
        suma = suma.where(Existencia.bodega_id == bodega.id)
    if lote is not None:
        suma = suma.where(Existencia.lote_id == lote.id)
    return Decimal(db.session.scalar(suma) or 0).quantize(SEXTO)


def _lados(movimiento: Movimiento) -> list[Movimiento]:
    """The movement, and the other side of it when it is of a transfer."""
    if movimiento.traslado_id is None:
        return [movimiento]
    return list(
        db.session.scalars(
            db.select(Movimiento)
            .where(
                Movimiento.traslado_id == movimiento.traslado_id,
                Movimiento.lote_id == movimiento.lote_id,
                Movimiento.corrige_id.is_(None),
            )
            .options(*a_la_vista())
        )
    )


def _contrario(lado: Movimiento, motivo: str) -> Asiento:
    return Asiento(
        Tipo(lado.tipo),
        lado.lote,
        lado.bodega,
        -lado.cantidad,
        lado.costo_unitario,
        motivo=motivo,
        referencia=lado.referencia,
        corrige_id=lado.id,
        traslado_id=lado.traslado_id,
        tratamiento_id=lado.tratamiento_id,
        doctor_id=lado.doctor_id,
    )


def _asentar(
    tipo: Tipo,
    partes: Sequence[Parte],
    signo: int,
    datos: Datos,
    stock: Stock,
    quien: Caller,
    costo: Decimal | None = None,
) -> dict[str, Any]:
    asientos = [
        Asiento(
            tipo,
            parte.lote,
            parte.bodega,
            signo * parte.cantidad,
            costo,
            motivo=datos.get("motivo"),
            referencia=datos.get("referencia"),
        )
        for parte in partes
    ]
    de_el = {(stock.producto_id, stock.centro_id): stock}
    movimientos = asentar(asientos, por=quien.actor, bloqueado=de_el)
    audit.record("producto", stock.producto_id, {"movimientos": [movimiento.id for movimiento in movimientos]})
    return _resultado(stock, movimientos)


def _resultado(stock: Stock, movimientos: Sequence[Movimiento]) -> dict[str, Any]:
    return {
        "id": movimientos[0].id if movimientos else None,
        "producto_id": stock.producto_id,
        "centro_id": stock.centro_id,
        "stock_actual": stock.cantidad,
        "movimientos": con_lo_suyo(movimientos),
    }
