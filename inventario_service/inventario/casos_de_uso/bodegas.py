"""Warehouses. A centre that has any has one that is principal: where things go when nobody says where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.auth.caller import Caller
from comun.errors import Conflict
from comun.preconditions import check_version
from inventario.casos_de_uso.lugares import centro_de, exigir_centro
from inventario.extensiones import db
from inventario.modelos import EN_CURSO, Bodega, CentroRef, Conteo, EstadoConteo, Existencia, OrdenCompra


def crear_bodega(datos: Mapping[str, Any], quien: Caller) -> Bodega:
    """Make one, in the centre that is given or the caller's only one; the first there is principal.

    Raises Invalid, Forbidden; 409 when the centre has one of that name.
    """
    centro_id = centro_de(datos.get("centro_id"), quien)
    de_antes = _la_principal(centro_id)
    principal = de_antes is None or datos.get("principal", False)
    if principal:
        _ceder(de_antes)
    bodega = Bodega(centro_id=centro_id, nombre=datos["nombre"], principal=principal)
    db.session.add(bodega)
    return bodega


def cambiar_bodega(bodega: Bodega, cambios: Mapping[str, Any], quien: Caller) -> Bodega:
    """Rename it, or make it the principal one. Conflict when the principal one should stop being it."""
    check_version(bodega)
    exigir_centro(bodega.centro_id, quien)
    de_antes = _la_principal(bodega.centro_id)
    if "nombre" in cambios:
        bodega.nombre = cambios["nombre"]
    if cambios.get("principal") and not bodega.principal:
        _ceder(de_antes)
        bodega.principal = True
    elif bodega.principal and not cambios.get("principal", True):
        raise Conflict("bodega_principal", "Haga principal a otra; una lo es siempre.")
    return bodega


def eliminar_bodega(bodega: Bodega, quien: Caller) -> None:
    """Delete it. Conflict while anything is in it or on the way to it, and while it is principal of several."""
    check_version(bodega)
    exigir_centro(bodega.centro_id, quien)
    _la_principal(bodega.centro_id)
    # Waits for whoever is just putting something in; see lugares.py.
    db.session.execute(db.select(Bodega.id).where(Bodega.id == bodega.id).with_for_update())
    otras = Bodega.centro_id == bodega.centro_id, Bodega.id != bodega.id, Bodega.vivos()
    if bodega.principal and _hay(*otras):
        raise Conflict("bodega_principal", "Es la principal; haga principal a otra antes de eliminarla.")
    if _hay(Existencia.bodega_id == bodega.id, Existencia.cantidad != 0):
        raise Conflict("bodega_con_existencias", "Todavía hay existencias en la bodega; trasládelas antes.")
    contando = Conteo.bodega_id == bodega.id, Conteo.estado == EstadoConteo.ABIERTO, Conteo.vivos()
    pedido = OrdenCompra.bodega_id == bodega.id, OrdenCompra.estado.in_(EN_CURSO), OrdenCompra.vivos()
    if _hay(*contando) or _hay(*pedido):
        raise Conflict("bodega_en_uso", "La bodega tiene un conteo u órdenes de compra abiertas.")
    bodega.eliminar()


def _la_principal(centro_id: int) -> Bodega | None:
    """The one that is principal now; whoever else changes warehouses of the centre waits."""
    de_uno = db.select(CentroRef.id).where(CentroRef.id == centro_id)
    db.session.execute(de_uno.with_for_update(key_share=True))
    de_centro = Bodega.centro_id == centro_id, Bodega.principal.is_(True), Bodega.vivos()
    return db.session.scalar(db.select(Bodega).where(*de_centro))


def _ceder(principal: Bodega | None) -> None:
    """Never two at once: the present one stops being it first."""
    if principal is not None:
        principal.principal = False
        db.session.flush()


def _hay(*condiciones: Any) -> bool:
    return bool(db.session.scalar(db.select(db.exists().where(*condiciones))))
