"""Short ways to the cash desk, and what must hold of it at any time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok
from facturacion.extensiones import db
from facturacion.modelos import Asiento, Caja, TotalDia, Transaccion

CAJAS = "/facturacion/cajas"
TRANSACCIONES = "/facturacion/transacciones"


def abrir_caja(app: Flask, sub: str = "1", centro_id: int = 1, monto: str = "0") -> int:
    """The open till of a user at a centre; the administrator's, unless another is named."""
    with app.app_context():
        caja = Caja(
            centro_id=centro_id, cajero=f"usuario:{sub}", cajero_nombre=f"caja.{sub}", monto_inicial=Decimal(monto)
        )
        db.session.add(caja)
        db.session.commit()
        return caja.id


def abierta(api: ApiClient, monto: Any = 50, centro_id: int = 1) -> int:
    """A till that was just opened."""
    return int(ok(api.post(CAJAS, {"centro_id": centro_id, "monto_inicial": monto}), 201)["id"])


def contar(api: ApiClient, caja: int, efectivo: Any, **otros: Any) -> TestResponse:
    """Count a till."""
    return api.post(f"{CAJAS}/{caja}/conteo", {"contado": {"efectivo": efectivo, **otros}})


def cerrar(api: ApiClient, caja: int, explicacion: str | None = None) -> TestResponse:
    """Close a till."""
    return api.post(f"{CAJAS}/{caja}/cierre", {} if explicacion is None else {"explicacion": explicacion})


def anotar(
    api: ApiClient, tipo: str, monto: Any, medio: str = "tarjeta_credito", *, clave: str | None = None, **datos: Any
) -> TestResponse:
    """A transaction at centre 1, unless `datos` says otherwise."""
    cuerpo = {"tipo_transaccion": tipo, "monto": monto, "medio_pago": medio, "concepto": "Venta de cepillos"}
    headers = {"Idempotency-Key": clave} if clave else None
    return api.post(TRANSACCIONES, {"centro_id": 1, **cuerpo, **datos}, headers=headers)


def cuadra(app: Flask) -> None:
    """The ledger and its totals by day say of the cash desk what its completed transactions say."""
    de_filas: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    del_libro: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    with app.app_context():
        for t in db.session.scalars(db.select(Transaccion).where(Transaccion.vivos())):
            if t.estado == "completado":
                de_filas[_clave(t.tipo_transaccion, t)] += t.monto
        for a in db.session.scalars(db.select(Asiento).where(Asiento.cuenta.in_(("ingreso", "egreso")))):
            del_libro[_clave(a.cuenta, a)] += a.importe
        totales = db.select(TotalDia).where(TotalDia.cuenta.in_(("ingreso", "egreso")))
        por_dia = {_clave(t.cuenta, t): t.importe for t in db.session.scalars(totales)}
    assert _sin_ceros(del_libro) == _sin_ceros(de_filas)
    assert _sin_ceros(por_dia) == _sin_ceros(de_filas)


def _clave(cuenta: str, una: Any) -> tuple[str, date, int, int, str, str]:
    return (cuenta, una.dia, una.centro_id, una.doctor_id or 0, una.origen, una.medio_pago)


def _sin_ceros(sumas: dict[tuple[Any, ...], Decimal]) -> dict[tuple[Any, ...], Decimal]:
    return {clave: suma for clave, suma in sumas.items() if suma}
