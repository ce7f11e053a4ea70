"""Expenses that come again and again: the worker writes each on its day, and what it missed when it is back.

They are written unpaid: whoever pays one says with what.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import OperationalError

from comun import context
from comun.auth.caller import Caller
from comun.db import now, reader
from comun.errors import Invalid
from comun.preconditions import check_version
from facturacion.casos_de_uso.categorias_gasto import categoria_de
from facturacion.casos_de_uso.dias import dia_en
from facturacion.casos_de_uso.gastos import asentar_gasto
from facturacion.casos_de_uso.libro import SISTEMA
from facturacion.casos_de_uso.personas import exigir_centro
from facturacion.dominio.recurrencia import desde_el, entre
from facturacion.eventos.de_gastos import anunciar_gasto
from facturacion.extensiones import db
from facturacion.modelos import Gasto, GastoRecurrente

logger = logging.getLogger(__name__)

# No place is more than this ahead of UTC.
UN_DIA = timedelta(days=1)
# What is written at once for a beginning in the past: a misspelt year would be hundreds.
ATRAS = timedelta(days=366)

_SIMPLES = ("proveedor", "monto", "frecuencia", "desde", "hasta", "activo")


def crear_recurrente(datos: Mapping[str, Any], quien: Caller) -> GastoRecurrente:
    """From `desde` on, which may lie up to a year back: what would have been due is written at the next turn."""
    centro_id = exigir_centro(datos["centro_id"], quien)
    categoria = categoria_de(datos)
    recurrente = GastoRecurrente(
        categoria=categoria,
        centro_id=centro_id,
        descripcion=datos.get("descripcion") or categoria.nombre,
        creado_por=quien.actor,
        **{campo: datos[campo] for campo in _SIMPLES if campo in datos},
    )
    _exigir_periodo(recurrente, desde_dado=True)
    recurrente.proximo = _hasta(recurrente, recurrente.desde)
    db.session.add(recurrente)
    db.session.flush()
    return recurrente


def editar_recurrente(recurrente_id: int, cambios: Mapping[str, Any], quien: Caller) -> GastoRecurrente:
    """Change what comes from now on; what is written stays. What was paused is not caught up."""
    if "centro_id" in cambios:
        exigir_centro(cambios["centro_id"], quien)
    GastoRecurrente.obtener(recurrente_id, quien)
    recurrente = _bloquear(recurrente_id)
    if recurrente is None:
        return GastoRecurrente.obtener(recurrente_id, quien)
    check_version(recurrente)
    pausado, pasado = not recurrente.activo, _ultimo_pasado(recurrente)
    if "categoria_id" in cambios or "categoria" in cambios:
        recurrente.categoria = categoria_de(cambios)
    for campo in ("centro_id", "descripcion", *_SIMPLES):
        if campo in cambios:
            setattr(recurrente, campo, cambios[campo])
    _exigir_periodo(recurrente, desde_dado="desde" in cambios)
    if pausado or {"frecuencia", "desde", "hasta"} & cambios.keys():
        recurrente.proximo = _proximo(recurrente, pausado, pasado)
    return recurrente


def registrar_recurrentes() -> None:
    """Write all that is due, each recurring expense in a transaction of its own. A job of the worker.

    Any number of these may run at once and be killed at any moment: the row is locked, and the expenses are written
    with the day of the next one. One that fails is logged and holds up no other; OperationalError ends the run.
    """
    vencidos = (
        db.select(GastoRecurrente.id)
        .where(GastoRecurrente.vivos(), GastoRecurrente.activo, GastoRecurrente.proximo <= (now() + UN_DIA).date())
        .order_by(GastoRecurrente.id)
    )
    with reader(db.engine) as conexion:
        ids = conexion.scalars(vencidos).all()
    for recurrente_id in ids:
        try:
            with context.piece_of_work():
                _registrar(recurrente_id)
                db.session.commit()
        except OperationalError:
            db.session.rollback()
            raise
        except Exception as error:
            db.session.rollback()
            logger.error("recurring expense %s can't be written", recurrente_id, exc_info=error)


def _registrar(recurrente_id: int) -> None:
    """Write what is due of one, as it stands once it is locked."""
    recurrente = _bloquear(recurrente_id)
    if recurrente is None or not recurrente.activo or recurrente.proximo is None:
        return
    hoy = dia_en(recurrente.centro_id)
    ultimo = min(hoy, recurrente.hasta or hoy)
    for dia in entre(recurrente.desde, recurrente.frecuencia, recurrente.proximo, ultimo):
        gasto = Gasto(
            categoria=recurrente.categoria,
            centro_id=recurrente.centro_id,
            descripcion=recurrente.descripcion,
            proveedor=recurrente.proveedor,
            monto=recurrente.monto,
            fecha=dia,
            recurrente_id=recurrente.id,
            registrado_por=SISTEMA,
        )
        db.session.add(gasto)
        db.session.flush()
        asentar_gasto(gasto, SISTEMA)
        anunciar_gasto(gasto)
        recurrente.proximo = _hasta(recurrente, dia + UN_DIA)


def _bloquear(recurrente_id: int) -> GastoRecurrente | None:
    # Locked by itself: who waited for a change of category would find none beside it.
    db.session.execute(db.select(GastoRecurrente.id).where(GastoRecurrente.id == recurrente_id).with_for_update())
    consulta = db.select(GastoRecurrente).where(GastoRecurrente.id == recurrente_id, GastoRecurrente.vivos())
    consulta = consulta.options(*GastoRecurrente.cargar()).execution_options(populate_existing=True)
    recurrente: GastoRecurrente | None = db.session.scalar(consulta)
    return recurrente


def _ultimo_pasado(recurrente: GastoRecurrente) -> date | None:
    """The last of its days before the next one: what was written of it may bear another date since."""
    fin = recurrente.hasta if recurrente.proximo is None else recurrente.proximo - UN_DIA
    dias = [] if fin is None else entre(recurrente.desde, recurrente.frecuencia, recurrente.desde, fin)
    return dias[-1] if dias else None


def _proximo(recurrente: GastoRecurrente, pausado: bool, pasado: date | None) -> date | None:
    """After the last one that was written, and after `pasado`; of one that was paused, from today on."""
    desde = recurrente.desde
    escrito = db.session.scalar(db.select(func.max(Gasto.fecha)).where(Gasto.recurrente_id == recurrente.id))
    for ultimo in (escrito, pasado):
        if ultimo is not None:
            desde = max(desde, ultimo + UN_DIA)
    if pausado:
        desde = max(desde, dia_en(recurrente.centro_id))
    return _hasta(recurrente, desde)


def _hasta(recurrente: GastoRecurrente, dia: date) -> date | None:
    """The first one on that day or later, unless it comes after the end."""
    siguiente = desde_el(recurrente.desde, recurrente.frecuencia, dia)
    return siguiente if recurrente.hasta is None or siguiente <= recurrente.hasta else None


def _exigir_periodo(recurrente: GastoRecurrente, *, desde_dado: bool) -> None:
    if desde_dado and recurrente.desde < dia_en(recurrente.centro_id) - ATRAS:
        raise Invalid({"desde": ["No puede ser de hace más de un año."]})
    if recurrente.hasta is not None and recurrente.hasta < recurrente.desde:
        raise Invalid({"hasta": ["No puede ser anterior a desde."]})
