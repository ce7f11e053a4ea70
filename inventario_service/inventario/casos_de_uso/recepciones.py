"""What comes of purchase orders, in one delivery or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import joinedload

from comun.auth.caller import Caller
from comun.db import insert_if_absent
from comun.errors import Conflict, Invalid, NotFound
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear, dias_en
from inventario.casos_de_uso.ordenes import (
    en_linea,
    exigir_activo,
    exigir_bodega,
    orden_para_escribir,
)
from inventario.dominio.unidades import CANTIDAD_MAXIMA, SEXTO, exacta_en_propia
from inventario.eventos.emitidos import anunciar_orden
from inventario.extensiones import db
from inventario.modelos import DE_RECEPCION, SIN_LOTE, Lote, Movimiento, OrdenCompra, OrdenLinea, Recepcion, Tipo

Clave = tuple[int, str]  # product and code of the lot
Linea = Mapping[str, Any]


def recibir(orden_id: int, datos: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """Take a delivery into stock: all of it or nothing. The delivery with its movements.

    Conflict when more would come than was ordered, nothing can come of the order, or a lot is known otherwise or
    may not be used; Invalid for a line that the order does not have, or a lot that is missing or has expired.
    """
    orden = orden_para_escribir(orden_id, quien)
    orden.exigir_por_recibir()
    exigir_bodega(orden.bodega)
    lineas = datos["lineas"]
    de_la_orden = _repartir(orden, lineas)
    llegado = list(zip(lineas, de_la_orden, strict=True))
    _exigir_lotes(llegado, dias_en([orden.centro_id])[orden.centro_id])
    recepcion = Recepcion(orden_id=orden.id, documento=datos.get("documento"), por=quien.actor)
    db.session.add(recepcion)
    db.session.flush()
    bloquear((linea.producto_id, orden.centro_id) for linea in de_la_orden)
    lotes = _lotes(orden, lineas)
    asientos = [
        Asiento(
            Tipo.ENTRADA,
            lotes[_clave(dada)],
            orden.bodega,
            _propia(lugar, dada, linea),
            _costo(lugar, dada, linea),
            referencia=referencia(recepcion.id),
        )
        for lugar, (dada, linea) in enumerate(llegado)
    ]
    asentar(asientos, quien.actor)
    orden.anotar_recibido()
    anunciar_orden(orden, "recibida", recepcion=recepcion, recibido=llegado)
    return _con_movimientos(recepcion) | {"estado": orden.estado}


def consulta_de_recepciones(orden: OrdenCompra) -> Select[Any]:
    """The deliveries of an order."""
    return db.select(Recepcion).where(Recepcion.orden_id == orden.id)


def recepcion_de(orden: OrdenCompra, recepcion_id: int) -> dict[str, Any]:
    """One delivery of an order with what it brought into stock. NotFound when it is of another."""
    recepcion = db.session.scalar(consulta_de_recepciones(orden).where(Recepcion.id == recepcion_id))
    if recepcion is None:
        raise NotFound("No existe esa recepción de la orden.")
    return _con_movimientos(recepcion)


def _con_movimientos(recepcion: Recepcion) -> dict[str, Any]:
    movimientos = db.session.scalars(
        db.select(Movimiento)
        .where(Movimiento.referencia == referencia(recepcion.id), Movimiento.corrige_id.is_(None))
        .options(joinedload(Movimiento.lote))
        .order_by(Movimiento.id)
    ).all()
    campos = ("id", "orden_id", "documento", "por", "momento")
    return {**{campo: getattr(recepcion, campo) for campo in campos}, "movimientos": movimientos}


def referencia(recepcion_id: int) -> str:
    """How movements name the delivery that they are of."""
    return f"{DE_RECEPCION}/{recepcion_id}"


def orden_que_pidio(movimiento: Movimiento, quien: Caller) -> OrdenCompra | None:
    """The order of a delivery that a movement is of, locked: before stock, as whoever receives locks them."""
    que, _, cual = (movimiento.referencia or "").partition("/")
    # What people wrote there before it was kept for deliveries may say anything.
    if movimiento.tipo != Tipo.ENTRADA or que != DE_RECEPCION or not cual.isdecimal():
        return None
    recepcion = db.session.get(Recepcion, int(cual))
    return orden_para_escribir(recepcion.orden_id, quien) if recepcion is not None else None


def _repartir(orden: OrdenCompra, lineas: Sequence[Linea]) -> list[OrdenLinea]:
    """Put down on the order what came: the line of the order for each of these."""
    de_la_orden = {linea.producto_id: linea for linea in orden.lineas}
    repartidas = []
    for lugar, dada in enumerate(lineas):
        if (linea := de_la_orden.get(dada["producto_id"])) is None:
            raise Invalid(en_linea(lugar, "producto_id", "La orden no pide ese producto."))
        exigir_activo(linea.producto, lugar)
        if dada["cantidad"] > linea.pendiente:
            frase = f"De {linea.producto.codigo} solo falta recibir {linea.pendiente.normalize():f} {linea.unidad}."
            raise Conflict("recibido_de_mas", frase, errores=en_linea(lugar, "cantidad", frase))
        linea.recibida += dada["cantidad"]
        repartidas.append(linea)
    return repartidas


def _exigir_lotes(llegado: Sequence[tuple[Linea, OrdenLinea]], hoy: date) -> None:
    """A code where lots are told apart; a day of expiry only of a lot, one for each, and not gone by."""
    dichas: dict[Clave, date] = {}
    for lugar, (dada, linea) in enumerate(llegado):
        caducidad = dada.get("caducidad")
        if linea.producto.controla_lotes and "lote" not in dada:
            raise Invalid(en_linea(lugar, "lote", f"Diga de qué lote es: {linea.producto.codigo} los lleva aparte."))
        if caducidad is None:
            continue
        if "lote" not in dada:
            raise Invalid(en_linea(lugar, "caducidad", "Caduca un lote: diga su código."))
        if caducidad < hoy:
            raise Invalid(en_linea(lugar, "caducidad", "Ese lote ya caducó."), "lote_caducado")
        if dichas.setdefault(_clave(dada), caducidad) != caducidad:
            raise Invalid(en_linea(lugar, "caducidad", "El mismo lote no caduca en dos fechas."))


def _lotes(orden: OrdenCompra, lineas: Sequence[Linea]) -> dict[Clave, Lote]:
    """The lot of each line, made where the product has none of that code yet.

    Conflict when one is known to expire on another day, or may not be used.
    """
    caducidades: dict[Clave, date | None] = {}
    for dada in lineas:
        clave = _clave(dada)
        caducidades[clave] = caducidades.get(clave) or dada.get("caducidad")
    _crear_los_que_falten(orden, caducidades)
    filas = db.session.scalars(
        db.select(Lote)
        .where(tuple_(Lote.producto_id, Lote.codigo).in_(sorted(caducidades)))
        .execution_options(populate_existing=True)
    )
    lotes = {(lote.producto_id, lote.codigo): lote for lote in filas}
    hoy = dias_en([orden.centro_id])[orden.centro_id]
    for lugar, dada in enumerate(lineas):
        lote, dicha = lotes[_clave(dada)], caducidades[_clave(dada)]
        if dicha is not None and lote.caducidad != dicha:
            frase = f"El lote {lote.codigo} ya existe con otra caducidad: {lote.caducidad or 'ninguna'}."
            raise Conflict("caducidad_distinta", frase, errores=en_linea(lugar, "caducidad", frase))
        if lote.bloqueado or (lote.caducidad is not None and lote.caducidad < hoy):
            frase = f"El lote {lote.codigo} caducó o está bloqueado."
            raise Conflict("lote_no_utilizable", frase, errores=en_linea(lugar, "lote", frase))
    return lotes


def _crear_los_que_falten(orden: OrdenCompra, caducidades: Mapping[Clave, date | None]) -> None:
    nuevos = [
        {
            "producto_id": producto_id,
            "codigo": codigo,
            "caducidad": caducidad,
            "costo": Decimal(0),
            "proveedor_id": orden.proveedor_id if codigo != SIN_LOTE else None,
        }
        # In order: another centre may be about to make the same ones.
        for (producto_id, codigo), caducidad in sorted(caducidades.items(), key=lambda entrada: entrada[0])
    ]
    insert_if_absent(db.session, Lote.__table__, nuevos)


def _clave(dada: Linea) -> Clave:
    return dada["producto_id"], dada.get("lote", SIN_LOTE)


def _propia(lugar: int, dada: Linea, linea: OrdenLinea) -> Decimal:
    try:
        return exacta_en_propia(dada["cantidad"], linea.factor)
    except ValueError as error:
        raise Invalid(en_linea(lugar, "cantidad", str(error))) from None


def _costo(lugar: int, dada: Linea, linea: OrdenLinea) -> Decimal:
    """Of one of the product's own unit."""
    costo = ((linea.costo if dada.get("costo") is None else dada["costo"]) / linea.factor).quantize(SEXTO)
    if costo >= CANTIDAD_MAXIMA:
        raise Invalid(en_linea(lugar, "costo_unitario", "Es demasiado grande."))
    return costo
