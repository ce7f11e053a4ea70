"""What day it is: at a centre, where somebody works, at each centre."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.times import zone
from facturacion.extensiones import db
from facturacion.modelos import CentroRef

# Of what belongs to no centre.
ZONA = "America/Guayaquil"


def dia_en(centro_id: int, momento: datetime | None = None) -> date:
    """The day at a known centre; today, unless another moment is given."""
    zona = db.session.scalar(db.select(CentroRef.zona_horaria).where(CentroRef.id == centro_id))
    assert zona is not None
    return (momento or now()).astimezone(zone(zona)).date()


def hoy_para(quien: Caller, centro_id: int | None) -> date:
    """Today at the centre; without one the latest day at any of the caller's."""
    zonas = db.select(CentroRef.zona_horaria).distinct()
    if centro_id is not None:
        zonas = zonas.where(CentroRef.id == centro_id)
    elif quien.alcance is Scope.CENTROS:
        zonas = zonas.where(CentroRef.id.in_(quien.centros))
    momento = now()
    return max(momento.astimezone(zone(nombre)).date() for nombre in db.session.scalars(zonas).all() or [ZONA])


def hoy_en_cada(centros: Collection[int] | None) -> dict[date, frozenset[int] | None]:
    """The day that it is → the centres where it is; None: wherever, as it is the same day everywhere."""
    de_estos = db.true() if centros is None else CentroRef.id.in_(centros)
    momento = now()
    dias: dict[date, list[int]] = {}
    for uno, zona in db.session.execute(db.select(CentroRef.id, CentroRef.zona_horaria).where(de_estos)):
        dias.setdefault(momento.astimezone(zone(zona)).date(), []).append(uno)
    if len(dias) > 1:
        return {dia: frozenset(suyos) for dia, suyos in dias.items()}
    return dict.fromkeys(
        dias or [momento.astimezone(zone(ZONA)).date()], None if centros is None else frozenset(centros)
    )
