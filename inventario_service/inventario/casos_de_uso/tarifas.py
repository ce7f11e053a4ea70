"""Rates of IVA with their validity: each product and each treatment carries its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ScalarSelect, func

from comun.db import now
from comun.times import zone
from inventario.extensiones import db
from inventario.modelos import TarifaIva

# Ley de Régimen Tributario Interno: the general rate since 2024-04-01, and that of health services.
GENERAL = Decimal(15)
DE_SALUD = Decimal(0)


def hoy() -> date:
    """Today on the calendar of Ecuador."""
    return now().astimezone(zone("America/Guayaquil")).date()


def fijar_tarifa(
    tarifa: Decimal,
    desde: date | None = None,
    *,
    producto_id: int | None = None,
    tratamiento_id: int | None = None,
) -> bool:
    """Let that rate hold for one product or one treatment from a day on (today), until the next one begins.

    A rate that begins on the same day is replaced. Whether it changed anything: what holds already is left.
    The caller has locked the product or the treatment, or made it in this transaction.
    """
    dia = desde or hoy()
    del_dia = db.session.scalar(
        db.select(TarifaIva).filter_by(producto_id=producto_id, tratamiento_id=tratamiento_id, desde=dia)
    )
    if del_dia is not None:
        cambia = del_dia.tarifa != tarifa
        del_dia.tarifa = tarifa
        return cambia
    if _vigente(producto_id, tratamiento_id, dia) == tarifa:
        return False
    db.session.add(TarifaIva(producto_id=producto_id, tratamiento_id=tratamiento_id, tarifa=tarifa, desde=dia))
    return True


def tarifas_vigentes(
    *,
    producto_ids: Collection[int] | None = None,
    tratamiento_ids: Collection[int] | None = None,
    dia: date | None = None,
) -> dict[int, Decimal]:
    """Product or treatment → the rate that holds on that day (today); without those that have none yet."""
    columna: Any = TarifaIva.tratamiento_id if producto_ids is None else TarifaIva.producto_id
    ids = (tratamiento_ids if producto_ids is None else producto_ids) or ()
    puesto = func.row_number().over(partition_by=columna, order_by=TarifaIva.desde.desc()).label("puesto")
    de_antes = (
        db.select(columna.label("de"), TarifaIva.tarifa, puesto)
        .where(columna.in_(sorted(ids)), TarifaIva.desde <= (dia or hoy()))
        .subquery()
    )
    vigentes = db.session.execute(db.select(de_antes.c.de, de_antes.c.tarifa).where(de_antes.c.puesto == 1))
    return {fila.de: fila.tarifa for fila in vigentes}


def historia_de_tarifas(*, producto_id: int | None = None, tratamiento_id: int | None = None) -> Sequence[TarifaIva]:
    """All rates of one product or one treatment, those to come too, the latest first."""
    consulta = db.select(TarifaIva).filter_by(producto_id=producto_id, tratamiento_id=tratamiento_id)
    return db.session.scalars(consulta.order_by(TarifaIva.desde.desc())).all()


def tarifa_al(columna: Any, dueno: Any, dia: date) -> ScalarSelect[Decimal]:
    """For a list: the rate of each row on that day.

    `columna` is TarifaIva.producto_id or .tratamiento_id, `dueno` the id that it refers to.
    """
    consulta = db.select(TarifaIva.tarifa).where(columna == dueno, TarifaIva.desde <= dia)
    return consulta.order_by(TarifaIva.desde.desc()).limit(1).scalar_subquery()


def _vigente(producto_id: int | None, tratamiento_id: int | None, dia: date) -> Decimal | None:
    if producto_id is not None:
        return tarifas_vigentes(producto_ids=[producto_id], dia=dia).get(producto_id)
    if tratamiento_id is not None:
        return tarifas_vigentes(tratamiento_ids=[tratamiento_id], dia=dia).get(tratamiento_id)
    raise ValueError("a rate is of a product or of a treatment")
