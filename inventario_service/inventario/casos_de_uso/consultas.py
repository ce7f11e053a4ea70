"""Which lines of the ledger somebody asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select

from comun.auth.caller import Caller
from inventario.extensiones import db
from inventario.modelos import Movimiento

IGUALES = ("tipo", "producto_id", "centro_id", "bodega_id", "lote_id", "referencia")


def cuales(filtro: Mapping[str, Any], quien: Caller) -> Select[tuple[Movimiento]]:
    """Those that the caller may see and the filter names; days are of each centre's calendar."""
    consulta = db.select(Movimiento).where(Movimiento.visibles_para(quien))
    consulta = consulta.filter_by(**{campo: filtro[campo] for campo in IGUALES if campo in filtro})
    if "desde" in filtro:
        consulta = consulta.where(Movimiento.dia >= filtro["desde"])
    if "hasta" in filtro:
        consulta = consulta.where(Movimiento.dia <= filtro["hasta"])
    return consulta
