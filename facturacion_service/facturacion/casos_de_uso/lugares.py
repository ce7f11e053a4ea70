"""The centre that is meant when none is named, and moments read on its clock."""

from __future__ import annotations

from datetime import UTC, datetime

from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import Invalid
from comun.times import AmbiguousTime, SkippedTime, localise
from facturacion.casos_de_uso.personas import exigir_centro
from facturacion.extensiones import db
from facturacion.modelos import CentroRef


def centro_de(centro_id: int | None, quien: Caller) -> int:
    """The centre given, or the only one in which the caller acts. Raises as `exigir_centro`, and Invalid."""
    return exigir_centro(_unico(quien) if centro_id is None else centro_id, quien)


def _unico(quien: Caller) -> int:
    suyos = db.select(CentroRef.id).where(CentroRef.activo.is_(True)).limit(2)
    if quien.alcance is Scope.CENTROS:
        suyos = suyos.where(CentroRef.id.in_(quien.centros))
    ids = db.session.scalars(suyos).all()
    if len(ids) != 1:
        raise Invalid({"centro_id": ["Diga en qué centro."]})
    return ids[0]


def momento_en(centro_id: int, momento: datetime | None, campo: str) -> datetime:
    """A moment, read on the wall clock of the centre when it has no offset; now when there is none.

    Raises Invalid for an hour that the clock never shows, or shows twice.
    """
    if momento is None:
        return now()
    centro = db.session.get_one(CentroRef, centro_id)
    try:
        return localise(momento, centro.zona_horaria).astimezone(UTC)
    except (SkippedTime, AmbiguousTime):
        raise Invalid({campo: ["En el reloj del centro esa hora no existe o se repite: dé el desfase."]}) from None
