"""What the ledger says, for tests of what is written into it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import func

from facturacion.extensiones import db
from facturacion.modelos import Asiento, Cuenta, TotalDia


def anotado(app: Flask, cuenta: Cuenta, *campos: str) -> dict[Any, Decimal]:
    """What an account comes to by day, or by other columns of the ledger; the totals by day say the same."""
    with app.app_context():
        sumas: dict[Any, Decimal] = defaultdict(Decimal)
        for fila in db.session.scalars(db.select(Asiento).where(Asiento.cuenta == cuenta)):
            clave = tuple(getattr(fila, campo) for campo in campos or ("dia",))
            sumas[clave if len(clave) > 1 else clave[0]] += fila.importe
        totales = db.session.scalar(db.select(func.sum(TotalDia.importe)).where(TotalDia.cuenta == cuenta))
        assert (totales or 0) == sum(sumas.values())
        return {clave: suma for clave, suma in sumas.items() if suma != 0}


def en_dia(app: Flask, cuenta: Cuenta) -> dict[date, tuple[Decimal, int]]:
    """By day: what the account comes to, and how many things were counted."""
    with app.app_context():
        filas = db.session.execute(
            db.select(TotalDia.dia, func.sum(TotalDia.importe), func.sum(TotalDia.veces))
            .where(TotalDia.cuenta == cuenta)
            .group_by(TotalDia.dia)
        )
        return {dia: (importe, veces) for dia, importe, veces in filas if (importe, veces) != (0, 0)}
