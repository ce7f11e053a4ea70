"""Of which days and which centres a report is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from comun.auth.caller import Caller, Scope
from facturacion.casos_de_uso.dias import hoy_para
from facturacion.modelos.reportes import Alcance


def alcance_de(filtro: Mapping[str, Any], quien: Caller) -> Alcance:
    """What is asked for, as far as it is the caller's to see; the current month, when no days are given."""
    desde, hasta = rango_de(filtro, quien)
    return Alcance(desde, hasta, centros_de(quien, filtro.get("centro_id")), filtro.get("doctor_id"))


def centros_de(quien: Caller, centro_id: int | None = None) -> frozenset[int] | None:
    """The centres whose figures the caller sees, or that one of them; None: all."""
    if quien.alcance is Scope.RED:
        return None if centro_id is None else frozenset({centro_id})
    suyos = quien.centros if quien.alcance is Scope.CENTROS else frozenset[int]()
    return suyos if centro_id is None else suyos & {centro_id}


def rango_de(filtro: Mapping[str, Any], quien: Caller) -> tuple[date, date]:
    """The days asked for; the current month, or the rest of the month of the one that is given."""
    desde, hasta = filtro.get("desde"), filtro.get("hasta")
    mes = desde or hasta or hoy_para(quien, filtro.get("centro_id"))
    desde = desde or mes.replace(day=1)
    if hasta is None:
        hasta = (mes.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return desde, hasta
