"""Purchase orders: made, changed, sent, given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select

from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid, NotFound
from comun.preconditions import check_version
from inventario.casos_de_uso.libro import dias_en
from inventario.casos_de_uso.lugares import bodega_de, exigir_centro
from inventario.casos_de_uso.tomas import presentaciones_de
from inventario.dominio.unidades import CANTIDAD_MAXIMA, SEXTO, UnidadIncompatible, exacta_en_propia, factor
from inventario.eventos.emitidos import anunciar_orden
from inventario.extensiones import db
from inventario.modelos import (
    EN_CURSO,
    Bodega,
    EstadoOrden,
    OrdenCompra,
    OrdenLinea,
    Producto,
    Proveedor,
)

Linea = Mapping[str, Any]


def consulta_de_ordenes(filtro: Mapping[str, Any], quien: Caller) -> Select[Any]:
    """The orders that the caller sees and the filter asks for."""
    consulta = db.select(OrdenCompra).where(OrdenCompra.visibles_para(quien)).options(*OrdenCompra.cargar())
    consulta = consulta.filter_by(
        **{c: filtro[c] for c in ("proveedor_id", "centro_id", "bodega_id", "estado") if c in filtro}
    )
    if "producto_id" in filtro:
        consulta = consulta.where(OrdenCompra.lineas.any(OrdenLinea.producto_id == filtro["producto_id"]))
    if "pendientes" in filtro:
        por_recibir = OrdenCompra.estado.in_((EstadoOrden.ENVIADA, EstadoOrden.PARCIAL))
        consulta = consulta.where(por_recibir if filtro["pendientes"] else ~por_recibir)
    if "esperada_hasta" in filtro:
        consulta = consulta.where(OrdenCompra.esperada_el <= filtro["esperada_hasta"])
    return consulta


def orden_para_escribir(orden_id: int, quien: Caller) -> OrdenCompra:
    """The order, locked and as it now stands. NotFound outside the scope; Forbidden where the caller only looks."""
    orden = OrdenCompra.obtener(orden_id, quien)
    exigir_centro(orden.centro_id, quien)
    suya = db.select(OrdenCompra).where(OrdenCompra.id == orden.id, OrdenCompra.vivos())
    db.session.execute(suya.with_only_columns(OrdenCompra.id).with_for_update(key_share=True))
    # Only now: whoever was waited for may have given it another supplier or warehouse, or thrown it away.
    con_todo = suya.options(*OrdenCompra.cargar()).execution_options(populate_existing=True)
    if (vigente := db.session.scalar(con_todo)) is None:
        raise NotFound(OrdenCompra.AUSENTE)
    return vigente


def crear_orden(datos: Mapping[str, Any], quien: Caller) -> OrdenCompra:
    """A draft. Invalid or Conflict when something in it does not exist, or is not used any more."""
    bodega = bodega_de(datos.get("bodega_id"), datos.get("centro_id"), quien)
    orden = OrdenCompra(
        proveedor=_proveedor(datos["proveedor_id"]),
        bodega=bodega,
        centro_id=bodega.centro_id,
        estado=EstadoOrden.BORRADOR,
        esperada_el=datos.get("esperada_el"),
        notas=datos.get("notas"),
        creada_por=quien.actor,
    )
    poner_lineas(orden, datos["lineas"])
    db.session.add(orden)
    return orden


def cambiar_orden(orden: OrdenCompra, cambios: Mapping[str, Any], quien: Caller) -> OrdenCompra:
    """Change what is given of an order from `orden_para_escribir`."""
    check_version(orden)
    if orden.estado not in EN_CURSO or cambios.keys() & {"proveedor_id", "lineas"}:
        orden.exigir_borrador()
    if "proveedor_id" in cambios:
        orden.proveedor = _proveedor(cambios["proveedor_id"])
    if "bodega_id" in cambios:
        orden.bodega = bodega_de(cambios["bodega_id"], orden.centro_id, quien)
    if "lineas" in cambios:
        poner_lineas(orden, cambios["lineas"])
    for campo in ("esperada_el", "notas"):
        if campo in cambios:
            setattr(orden, campo, cambios[campo])
    orden.touch()
    return orden


def cambiar_estado(orden: OrdenCompra, estado: str, motivo: str | None) -> OrdenCompra:
    """Send it or give it up, and tell of it; an order from `orden_para_escribir`."""
    check_version(orden)
    if estado == EstadoOrden.ENVIADA:
        orden.enviar(dias_en([orden.centro_id])[orden.centro_id] + timedelta(days=orden.proveedor.plazo_entrega_dias))
        _exigir_en_uso(orden)
        anunciar_orden(orden, "enviada")
    else:
        orden.anular(motivo or "")
        anunciar_orden(orden, "anulada", motivo=motivo)
    return orden


def poner_lineas(orden: OrdenCompra, lineas: Sequence[Linea]) -> None:
    """Let the order ask for exactly these. Invalid or Conflict, naming lines by their place from 0."""
    productos = productos_en_uso([linea["producto_id"] for linea in lineas])
    presentaciones = presentaciones_de(productos)
    antes = {linea.producto_id: linea for linea in orden.lineas}
    nuevas = []
    for lugar, datos in enumerate(lineas):
        producto = productos[datos["producto_id"]]
        try:
            valores = _valores(datos, producto, presentaciones[producto.id])
        except UnidadIncompatible as error:
            raise Invalid(en_linea(lugar, "unidad", str(error)), "unidad_incompatible", str(error)) from None
        except ValueError as error:
            raise Invalid(en_linea(lugar, "cantidad", str(error))) from None
        # The line of a product stays the same row: to take it out and put it in again would be twice one product.
        linea = antes.get(producto.id) or OrdenLinea(producto=producto, producto_id=producto.id, recibida=Decimal(0))
        for campo, valor in valores.items():
            setattr(linea, campo, valor)
        nuevas.append(linea)
    orden.lineas = nuevas


def _valores(datos: Linea, producto: Producto, presentaciones: Mapping[str, Decimal]) -> dict[str, Any]:
    """A line as it is kept. Raises UnidadIncompatible, and ValueError for what stock can't count."""
    unidad = datos.get("unidad") or producto.unidad
    en_una = factor(unidad, producto.unidad, presentaciones)
    if en_una != en_una.quantize(SEXTO):
        raise UnidadIncompatible(f"«{unidad}» es demasiado poco para contarlo en «{producto.unidad}».")
    costo = datos.get("costo")
    if costo is None:
        costo = (producto.costo_unitario * en_una).quantize(SEXTO)
    if costo >= CANTIDAD_MAXIMA or costo / en_una >= CANTIDAD_MAXIMA:
        raise ValueError("Es demasiado grande.")
    exacta_en_propia(datos["cantidad"], en_una)
    return {"unidad": unidad, "factor": en_una, "cantidad": datos["cantidad"], "costo": costo}


def productos_en_uso(ids: Sequence[int]) -> dict[int, Producto]:
    """These products, which nobody deletes until this transaction ends.

    Invalid when one does not exist or is named twice, Conflict when one is not used any more.
    """
    vivos = db.select(Producto).where(Producto.id.in_(ids), Producto.vivos()).order_by(Producto.id)
    filas = db.session.scalars(vivos.with_for_update(read=True, key_share=True))
    productos = {producto.id: producto for producto in filas}
    vistos: set[int] = set()
    for lugar, producto_id in enumerate(ids):
        if producto_id not in productos:
            raise Invalid(en_linea(lugar, "producto_id", "No existe ese producto."))
        if producto_id in vistos:
            raise Invalid(en_linea(lugar, "producto_id", "Ya está en otra línea."))
        vistos.add(producto_id)
        exigir_activo(productos[producto_id], lugar)
    return productos


def exigir_activo(producto: Producto, lugar: int) -> None:
    """Conflict `producto_inactivo` when it is not used any more; `lugar` is that of its line."""
    if not producto.activo or producto.eliminado_en is not None:
        frase = f"El producto {producto.codigo} está inactivo."
        raise Conflict("producto_inactivo", frase, errores=en_linea(lugar, "producto_id", frase))


def en_linea(lugar: int, campo: str, frase: str) -> dict[str, Any]:
    """What is wrong with a field of a line."""
    return {"lineas": {lugar: {campo: [frase]}}}


def _proveedor(proveedor_id: int) -> Proveedor:
    """Whom nobody deletes until this transaction ends."""
    vivo = db.select(Proveedor).where(Proveedor.id == proveedor_id, Proveedor.vivos())
    proveedor = db.session.scalar(vivo.with_for_update(read=True, key_share=True))
    if proveedor is None:
        raise Invalid({"proveedor_id": ["No existe ese proveedor."]})
    if not proveedor.activo:
        raise Conflict("proveedor_inactivo", "Ese proveedor está inactivo.")
    return proveedor


def _exigir_en_uso(orden: OrdenCompra) -> None:
    """What was in use when the draft was made may not be any more."""
    _proveedor(orden.proveedor_id)
    exigir_bodega(orden.bodega)
    for lugar, linea in enumerate(orden.lineas):
        exigir_activo(linea.producto, lugar)


def exigir_bodega(bodega: Bodega) -> None:
    """Conflict `bodega_eliminada` when it was taken out of use."""
    if bodega.eliminado_en is not None:
        raise Conflict("bodega_eliminada", "La bodega de la orden ya no existe: elija otra.")
