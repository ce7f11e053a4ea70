"""Where stock is kept: centres as admin_service knows them, and their warehouses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select

from comun.auth.caller import Caller, Scope
from comun.db import insert_if_absent
from comun.errors import Forbidden, Invalid
from inventario.extensiones import db
from inventario.modelos import Bodega, CentroRef

PRINCIPAL = "Principal"


def exigir_centro(centro_id: int, quien: Caller) -> None:
    """Forbidden when the caller does not act there; Invalid when there is no such centre."""
    if not quien.acts_in(centro_id):
        raise Forbidden("centro_ajeno", "Ese centro no es de los suyos.")
    if db.session.get(CentroRef, centro_id) is None:
        raise Invalid({"centro_id": ["No existe ese centro."]})


def centro_de(centro_id: int | None, quien: Caller) -> int:
    """The centre that is meant: the one given, or the only one in which the caller acts. Invalid otherwise."""
    if centro_id is None:
        centro_id = centro_unico(quien)
    exigir_centro(centro_id, quien)
    return centro_id


def centro_unico(quien: Caller) -> int:
    """The only centre that there is for the caller; Invalid when there are several."""
    suyos = db.select(CentroRef.id).where(CentroRef.activo.is_(True)).limit(2)
    if quien.alcance is Scope.CENTROS:
        suyos = suyos.where(CentroRef.id.in_(quien.centros))
    ids = db.session.scalars(suyos).all()
    if len(ids) != 1:
        raise Invalid({"centro_id": ["Diga en qué centro."]})
    return ids[0]


def bodega_de(bodega_id: int | None, centro_id: int | None, quien: Caller) -> Bodega:
    """The warehouse that is meant: the one given, or the principal one of the centre that is meant.

    Invalid when there is none such, or it is not of that centre; Forbidden when the caller does not act there.
    """
    if bodega_id is None:
        return bodega_principal(centro_de(centro_id, quien))
    bodega = db.session.scalar(_sin_que_se_elimine(db.select(Bodega).where(Bodega.id == bodega_id, Bodega.vivos())))
    if bodega is None or (centro_id is not None and bodega.centro_id != centro_id):
        raise Invalid({"bodega_id": ["No existe esa bodega en el centro."]})
    exigir_centro(bodega.centro_id, quien)
    return bodega


def bodega_principal(centro_id: int) -> Bodega:
    """The principal warehouse of a centre; made when it has none yet. In the current transaction."""
    de_centro = Bodega.centro_id == centro_id, Bodega.principal.is_(True), Bodega.vivos()
    principal = _sin_que_se_elimine(db.select(Bodega).where(*de_centro))
    if (bodega := db.session.scalar(principal)) is not None:
        return bodega
    fila = {
        "centro_id": centro_id,
        "nombre": PRINCIPAL,
        "principal": True,
    }
    insert_if_absent(db.session, Bodega.__table__, fila)
    return db.session.scalars(principal).one()


def bodegas_abiertas(bodega_ids: Collection[int]) -> dict[int, Bodega]:
    """Those that were not closed, nor will be before the end of this transaction."""
    vivas = db.select(Bodega).where(Bodega.id.in_(bodega_ids), Bodega.vivos()).order_by(Bodega.id)
    return {bodega.id: bodega for bodega in db.session.scalars(_sin_que_se_elimine(vivas))}


def _sin_que_se_elimine(consulta: Select[Any]) -> Select[Any]:
    """Nobody deletes them until this transaction ends (FOR KEY SHARE, as the movement's reference will take)."""
    return consulta.with_for_update(read=True, key_share=True)
