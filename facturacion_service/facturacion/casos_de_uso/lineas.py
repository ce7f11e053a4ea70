"""Lines of invoices and quotes: what they charge, at what price and rate, and what they come to.

filas = preparar_lineas(datos["detalles"])                   # may ask inventario_service: before the first write
factura.detalles = [FacturaDetalle(**fila) for fila in filas]
poner_totales(factura)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from comun.db import release
from comun.errors import Invalid
from facturacion.clientes.inventario import EnVenta, inventario
from facturacion.dominio.calculo import (
    EXENTO,
    NO_OBJETO,
    ConImportes,
    LineaInvalida,
    codigo_iva,
    importes,
    totales,
)
from facturacion.extensiones import db
from facturacion.modelos import TipoLinea, TratamientoRef

# A line of more than this doesn't fit the columns of the totals; nobody means it.
_LINEA_MAXIMA = Decimal(1_000_000_000)
_SIN_TARIFA = (NO_OBJETO, EXENTO)
_CAMPOS = {TipoLinea.TRATAMIENTO: "tratamiento_id", TipoLinea.PRODUCTO: "producto_id"}
_AUSENTE = {TipoLinea.TRATAMIENTO: "No existe ese tratamiento.", TipoLinea.PRODUCTO: "No existe ese producto."}
_CODIGO_OTRO = "OTRO"


@dataclass(frozen=True)
class Articulo:
    """What a line charges: `precio` in US dollars without tax, `tarifa_iva` in percent; `id` None of no catalogue."""

    tipo: TipoLinea
    id: int | None
    codigo: str
    nombre: str
    precio: Decimal
    tarifa_iva: Decimal


class ConTotales(Protocol):
    """A document with its lines and what they come to."""

    bruto: Decimal
    descuento: Decimal
    subtotal: Decimal
    iva: Decimal
    total: Decimal

    @property
    def detalles(self) -> Sequence[ConImportes]: ...


def preparar_lineas(pedidas: Sequence[Mapping[str, Any]], campo: str = "detalles") -> list[dict[str, Any]]:
    """The columns of `Linea` for each of these, as `LineaNueva` reads them. What they don't say is the catalogue's.

    Asks inventario_service when it has to, and ends the transaction then, which must not have written: Unavailable
    when it is down. Raises Invalid, which names lines by their place, from 0.
    """
    vendidos = _del_catalogo([pedida for pedida in pedidas if _hay_que_preguntar(pedida)])
    filas, errores = [], {}
    for lugar, pedida in enumerate(pedidas):
        try:
            filas.append(columnas(lugar + 1, _articulo(pedida, vendidos), pedida))
        except LineaInvalida as error:
            errores[lugar] = {error.campo: [str(error)]}
    if errores:
        raise Invalid({campo: errores})
    return filas


def columnas(orden: int, articulo: Articulo, pedida: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of `Linea` of so much (`cantidad`) of something.

    `pedida` may say another `descripcion`, `precio_unitario`, `tarifa_iva` or `codigo_iva`, and a `descuento` or
    `descuento_porcentaje`. Raises LineaInvalida.
    """
    especial = codigo if (codigo := pedida.get("codigo_iva")) in _SIN_TARIFA else None
    tarifa = pedida.get("tarifa_iva", Decimal(0) if especial else articulo.tarifa_iva)
    precio = pedida.get("precio_unitario", articulo.precio)
    cantidad = Decimal(pedida["cantidad"])
    if cantidad * precio >= _LINEA_MAXIMA:
        raise LineaInvalida("precio_unitario", "La línea vale demasiado.")
    suma = importes(
        cantidad,
        precio,
        tarifa,
        descuento=pedida.get("descuento"),
        porcentaje=pedida.get("descuento_porcentaje"),
    )
    if codigo is not None and codigo != codigo_iva(tarifa, especial):
        raise LineaInvalida("codigo_iva", "No es el código de esa tarifa.")
    return {
        "orden": orden,
        "tipo": articulo.tipo,
        "tratamiento_id": articulo.id if articulo.tipo is TipoLinea.TRATAMIENTO else None,
        "producto_id": articulo.id if articulo.tipo is TipoLinea.PRODUCTO else None,
        "codigo": articulo.codigo,
        "descripcion": pedida.get("descripcion", articulo.nombre),
        "cantidad": cantidad,
        "precio_unitario": precio,
        "bruto": suma.bruto,
        "descuento": suma.descuento,
        "base": suma.base,
        "tarifa_iva": tarifa,
        "codigo_iva": codigo_iva(tarifa, especial),
        "iva": suma.iva,
    }


def poner_totales(documento: ConTotales) -> None:
    """The totals of a document are the sums of its lines."""
    suma = totales(documento.detalles)
    documento.bruto, documento.descuento = suma.bruto, suma.descuento
    documento.subtotal, documento.iva, documento.total = suma.subtotal, suma.iva, suma.total


Vendidos = Mapping[tuple[TipoLinea, int], EnVenta]


def _de_que(pedida: Mapping[str, Any]) -> tuple[TipoLinea, int] | None:
    return next(((tipo, uno) for tipo, campo in _CAMPOS.items() if (uno := pedida.get(campo)) is not None), None)


def _dice_todo(pedida: Mapping[str, Any]) -> bool:
    con_tarifa = "tarifa_iva" in pedida or pedida.get("codigo_iva") in _SIN_TARIFA
    return con_tarifa and "precio_unitario" in pedida


def _hay_que_preguntar(pedida: Mapping[str, Any]) -> bool:
    match _de_que(pedida):
        case None:
            return False
        case (TipoLinea.TRATAMIENTO, uno):
            return not _dice_todo(pedida) or db.session.get(TratamientoRef, uno) is None
    return True


def _del_catalogo(pedidas: Sequence[Mapping[str, Any]]) -> Vendidos:
    cosas = {cosa for pedida in pedidas if (cosa := _de_que(pedida)) is not None}
    if not cosas:
        return {}
    release(db.session)
    preguntar = {TipoLinea.TRATAMIENTO: inventario().tratamientos, TipoLinea.PRODUCTO: inventario().productos}
    vendidos = {}
    for tipo, pregunta in preguntar.items():
        if ids := [uno for de, uno in cosas if de is tipo]:
            vendidos.update({(tipo, uno): venta for uno, venta in pregunta(ids).items()})
    return vendidos


def _articulo(pedida: Mapping[str, Any], vendidos: Vendidos) -> Articulo:
    if (cosa := _de_que(pedida)) is None:
        tarifa = pedida.get("tarifa_iva", Decimal(0))
        descripcion, precio = pedida["descripcion"], pedida["precio_unitario"]
        return Articulo(TipoLinea.OTRO, None, _CODIGO_OTRO, descripcion, precio, tarifa)
    tipo, uno = cosa
    venta = vendidos.get(cosa) or _conocido(pedida, tipo, uno)
    if venta is None:
        raise LineaInvalida(_CAMPOS[tipo], _AUSENTE[tipo])
    if not venta.activo and not _dice_todo(pedida):
        # It was done or sold while it was in use: at the price that somebody names.
        raise LineaInvalida(_CAMPOS[tipo], f"«{venta.nombre}» está desactivado: dé su precio y su tarifa.")
    return Articulo(tipo, uno, venta.codigo, venta.nombre, venta.precio, venta.tarifa_iva)


def _conocido(pedida: Mapping[str, Any], tipo: TipoLinea, uno: int) -> EnVenta | None:
    """What is left of a treatment of which the line says all the rest; it may have been deleted since."""
    if tipo is not TipoLinea.TRATAMIENTO or not _dice_todo(pedida):
        return None
    ref = db.session.get(TratamientoRef, uno)
    return ref and EnVenta(uno, ref.codigo, ref.nombre, pedida["precio_unitario"], Decimal(0), ref.activo)
