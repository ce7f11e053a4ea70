"""Transfers: what leaves one warehouse and comes into another, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from comun import audit
from comun.auth.caller import Caller
from comun.errors import Invalid, NotFound
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear
from inventario.casos_de_uso.lugares import bodega_de
from inventario.casos_de_uso.renglones import Renglon, leer_renglones
from inventario.casos_de_uso.tomas import exigir_activo, tomar
from inventario.extensiones import db
from inventario.modelos import Bodega, Movimiento, Tipo, Traslado


def trasladar(datos: Mapping[str, Any], quien: Caller) -> Traslado:
    """Move lots from one warehouse to another: for each its two movements, linked by the transfer.

    A line without a lot takes first what expires first; a lot that is named moves even if it has expired.
    Invalid names lines by their place, from 0.
    """
    origen = _bodega(datos, "origen_id", quien)
    destino = _bodega(datos, "destino_id", quien)
    if origen.id == destino.id:
        raise Invalid({"destino_id": ["Debe ser otra bodega que la de origen."]})
    lineas = leer_renglones(datos["lineas"], "cantidad")
    if repetidas := _repetidas(datos["lineas"]):
        raise Invalid({"lineas": repetidas})
    for linea in lineas:
        exigir_activo(linea.producto)
    bloquear((linea.producto.id, bodega.centro_id) for linea in lineas for bodega in (origen, destino))
    traslado = Traslado(origen_id=origen.id, destino_id=destino.id, motivo=datos.get("motivo"), por=quien.actor)
    db.session.add(traslado)
    db.session.flush()
    asentar(_asientos(lineas, origen, destino, traslado), por=quien.actor)
    audit.record("traslado", traslado.id, {"lineas": len(lineas)})
    return obtener_traslado(traslado.id, quien)


def obtener_traslado(traslado_id: int, quien: Caller) -> Traslado:
    """One of them, if it left or reached a centre of the caller; NotFound otherwise."""
    consulta = db.select(Traslado).where(Traslado.id == traslado_id, visibles_para(quien)).options(*a_la_vista())
    traslado = db.session.scalar(consulta.execution_options(populate_existing=True))
    if traslado is None:
        raise NotFound("No existe ese traslado, o no es de su centro.")
    return traslado


def visibles_para(quien: Caller) -> ColumnElement[bool]:
    """Those that left or reached a centre whose stock the caller sees."""
    return entre(Bodega.visibles_para(quien))


def entre(condicion: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those of which one end is a warehouse that meets the condition."""
    bodegas = db.select(Bodega.id).where(condicion)
    return Traslado.origen_id.in_(bodegas) | Traslado.destino_id.in_(bodegas)


def a_la_vista() -> Sequence[ExecutableOption]:
    """What is shown with each transfer."""
    salidas = selectinload(Traslado.salidas)
    return (
        joinedload(Traslado.origen),
        joinedload(Traslado.destino),
        salidas.joinedload(Movimiento.producto),
        salidas.joinedload(Movimiento.lote),
    )


def _bodega(datos: Mapping[str, Any], campo: str, quien: Caller) -> Bodega:
    try:
        return bodega_de(datos[campo], None, quien)
    except Invalid:
        raise Invalid({campo: ["No existe esa bodega."]}) from None


def _repetidas(pedidas: Sequence[Mapping[str, Any]]) -> dict[int, Any]:
    """Lines that would take of what another one takes: the same lot again, or any lot of the same product."""
    errores = {}
    vistas: dict[int, set[str | None]] = {}
    for lugar, pedida in enumerate(pedidas):
        otras, lote = vistas.setdefault(pedida["producto_id"], set()), pedida.get("lote")
        if otras and (lote is None or lote in otras or None in otras):
            errores[lugar] = {"producto_id": ["El producto está en otra línea; sume las dos, o diga los lotes."]}
        otras.add(lote)
    return errores


def _asientos(lineas: Sequence[Renglon], origen: Bodega, destino: Bodega, traslado: Traslado) -> list[Asiento]:
    """Each lot out of the one and into the other."""
    partes = [
        parte
        for linea in lineas
        for parte in tomar(linea.producto, origen.centro_id, linea.cantidad, bodega=origen, lote=linea.lote)
    ]
    return [
        Asiento(
            Tipo.TRASLADO,
            parte.lote,
            bodega,
            signo * parte.cantidad,
            motivo=traslado.motivo,
            referencia=f"traslado/{traslado.id}",
            traslado_id=traslado.id,
        )
        for parte in partes
        for bodega, signo in ((origen, -1), (destino, 1))
    ]
