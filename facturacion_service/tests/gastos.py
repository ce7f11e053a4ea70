"""Expenses, and tills that they are paid from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from comun.db import now
from comun.money import ZERO
from comun.testing.client import ApiClient, ok
from facturacion.extensiones import db
from facturacion.modelos import Caja, EstadoCaja

from .fabricas import ZONAS

GASTOS = "/facturacion/gastos"
RECURRENTES = "/facturacion/gastos-recurrentes"


def hoy(centro_id: int = 1) -> date:
    """What day it is at a centre."""
    return datetime.now(ZoneInfo(ZONAS[centro_id])).date()


def gastar(api: ApiClient, monto: Any = 100, **datos: Any) -> dict[str, Any]:
    """An expense of centre 1, of rent unless another category is named."""
    cuerpo = {"centro_id": 1, "monto": monto, **datos}
    if "categoria_id" not in cuerpo:
        cuerpo.setdefault("categoria", "Arriendo")
    return dict(ok(api.post(GASTOS, cuerpo), 201))


def contar_caja(app: Flask, caja_id: int) -> None:
    """Its money is counted: nothing more goes in or out."""
    with app.app_context():
        caja = db.session.get_one(Caja, caja_id)
        caja.contado, caja.esperado, caja.diferencia = {"efectivo": "0.00"}, {"efectivo": "0.00"}, ZERO
        caja.estado, caja.contada_en = EstadoCaja.CONTADA, now()
        db.session.commit()
