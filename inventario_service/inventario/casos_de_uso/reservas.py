"""What booked appointments are going to use: what of the stock is spoken for, and when it runs out.

By the recipes as they are today, and of alternatives the first; what is optional holds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, or_

from comun.db import now
from comun.times import zone
from inventario.casos_de_uso.libro import Par, disponibles
from inventario.casos_de_uso.recetario import recetas_de
from inventario.dominio.pronostico import Prevision, prever
from inventario.dominio.recetas import necesidades
from inventario.extensiones import db
from inventario.modelos import POR_ATENDER, CentroRef, CitaRef, CitaTratamientoRef

# An appointment that began is still going to use its materials; one that nobody came to is not, though it stays open.
EN_MARCHA = ("en_sala", "en_curso")
MARCHA_LARGA = timedelta(days=1)
ZONA_POR_DEFECTO = "America/Guayaquil"


def reservado(
    producto_ids: Collection[int] | None = None, centro_id: int | None = None, hasta: datetime | None = None
) -> dict[Par, Decimal]:
    """How much of each product at each centre booked appointments will use, from now on (until `hasta`).

    Only of these products and that centre, when given; what is not reserved is absent. Three statements.
    """
    filas = db.session.execute(
        db.select(
            CitaRef.centro_id,
            CitaTratamientoRef.tratamiento_id,
            func.sum(CitaTratamientoRef.cantidad).label("veces"),
        )
        .join(CitaRef, CitaRef.id == CitaTratamientoRef.cita_id)
        .where(*_por_atender(centro_id, hasta))
        .group_by(CitaRef.centro_id, CitaTratamientoRef.tratamiento_id)
    ).all()
    por_vez = _por_vez({fila.tratamiento_id for fila in filas}, producto_ids)
    total: dict[Par, Decimal] = defaultdict(Decimal)
    for fila in filas:
        for producto_id, cantidad in por_vez[fila.tratamiento_id].items():
            total[producto_id, fila.centro_id] += cantidad * fila.veces
    return dict(total)


def pronostico(
    dias: int, producto_ids: Collection[int] | None = None, centro_id: int | None = None
) -> dict[Par, Prevision]:
    """How far the stock of what booked appointments of the next `dias` days use goes, each on its centre's calendar.

    Only of these products and that centre, when given. Five statements.
    """
    momento = now()
    usos = _usos_por_dia(momento, momento + timedelta(days=dias), producto_ids, centro_id)
    lugares = disponibles(usos)
    zonas = _zonas({centro for _, centro in usos})
    previsiones = {}
    for par, por_dia in usos.items():
        hoy = momento.astimezone(zone(zonas.get(par[1], ZONA_POR_DEFECTO))).date()
        previsiones[par] = prever(lugares[par], por_dia, hoy, hoy + timedelta(days=dias))
    return previsiones


def _usos_por_dia(
    momento: datetime, hasta: datetime, producto_ids: Collection[int] | None, centro_id: int | None
) -> dict[Par, dict[date, Decimal]]:
    filas = db.session.execute(
        db.select(
            CitaRef.centro_id,
            CitaRef.fecha_hora,
            CitaTratamientoRef.tratamiento_id,
            CitaTratamientoRef.cantidad,
            CentroRef.zona_horaria,
        )
        .join(CitaRef, CitaRef.id == CitaTratamientoRef.cita_id)
        .outerjoin(CentroRef, CentroRef.id == CitaRef.centro_id)
        .where(*_por_atender(centro_id, hasta))
    ).all()
    por_vez = _por_vez({fila.tratamiento_id for fila in filas}, producto_ids)
    usos: dict[Par, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for fila in filas:
        # What began yesterday and goes on is used today.
        dia = max(fila.fecha_hora, momento).astimezone(zone(fila.zona_horaria or ZONA_POR_DEFECTO)).date()
        for producto_id, cantidad in por_vez[fila.tratamiento_id].items():
            usos[producto_id, fila.centro_id][dia] += cantidad * fila.cantidad
    return usos


def _por_atender(centro_id: int | None, hasta: datetime | None) -> Iterable[ColumnElement[bool]]:
    momento = now()
    en_marcha = and_(CitaRef.estado.in_(EN_MARCHA), CitaRef.fecha_hora >= momento - MARCHA_LARGA)
    yield CitaRef.estado.in_(POR_ATENDER)
    yield or_(CitaRef.fecha_hora >= momento, en_marcha)
    if centro_id is not None:
        yield CitaRef.centro_id == centro_id
    if hasta is not None:
        yield CitaRef.fecha_hora < hasta


def _por_vez(tratamiento_ids: Collection[int], producto_ids: Collection[int] | None) -> dict[int, dict[int, Decimal]]:
    """Of each treatment, how much of which products it uses once."""
    recetas = recetas_de(tratamiento_ids)
    usos: dict[int, dict[int, Decimal]] = {}
    for tratamiento_id in tratamiento_ids:
        usos[tratamiento_id] = defaultdict(Decimal)
        for necesidad in necesidades(tratamiento_id, Decimal(1), recetas):
            producto_id, cantidad = necesidad.opciones[0]
            if not necesidad.opcional and (producto_ids is None or producto_id in producto_ids):
                usos[tratamiento_id][producto_id] += cantidad
    return usos


def _zonas(centros: Collection[int]) -> dict[int, str]:
    filas = db.session.execute(db.select(CentroRef.id, CentroRef.zona_horaria).where(CentroRef.id.in_(centros)))
    return {fila.id: fila.zona_horaria for fila in filas}
