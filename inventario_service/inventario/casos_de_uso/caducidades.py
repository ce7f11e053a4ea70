"""What expires soon: announced once for each lot and centre."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from comun import context
from comun.db import now, reader
from comun.runtime import runtime
from comun.times import zone
from inventario.casos_de_uso.libro import bloquear
from inventario.eventos.emitidos import anunciar_caducidad
from inventario.extensiones import db
from inventario.modelos import CentroRef, Existencia, Lote, Producto
from inventario.modelos.existencias import CON_SALDO

logger = logging.getLogger(__name__)

# No place is more than this ahead of UTC.
UN_DIA = timedelta(days=1)


def avisar_caducidades() -> None:
    """Announce each lot of which a centre still has something that expires soon, or has expired; commits each.

    Any number of these may run at once and be killed at any moment: the news is written with the mark that it was
    told. One that fails is logged and holds up no other; OperationalError ends the run.
    """
    for pendiente in _pendientes():
        try:
            with context.piece_of_work():
                _resolver(pendiente.producto_id, pendiente.centro_id, pendiente.lote_id)
        except OperationalError:
            db.session.rollback()
            raise
        except Exception as error:
            db.session.rollback()
            logger.error("the expiry of lot %s can't be dealt with", pendiente.lote_id, exc_info=error)


def _hoy_y_limite(centro_id: int) -> tuple[date, date]:
    """What day it is at the centre, and until which one what expires is announced."""
    hoy = now().astimezone(zone(db.session.get_one(CentroRef, centro_id).zona_horaria)).date()
    return hoy, hoy + timedelta(days=runtime().settings["INVENTARIO_CADUCIDAD_DIAS"])


def _pendientes() -> Sequence[Row[Any]]:
    """What may have to be announced: only lots of which there is something."""
    limite = (now() + UN_DIA).date() + timedelta(days=runtime().settings["INVENTARIO_CADUCIDAD_DIAS"])
    consulta = (
        db.select(Existencia.producto_id, Existencia.centro_id, Existencia.lote_id)
        .join(Lote, Lote.id == Existencia.lote_id)
        .where(CON_SALDO, Existencia.avisada_en.is_(None), Lote.caducidad <= limite)
        .distinct()
        .order_by(Existencia.producto_id, Existencia.centro_id, Existencia.lote_id)
    )
    with reader(db.engine) as conexion:
        return conexion.execute(consulta).all()


def _resolver(producto_id: int, centro_id: int, lote_id: int) -> None:
    """Deal with one lot at one centre, as it stands once it is locked."""
    bloquear([(producto_id, centro_id)])
    lote = db.session.scalars(
        db.select(Lote)
        .where(Lote.id == lote_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    filas = db.session.scalars(
        db.select(Existencia)
        .where(Existencia.lote_id == lote_id, Existencia.centro_id == centro_id)
        .execution_options(populate_existing=True)
    ).all()
    hoy, limite = _hoy_y_limite(centro_id)
    cantidad = sum(fila.cantidad for fila in filas)
    if lote.caducidad is not None and lote.caducidad <= limite and cantidad > 0:
        nueva = all(fila.avisada_en is None for fila in filas)
        for fila in filas:
            fila.avisada_en = fila.avisada_en or now()
        if nueva:
            anunciar_caducidad(lote, db.session.get_one(Producto, producto_id), centro_id, cantidad, hoy)
    db.session.commit()
