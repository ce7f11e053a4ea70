"""Lots: which there are, when they expire, and which may not be used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, update
from sqlalchemy.orm import joinedload, with_expression

from comun.errors import Invalid
from comun.preconditions import check_version
from inventario.casos_de_uso.productos import exigir_proveedor
from inventario.casos_de_uso.tarifas import hoy
from inventario.extensiones import db
from inventario.modelos import SIN_LOTE, Existencia, Lote


def consulta_de_lotes(filtro: Mapping[str, Any]) -> Select[Any]:
    """Lots with what there is of them, in all or in one centre; in one statement.

    Those of a centre, that expire soon or have expired: only as far as there is any of them.
    """
    dia = hoy()
    donde = [Existencia.lote_id == Lote.id]
    if "centro_id" in filtro:
        donde.append(Existencia.centro_id == filtro["centro_id"])
    consulta = _con_cantidad(filtro.get("centro_id"))
    hay = db.exists().where(*donde, Existencia.cantidad != 0)
    if filtro.get("con_existencias") or {"centro_id", "por_caducar_dias", "caducados"} & filtro.keys():
        consulta = consulta.where(hay)
    elif "con_existencias" in filtro:
        consulta = consulta.where(~hay)
    if "por_caducar_dias" in filtro:
        limite = dia + timedelta(days=filtro["por_caducar_dias"])
        consulta = consulta.where(Lote.caducidad >= dia, Lote.caducidad <= limite)
    if "caducados" in filtro:
        sirve = (Lote.caducidad >= dia) | Lote.caducidad.is_(None)
        consulta = consulta.where(Lote.caducidad < dia if filtro["caducados"] else sirve)
    return consulta.filter_by(**{campo: filtro[campo] for campo in _IGUALES if campo in filtro})


_IGUALES = ("producto_id", "proveedor_id", "bloqueado", "codigo")


def ficha_de_lote(lote_id: int) -> Lote:
    """A lot that is there, as it stands now."""
    consulta = _con_cantidad(None).where(Lote.id == lote_id)
    return db.session.scalars(consulta.execution_options(populate_existing=True)).one()


def cambiar_lote(lote: Lote, cambios: Mapping[str, Any]) -> Lote:
    """Correct when it expires, of whom it came, or whether it may be used; it, as it stands then.

    Raises Invalid for a blocked one without a reason, and when what has no lot should expire.
    """
    check_version(lote)
    exigir_proveedor(cambios.get("proveedor_id"))
    if lote.codigo == SIN_LOTE and cambios.get("caducidad") is not None:
        raise Invalid({"caducidad": ["Lo que no lleva lote no tiene fecha de caducidad."]})
    otra_fecha = "caducidad" in cambios and cambios["caducidad"] != lote.caducidad
    for campo, valor in cambios.items():
        setattr(lote, campo, valor)
    if not lote.bloqueado:
        lote.motivo_bloqueo = None
    elif lote.motivo_bloqueo is None:
        raise Invalid({"motivo_bloqueo": ["Diga por qué no se puede usar."]})
    db.session.flush()
    if otra_fecha:
        # It was announced by the date that it had.
        de_este = update(Existencia).where(Existencia.lote_id == lote.id, Existencia.avisada_en.is_not(None))
        db.session.execute(de_este.values(avisada_en=None))
    return ficha_de_lote(lote.id)


def _con_cantidad(centro_id: int | None) -> Select[Any]:
    cantidad = db.select(func.coalesce(func.sum(Existencia.cantidad), 0)).where(Existencia.lote_id == Lote.id)
    if centro_id is not None:
        cantidad = cantidad.where(Existencia.centro_id == centro_id)
    return db.select(Lote).options(
        joinedload(Lote.producto), with_expression(Lote.cantidad, cantidad.scalar_subquery())
    )
