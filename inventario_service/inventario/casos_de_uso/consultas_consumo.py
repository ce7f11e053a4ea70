"""Consumptions and shortages as they are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, literal_column, or_
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from comun.auth.caller import Caller
from comun.errors import NotFound
from comun.times import zone
from inventario.extensiones import db
from inventario.modelos import CentroRef, Consumo, ConsumoLinea, Lote, Movimiento

CENTAVO = Decimal("0.01")


def consumos(filtro: Mapping[str, Any], quien: Caller) -> Select[Any]:
    """Those that the caller may see."""
    consulta = db.select(Consumo).where(Consumo.visibles_para(quien), *_del_rango(filtro))
    if "doctor_id" in filtro:
        consulta = consulta.where(Consumo.doctor_id == filtro["doctor_id"])
    if "revertidos" in filtro:
        vigente = Consumo.revertido_en.is_(None)
        consulta = consulta.where(~vigente if filtro["revertidos"] else vigente)
    return consulta


def faltantes(filtro: Mapping[str, Any], quien: Caller) -> Select[Any]:
    """Those that the caller may see, with all that is shown of them."""
    sin_resolver = ConsumoLinea.resuelto_en.is_(None)
    consulta = (
        db.select(ConsumoLinea)
        .join(ConsumoLinea.consumo)
        # Spelt out, so that the index over those that wait is used.
        .where(ConsumoLinea.faltante > literal_column("0"), sin_resolver if filtro["pendientes"] else ~sin_resolver)
        .where(Consumo.visibles_para(quien), *_del_rango(filtro))
        .options(
            contains_eager(ConsumoLinea.consumo),
            joinedload(ConsumoLinea.producto),
            joinedload(ConsumoLinea.tratamiento),
        )
    )
    if "producto_id" in filtro:
        consulta = consulta.where(ConsumoLinea.producto_id == filtro["producto_id"])
    return consulta


def detalle(consumo_id: int, quien: Caller) -> dict[str, Any]:
    """One consumption with the lots that were taken for each line; NotFound.

    Without `inventario:costos:leer` the costs are None.
    """
    consumo = db.session.scalar(
        db.select(Consumo)
        .where(Consumo.id == consumo_id, Consumo.visibles_para(quien))
        .options(
            selectinload(Consumo.lineas).joinedload(ConsumoLinea.producto),
            selectinload(Consumo.lineas).joinedload(ConsumoLinea.tratamiento),
        )
    )
    if consumo is None:
        raise NotFound("No existe ese consumo, o no es de su centro.")
    con_costo = quien.can("inventario:costos:leer")
    lotes = _lotes([linea.id for linea in consumo.lineas], con_costo)
    en_orden = sorted(consumo.lineas, key=lambda linea: linea.id)
    lineas = [_linea(linea, lotes[linea.id], con_costo) for linea in en_orden]
    campos = ("id", "cita_id", "centro_id", "doctor_id", "completada_en", "registrado_en", "revertido_en")
    return {
        **{campo: getattr(consumo, campo) for campo in campos},
        "lineas": lineas,
        "costo": sum((linea["costo"] for linea in lineas), Decimal(0)) if con_costo else None,
    }


def _linea(linea: ConsumoLinea, lotes: list[dict[str, Any]], con_costo: bool) -> dict[str, Any]:
    campos = ("id", "tratamiento", "receta_id", "producto", "cantidad", "faltante", "resolucion")
    costo = sum((lote["costo"] for lote in lotes), Decimal(0)) if con_costo else None
    return {**{campo: getattr(linea, campo) for campo in campos}, "lotes": lotes, "costo": costo}


def _lotes(linea_ids: Iterable[int], con_costo: bool) -> dict[int, list[dict[str, Any]]]:
    """What was taken for each line, also if it is back since."""
    filas = db.session.execute(
        db.select(Movimiento, Lote.codigo, Lote.caducidad)
        .join(Lote, Lote.id == Movimiento.lote_id)
        .where(Movimiento.consumo_linea_id.in_(list(linea_ids)), Movimiento.corrige_id.is_(None))
        .order_by(Movimiento.id)
    )
    lotes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for movimiento, codigo, caducidad in filas:
        costo = (-movimiento.cantidad * movimiento.costo_unitario).quantize(CENTAVO, ROUND_HALF_UP)
        lotes[movimiento.consumo_linea_id].append(
            {
                "lote_id": movimiento.lote_id,
                "lote": codigo or None,
                "caducidad": caducidad,
                "bodega_id": movimiento.bodega_id,
                "cantidad": -movimiento.cantidad,
                "costo_unitario": movimiento.costo_unitario if con_costo else None,
                "costo": costo if con_costo else None,
            }
        )
    return lotes


def _del_rango(filtro: Mapping[str, Any]) -> Iterable[ColumnElement[bool]]:
    if "cita_id" in filtro:
        yield Consumo.cita_id == filtro["cita_id"]
    if "centro_id" in filtro:
        yield Consumo.centro_id == filtro["centro_id"]
    if "desde" in filtro or "hasta" in filtro:
        yield _en_dias(filtro.get("desde"), filtro.get("hasta"))


def _en_dias(desde: date | None, hasta: date | None) -> ColumnElement[bool]:
    """Completed on these days, on each centre's calendar."""
    por_zona: dict[str, list[int]] = defaultdict(list)
    for fila in db.session.execute(db.select(CentroRef.id, CentroRef.zona_horaria)):
        por_zona[fila.zona_horaria].append(fila.id)
    condiciones = []
    for zona, centros in por_zona.items():
        en_zona: list[ColumnElement[bool]] = [Consumo.centro_id.in_(centros)]
        if desde is not None:
            en_zona.append(Consumo.completada_en >= _medianoche(desde, zona))
        if hasta is not None:
            en_zona.append(Consumo.completada_en < _medianoche(hasta + timedelta(days=1), zona))
        condiciones.append(and_(*en_zona))
    return or_(false(), *condiciones)


def _medianoche(dia: date, zona: str) -> datetime:
    return datetime.combine(dia, time.min, zone(zona))
