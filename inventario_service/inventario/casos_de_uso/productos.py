"""Making, changing and deleting products."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, update
from sqlalchemy.orm import selectinload, with_expression

from comun import audit
from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid
from comun.fields import fold
from comun.preconditions import check_version
from inventario.casos_de_uso.categorias import categoria_llamada
from inventario.casos_de_uso.cierre import cerrar
from inventario.casos_de_uso.codigos import codigos_nuevos
from inventario.casos_de_uso.minimos import anotar_nivel
from inventario.casos_de_uso.tarifas import GENERAL, fijar_tarifa, historia_de_tarifas, hoy, tarifa_al
from inventario.casos_de_uso.usos import exigir_que_nada_lo_use, exigir_sin_historia, recetas_que_lo_usan
from inventario.eventos.emitidos import anunciar_producto
from inventario.extensiones import db
from inventario.modelos import (
    Ambito,
    Categoria,
    CentroRef,
    CostoProducto,
    Existencia,
    Presentacion,
    Producto,
    Proveedor,
    Stock,
    TarifaIva,
)
from inventario.modelos.busqueda import plegar

PREFIJO = "P"


def consulta_de_productos(centro_id: int | None = None) -> Select[Any]:
    """Products with their stock, in all or in one centre, and today's rate of IVA; always in as many statements."""
    hay = db.select(func.coalesce(func.sum(Stock.cantidad), 0)).where(Stock.producto_id == Producto.id)
    if centro_id is not None:
        hay = hay.where(Stock.centro_id == centro_id)
    return db.select(Producto).options(
        *Producto.cargar(),
        with_expression(Producto.stock_actual, hay.scalar_subquery()),
        with_expression(Producto.tarifa_iva, tarifa_al(TarifaIva.producto_id, Producto.id, hoy())),
    )


def productos_bajos(centro_id: int | None = None) -> Select[Any]:
    """The products in use that are low, each with the centres where it is; or in one centre."""
    centros = None if centro_id is None else [centro_id]
    return (
        consulta_de_productos(centro_id)
        .where(_bajo(centros))
        .options(selectinload(Producto.stocks_bajos.and_(_en_uso(centros))), selectinload(Producto.minimos))
    )


def resumen_de_bajos(centros: Collection[int] | None, cuantos: int) -> dict[str, Any]:
    """How many products are low in all or in some centres, and the first of them by name."""
    bajos = db.select(Producto.id, Producto.codigo, Producto.nombre).where(_bajo(centros), Producto.vivos())
    primeros = bajos.order_by(Producto.nombre, Producto.id).limit(cuantos)
    return {
        "total": db.session.scalar(bajos.with_only_columns(func.count(Producto.id))) or 0,
        "primeros": db.session.execute(primeros).all(),
    }


def _en_uso(centros: Collection[int] | None) -> ColumnElement[bool]:
    en_uso = Stock.centro_id.in_(db.select(CentroRef.id).where(CentroRef.activo.is_(True)))
    return en_uso if centros is None else en_uso & Stock.centro_id.in_(centros)


def _bajo(centros: Collection[int] | None) -> ColumnElement[bool]:
    """That a product in use is low; in all centres also one that should be kept, and of which there never was any."""
    bajo = Producto.id.in_(db.select(Stock.producto_id).where(Stock.bajo_desde.is_not(None), _en_uso(centros)))
    if centros is None:
        nunca_hubo = ~db.exists().where(Stock.producto_id == Producto.id)
        bajo |= (Producto.stock_minimo > 0) & nunca_hubo
    return bajo & Producto.activo.is_(True)


def ficha(producto_id: int, centro_id: int | None = None) -> Producto:
    """A product that is there, as it stands now, with its figures."""
    consulta = consulta_de_productos(centro_id).where(Producto.id == producto_id)
    return db.session.scalars(consulta.execution_options(populate_existing=True)).one()


def crear_producto(datos: Mapping[str, Any], quien: Caller) -> Producto:
    """Make a product; its code is made when absent. Raises Invalid; 409 when there is one with its code."""
    exigir_proveedor(datos.get("proveedor_id"))
    categoria_id = categoria_llamada(Ambito.PRODUCTO, datos.get("categoria"), quien)
    codigo = datos.get("codigo") or codigos_nuevos(Producto.codigo, PREFIJO)[0]
    producto = armar({**datos, "codigo": codigo}, categoria_id)
    db.session.add(producto)
    db.session.flush()
    if producto.costo_unitario:
        db.session.add(CostoProducto(producto_id=producto.id, costo=producto.costo_unitario))
    fijar_tarifa(datos.get("tarifa_iva", GENERAL), datos.get("tarifa_desde"), producto_id=producto.id)
    return anunciado(producto.id, "creado")


def armar(datos: Mapping[str, Any], categoria_id: int | None) -> Producto:
    """A new product out of what was given, with its packages; not yet in the session."""
    ajenos = ("categoria", "tarifa_iva", "tarifa_desde", "presentaciones")
    producto = Producto(
        **{campo: valor for campo, valor in datos.items() if campo not in ajenos},
        categoria_id=categoria_id,
        busqueda=plegar(datos["codigo"], datos["nombre"]),
    )
    poner_presentaciones(producto, datos.get("presentaciones", []))
    return producto


def anunciado(producto_id: int, suceso: str) -> Producto:
    """Tell the others what became of a product; it, as it stands now."""
    db.session.flush()
    producto = ficha(producto_id)
    anunciar_producto(producto, suceso, historia_de_tarifas(producto_id=producto_id))
    return producto


def cambiar_producto(producto: Producto, cambios: Mapping[str, Any], quien: Caller) -> Producto:
    """Change what is given; it, as it stands then, with what is odd about that as `advertencias`.

    Raises Invalid, and Conflict for what its history does not allow.
    """
    check_version(producto)
    if not cambios:
        return ficha(producto.id)
    nuevos = {campo: valor for campo, valor in cambios.items() if campo not in _APARTE}
    if "proveedor_id" in cambios:
        exigir_proveedor(cambios["proveedor_id"])
    if "categoria" in cambios:
        nuevos["categoria_id"] = categoria_llamada(Ambito.PRODUCTO, cambios["categoria"], quien)
    distintos = {campo for campo, valor in nuevos.items() if getattr(producto, campo) != valor}
    cambia_unidad = "unidad" in distintos and fold(nuevos["unidad"]) != fold(producto.unidad)
    stock = cerrar(producto.id) if distintos & _DEL_LIBRO else ()
    for campo, valor in nuevos.items():
        setattr(producto, campo, valor)
    producto.busqueda = plegar(producto.codigo, producto.nombre)
    if "presentaciones" in cambios:
        poner_presentaciones(producto, cambios["presentaciones"])
    exigir_unidad_aparte(producto)
    producto.touch()
    db.session.flush()
    if cambia_unidad:
        exigir_sin_historia(producto)
    _arrastrar(producto, distintos, stock)
    if "tarifa_iva" in cambios:
        fijar_tarifa(cambios["tarifa_iva"], cambios.get("tarifa_desde"), producto_id=producto.id)
    producto.advertencias = _avisos(producto) if "activo" in distintos else []
    return anunciado(producto.id, "actualizado")


_APARTE = frozenset({"categoria", "tarifa_iva", "tarifa_desde", "presentaciones"})
# What the ledger goes by: not while it writes.
_DEL_LIBRO = frozenset({"unidad", "costo_unitario", "stock_minimo", "permite_negativo"})


def _arrastrar(producto: Producto, distintos: set[str], stock: Sequence[Stock]) -> None:
    """Bring to the new values what follows from them; product and stock are locked."""
    if "permite_negativo" in distintos:
        _permitir_negativo(producto, stock)
    if "stock_minimo" in distintos and stock:
        anotar_nivel(stock)
    if "costo_unitario" in distintos:
        if db.session.scalar(db.select(func.sum(Stock.cantidad)).where(Stock.producto_id == producto.id)):
            raise Conflict(
                "costo_de_existencias", "El costo de lo que hay en existencia lo dicen sus entradas, no la ficha."
            )
        db.session.add(CostoProducto(producto_id=producto.id, costo=producto.costo_unitario))


def _permitir_negativo(producto: Producto, stock: Sequence[Stock]) -> None:
    """Let its stock fall below zero, or no longer."""
    de_producto = Existencia.producto_id == producto.id
    if not producto.permite_negativo and db.session.scalar(
        db.select(db.exists().where(de_producto, Existencia.cantidad < 0))
    ):
        raise Conflict("existencias_negativas", "Hay existencias por debajo de cero; ajústelas antes.")
    for fila in stock:
        fila.permite_negativo = producto.permite_negativo
    db.session.execute(update(Existencia).where(de_producto).values(permite_negativo=producto.permite_negativo))


def _avisos(producto: Producto) -> list[str]:
    """A product that is no longer in use may still be in recipes."""
    if producto.activo or not (recetas := recetas_que_lo_usan(producto.id)):
        return []
    return [f"Todavía lo usan las recetas de: {', '.join(recetas)}."]


def eliminar_producto(producto: Producto) -> None:
    """Delete it. Conflict while there is any of it, or a recipe or an order has it."""
    check_version(producto)
    cerrar(producto.id)  # also waits for whoever is just referring to it
    exigir_que_nada_lo_use(producto)
    producto.eliminar()
    anunciado(producto.id, "eliminado")


def anunciar_los_de(categoria: Categoria) -> None:
    """Others know categories by the names that products have them under."""
    db.session.flush()
    suyos = (
        db.select(Producto.id).where(Producto.categoria_id == categoria.id, Producto.vivos()).order_by(Producto.id)
    )
    for producto_id in db.session.scalars(suyos).all():
        anunciado(producto_id, "actualizado")


def poner_presentaciones(producto: Producto, dadas: Sequence[Mapping[str, Any]]) -> None:
    """Let the product come in these packages, and no others. Raises Invalid where one is its own unit."""
    de_antes = {una.nombre: una for una in producto.presentaciones}
    habia = {nombre: una.factor for nombre, una in de_antes.items()}
    ahora = []
    for dada in dadas:
        una = de_antes.get(fold(dada["nombre"])) or Presentacion(nombre=fold(dada["nombre"]))
        una.factor = dada["factor"]
        ahora.append(una)
    producto.presentaciones = ahora
    exigir_unidad_aparte(producto)
    hay = {una.nombre: una.factor for una in ahora}
    if producto.id is not None and hay != habia:
        cambio = [{nombre: str(factor) for nombre, factor in unas.items()} for unas in (habia, hay)]
        audit.record("producto", producto.id, {"presentaciones": cambio})


def cambiar_presentaciones(producto: Producto, dadas: Sequence[Mapping[str, Any]]) -> Producto:
    """Let the product come in these packages, and no others; it, as it stands then."""
    check_version(producto)
    poner_presentaciones(producto, dadas)
    producto.touch()
    return anunciado(producto.id, "actualizado")


def exigir_unidad_aparte(producto: Producto) -> None:
    """Invalid when a package is called as the unit in which the product is counted."""
    if fold(producto.unidad) in {una.nombre for una in producto.presentaciones}:
        raise Invalid({"presentaciones": ["Una presentación no puede llamarse como la unidad del producto."]})


def exigir_proveedor(proveedor_id: int | None) -> None:
    """Invalid when there is no such supplier; nobody deletes it until this transaction ends."""
    if proveedor_id is None:
        return
    vivo = db.select(Proveedor.id).where(Proveedor.id == proveedor_id, Proveedor.vivos())
    if db.session.scalar(vivo.with_for_update(read=True)) is None:
        raise Invalid({"proveedor_id": ["No existe ese proveedor."]})
