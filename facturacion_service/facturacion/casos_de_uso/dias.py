"""What day it is at a centre."""

from __future__ import annotations

from datetime import date, datetime

from comun.db import now
from comun.times import zone
from facturacion.extensiones import db
from facturacion.modelos import CentroRef


def dia_en(centro_id: int, momento: datetime | None = None) -> date:
    """The day at a known centre; today, unless another moment is given."""
    zona = db.session.scalar(db.select(CentroRef.zona_horaria).where(CentroRef.id == centro_id))
    assert zona is not None
    return (momento or now()).astimezone(zone(zona)).date()
