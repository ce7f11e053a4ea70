"""What leaves a place: which lots of it, and in which warehouse. Stock must have been locked before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from comun.db import insert_if_absent
from comun.errors import Conflict, Invalid
from inventario.casos_de_uso.libro import dias_en, disponibles, no_alcanza
from inventario.dominio.lotes import Toma, primero_lo_que_caduca
from inventario.dominio.unidades import exacta_en_propia
from inventario.extensiones import db
from inventario.modelos import SIN_LOTE, Bodega, Lote, Presentacion, Producto


@dataclass(frozen=True)
class Parte:
    """So much, more than nothing, of a lot in a warehouse."""

    lote: Lote
    bodega: Bodega
    cantidad: Decimal


def exigir_activo(producto: Producto) -> None:
    """Conflict when the product is no longer in use."""
    if not producto.activo:
        raise Conflict("producto_inactivo", f"«{producto.nombre}» está desactivado: no admite movimientos.")


def presentaciones_de(productos: Collection[int]) -> dict[int, dict[str, Decimal]]:
    """The packages of each of these products, in one statement."""
    de_cada: dict[int, dict[str, Decimal]] = {producto_id: {} for producto_id in productos}
    for fila in db.session.scalars(db.select(Presentacion).where(Presentacion.producto_id.in_(productos))):
        de_cada[fila.producto_id][fila.nombre] = fila.factor
    return de_cada


def propia(cantidad: Decimal, una: Decimal, campo: str = "cantidad") -> Decimal:
    """A quantity in the product's own unit; Invalid in the field when it can't be told in it."""
    try:
        return exacta_en_propia(cantidad, una)
    except ValueError as error:
        raise Invalid({campo: [str(error)]}) from None


def lote_conocido(producto_id: int, codigo: str) -> Lote:
    """The lot of that code; Invalid when the product has none such."""
    lote = db.session.scalar(db.select(Lote).where(Lote.producto_id == producto_id, Lote.codigo == codigo))
    if lote is None:
        raise Invalid({"lote": ["No existe ese lote del producto."]})
    return lote


def sin_lote(producto: Producto) -> Lote:
    """Where what belongs to no lot is counted; made when first needed."""
    return lote_nuevo(producto, SIN_LOTE)


def lote_nuevo(producto: Producto, codigo: str, caducidad: date | None = None) -> Lote:
    """The lot of that code as it is, or made so, at the cost of the product, when there is none such.

    Two that make it at once get the same.
    """
    buscado = db.select(Lote).where(Lote.producto_id == producto.id, Lote.codigo == codigo)
    if (lote := db.session.scalar(buscado)) is not None:
        return lote
    fila = {
        "producto_id": producto.id,
        "codigo": codigo,
        "caducidad": caducidad,
        "costo": producto.costo_unitario,
    }
    insert_if_absent(db.session, Lote.__table__, fila)
    return db.session.scalars(buscado).one()


def exigir_utilizable(lote: Lote, centro_id: int) -> None:
    """Conflict when the lot has expired on the centre's calendar, or is blocked."""
    if lote.bloqueado:
        raise Conflict("lote_bloqueado", f"El lote {lote.codigo} está bloqueado: {lote.motivo_bloqueo or 'en duda'}.")
    if lote.caducidad is not None and lote.caducidad < dias_en([centro_id])[centro_id]:
        raise Conflict(
            "lote_caducado", f"El lote {lote.codigo} caducó el {lote.caducidad}; délo de baja con un ajuste."
        )


def tomar(
    producto: Producto,
    centro_id: int,
    cantidad: Decimal,
    *,
    bodega: Bodega | None = None,
    lote: Lote | None = None,
    tambien_caducado: bool = False,
    en_negativo: Bodega | None = None,
) -> list[Parte]:
    """What to take, first what expires first, in one warehouse or all of the centre, of one lot or all.

    `en_negativo`: where the product goes below zero when there is not enough. Conflict without it.
    """
    lugares = [
        lugar
        for lugar in disponibles([(producto.id, centro_id)])[producto.id, centro_id]
        if (bodega is None or lugar.bodega_id == bodega.id) and (lote is None or lugar.lote_id == lote.id)
    ]
    hoy = dias_en([centro_id])[centro_id]
    tomas, falta = primero_lo_que_caduca(
        lugares, cantidad, hoy, tambien_caducado=tambien_caducado or lote is not None
    )
    if falta and en_negativo is None:
        raise no_alcanza(producto.nombre, cantidad - falta, cantidad)
    partes = _partes(tomas)
    if falta and en_negativo is not None:
        partes = _sumar(partes, Parte(lote or sin_lote(producto), en_negativo, falta))
    return partes


def _partes(tomas: Sequence[Toma]) -> list[Parte]:
    ids = {toma.lugar.lote_id for toma in tomas}
    lotes = {lote.id: lote for lote in db.session.scalars(db.select(Lote).where(Lote.id.in_(ids)))}
    en = {toma.lugar.bodega_id for toma in tomas}
    bodegas = {bodega.id: bodega for bodega in db.session.scalars(db.select(Bodega).where(Bodega.id.in_(en)))}
    return [Parte(lotes[toma.lugar.lote_id], bodegas[toma.lugar.bodega_id], toma.cantidad) for toma in tomas]


def _sumar(partes: Sequence[Parte], otra: Parte) -> list[Parte]:
    """With one more, which goes with that of the same lot and warehouse when there is one."""
    misma = [p for p in partes if (p.lote.id, p.bodega.id) == (otra.lote.id, otra.bodega.id)]
    resto = [p for p in partes if p not in misma]
    return [*resto, Parte(otra.lote, otra.bodega, otra.cantidad + sum((p.cantidad for p in misma), Decimal(0)))]
