"""Of which days and which centres a report is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, timedelta
from typing import Any

from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.times import zone
from facturacion.extensiones import db
from facturacion.modelos import CentroRef
from facturacion.modelos.reportes import Alcance


def alcance_de(filtro: Mapping[str, Any], quien: Caller) -> Alcance:
    """What is asked for, as far as it is the caller's to see; the current month, when no days are given."""
    desde, hasta = rango_de(filtro)
    return Alcance(desde, hasta, centros_de(quien, filtro.get("centro_id")), filtro.get("doctor_id"))


def centros_de(quien: Caller, centro_id: int | None = None) -> frozenset[int] | None:
    """The centres whose figures the caller sees, or that one of them; None: all."""
    if quien.alcance is Scope.RED:
        return None if centro_id is None else frozenset({centro_id})
    suyos = quien.centros if quien.alcance is Scope.CENTROS else frozenset[int]()
    return suyos if centro_id is None else suyos & {centro_id}


def rango_de(filtro: Mapping[str, Any]) -> tuple[date, date]:
    """The days asked for; the current month, or the rest of the month of the one that is given."""
    desde, hasta = filtro.get("desde"), filtro.get("hasta")
    mes = desde or hasta or hoy_en(filtro.get("centro_id"))
    desde = desde or mes.replace(day=1)
    if hasta is None:
        hasta = (mes.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return desde, hasta


def hoy_en(centro_id: int | None = None) -> date:
    """Today at that centre, or at the first of the network."""
    de_este = CentroRef.id == centro_id if centro_id is not None else db.true()
    zona = db.session.scalar(db.select(CentroRef.zona_horaria).where(de_este).order_by(CentroRef.id).limit(1))
    return now().astimezone(zone(zona) if zona else UTC).date()


def hoy_en_cada(centros: Collection[int] | None) -> dict[date, frozenset[int] | None]:
    """The day that it is → the centres where it is; None: wherever, as it is the same day everywhere."""
    de_estos = db.true() if centros is None else CentroRef.id.in_(centros)
    momento = now()
    dias: dict[date, list[int]] = {}
    for uno, zona in db.session.execute(db.select(CentroRef.id, CentroRef.zona_horaria).where(de_estos)):
        dias.setdefault(momento.astimezone(zone(zona)).date(), []).append(uno)
    if len(dias) > 1:
        return {dia: frozenset(suyos) for dia, suyos in dias.items()}
    return dict.fromkeys(dias or [hoy_en()], None if centros is None else frozenset(centros))
