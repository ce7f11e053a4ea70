"""News that this service sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from comun.events import emit
from inventario.modelos import (
    Consumo,
    ConsumoLinea,
    Lote,
    OrdenCompra,
    OrdenLinea,
    Producto,
    Recepcion,
    Stock,
    TarifaIva,
    Tratamiento,
)


def anunciar_stock(stock: Stock, minimo: Decimal, suceso: str) -> None:
    """Emit `stock.bajo.v1` or `stock.repuesto.v1` in the current transaction."""
    emit(
        f"stock.{suceso}.v1",
        f"stock/{stock.id}",
        {
            "id": stock.id,
            "producto_id": stock.producto_id,
            "centro_id": stock.centro_id,
            "cantidad": stock.cantidad,
            "minimo": minimo,
        },
    )


def anunciar_orden(
    orden: OrdenCompra,
    suceso: str,
    *,
    motivo: str | None = None,
    recepcion: Recepcion | None = None,
    recibido: Sequence[tuple[Mapping[str, Any], OrdenLinea]] = (),
) -> None:
    """Emit `orden_compra.<suceso>.v1` in the current transaction: with its lines, or with what came of them."""
    datos: dict[str, Any] = {
        "id": orden.id,
        "proveedor_id": orden.proveedor_id,
        "proveedor": orden.proveedor.nombre,
        "centro_id": orden.centro_id,
        "bodega_id": orden.bodega_id,
        "estado": str(orden.estado),
        "esperada_el": orden.esperada_el,
    }
    if recepcion is None:
        lineas = [_linea_de_orden(linea, linea.cantidad, linea.costo) for linea in orden.lineas]
    else:
        lineas = [
            _linea_de_orden(linea, dada["cantidad"], linea.costo if dada.get("costo") is None else dada["costo"])
            for dada, linea in recibido
        ]
        datos |= {"recepcion_id": recepcion.id, "documento": recepcion.documento}
    if suceso == "anulada":
        datos["motivo"] = motivo
    total = sum((linea["cantidad"] * linea["costo_unitario"] for linea in lineas), Decimal(0))
    emit(
        f"orden_compra.{suceso}.v1",
        f"orden_compra/{orden.id}",
        {**datos, "total": total.quantize(Decimal("0.01")), "lineas": lineas},
    )


def _linea_de_orden(linea: OrdenLinea, cantidad: Decimal, costo: Decimal) -> dict[str, Any]:
    return {
        "producto_id": linea.producto_id,
        "codigo": linea.producto.codigo,
        "nombre": linea.producto.nombre,
        "unidad": linea.unidad,
        "cantidad": cantidad,
        "costo_unitario": costo,
    }


def anunciar_caducidad(lote: Lote, producto: Producto, centro_id: int, cantidad: Decimal, hoy: date) -> None:
    """Emit `lote.por_caducar.v1` in the current transaction: so much of a lot is still at a centre."""
    caducidad = lote.caducidad
    assert caducidad is not None
    emit(
        "lote.por_caducar.v1",
        f"lote/{lote.id}",
        {
            "id": lote.id,
            "codigo": lote.codigo or None,
            "producto_id": producto.id,
            "producto_codigo": producto.codigo,
            "producto": producto.nombre,
            "centro_id": centro_id,
            "cantidad": cantidad,
            "caducidad": caducidad,
            "dias": (caducidad - hoy).days,
        },
    )


def anunciar_producto(producto: Producto, suceso: str, tarifas: Iterable[TarifaIva]) -> None:
    """Emit `producto.<suceso>.v1` in the current transaction. `tarifas`: all its rates of IVA."""
    emit(f"producto.{suceso}.v1", f"producto/{producto.id}", datos_producto(producto, producto.categoria, tarifas))


def datos_producto(producto: Producto, categoria: str | None, tarifas: Iterable[TarifaIva]) -> dict[str, Any]:
    """What others may know of a product: what it is called, and at what price and rates it is sold."""
    campos = ("id", "codigo", "nombre", "unidad", "precio_venta", "activo")
    return {
        **{campo: getattr(producto, campo) for campo in campos},
        "categoria": categoria,
        "tarifas_iva": _vigencias(tarifas),
    }


def datos_tratamiento(tratamiento: Tratamiento) -> dict[str, Any]:
    """What others may know of a treatment."""
    campos = ("id", "codigo", "nombre", "categoria", "especialidad", "precio", "duracion_minutos", "activo")
    return {
        **{campo: getattr(tratamiento, campo) for campo in campos},
        "tarifas_iva": _vigencias(tratamiento.tarifas),
    }


def anunciar_tratamiento(tratamiento: Tratamiento, suceso: str) -> None:
    """Emit `tratamiento.<suceso>.v1` in the current transaction, which has written the treatment."""
    emit(f"tratamiento.{suceso}.v1", f"tratamiento/{tratamiento.id}", datos_tratamiento(tratamiento))


def _vigencias(tarifas: Iterable[TarifaIva]) -> list[dict[str, Any]]:
    return [{"tarifa": una.tarifa, "desde": una.desde} for una in sorted(tarifas, key=lambda una: una.desde)]


def anunciar_consumo(consumo: Consumo, costos: Mapping[int, Decimal]) -> None:
    """Emit `consumo.registrado.v1`, and `stock.faltante.v1` when something was missing, in the current transaction.

    `costos`: id of a line → what was taken for it had cost. The lines come with their products.
    """
    lineas = [
        {
            "id": linea.id,
            "tratamiento_id": linea.tratamiento_id,
            "producto_id": linea.producto_id,
            "cantidad": linea.cantidad,
            "faltante": linea.faltante,
            "costo": costos.get(linea.id, Decimal(0)),
        }
        for linea in consumo.lineas
    ]
    datos = {"completada_en": consumo.completada_en, "costo": sum(costos.values(), Decimal(0)), "lineas": lineas}
    _del_consumo("consumo.registrado.v1", consumo, datos)
    faltantes = [
        {
            "linea_id": linea.id,
            "producto_id": linea.producto_id,
            "codigo": linea.producto.codigo,
            "nombre": linea.producto.nombre,
            "unidad": linea.producto.unidad,
            "cantidad": linea.cantidad,
            "faltante": linea.faltante,
        }
        for linea in consumo.lineas
        if linea.faltante > 0
    ]
    if faltantes:
        _del_consumo("stock.faltante.v1", consumo, {"faltantes": faltantes})


def anunciar_reversion(consumo: Consumo, costo: Decimal) -> None:
    """Emit `consumo.revertido.v1` in the current transaction; `costo`: of what is back."""
    _del_consumo("consumo.revertido.v1", consumo, {"costo": costo})


def anunciar_resolucion(linea: ConsumoLinea, costo: Decimal) -> None:
    """Emit `stock.faltante_resuelto.v1` in the current transaction; `costo`: of what was taken after all."""
    datos = {
        "linea_id": linea.id,
        "tratamiento_id": linea.tratamiento_id,
        "producto_id": linea.producto_id,
        "faltante": linea.faltante,
        "resolucion": linea.resolucion,
        "costo": costo,
    }
    _del_consumo("stock.faltante_resuelto.v1", linea.consumo, datos)


def _del_consumo(tipo: str, consumo: Consumo, datos: Mapping[str, Any]) -> None:
    de_que = {"cita_id": consumo.cita_id, "centro_id": consumo.centro_id, "doctor_id": consumo.doctor_id}
    emit(tipo, f"consumo/{consumo.id}", {"id": consumo.id, **de_que, **datos})
