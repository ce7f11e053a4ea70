"""Numbers of documents: one after the other at each emission point, without gap or twin.

The number is taken under lock in the transaction that issues the document: whoever comes next waits for its end, and
gets the same number when it is undone.
"""

from __future__ import annotations

from comun.auth.caller import Caller
from comun.db import insert_if_absent
from comun.errors import Conflict, Invalid
from facturacion.extensiones import db
from facturacion.modelos import PuntoEmision, Secuencia, TipoDocumento


def punto_para(centro_id: int, punto_emision_id: int | None, quien: Caller) -> PuntoEmision:
    """The emission point named, or the principal one of the centre.

    Raises Invalid (not one of the centre), Conflict `sin_punto_emision` (the centre has none), `punto_inactivo`.
    """
    suyos = db.select(PuntoEmision).where(PuntoEmision.vivos(), PuntoEmision.centro_id == centro_id)
    if punto_emision_id is None:
        punto = db.session.scalar(suyos.where(PuntoEmision.principal))
        if punto is None:
            raise Conflict("sin_punto_emision", "El centro no tiene un punto de emisión principal.")
    else:
        punto = db.session.scalar(suyos.where(PuntoEmision.id == punto_emision_id, PuntoEmision.visibles_para(quien)))
        if punto is None:
            raise Invalid({"punto_emision_id": ["No es un punto de emisión del centro."]})
    if not punto.activo:
        raise Conflict("punto_inactivo", "El punto de emisión está inactivo.")
    return punto


def tomar_numero(punto: PuntoEmision, tipo: TipoDocumento) -> tuple[int, str]:
    """The next number, and how it is written (`001-002-000000123`). Locks the sequence until the transaction ends.

    Conflict `sin_punto_emision` when the point has been deleted since it was looked up.
    """
    # As it is now: until it gave its first number it may be renumbered or deleted, by who came first or waits.
    serie = db.select(PuntoEmision.establecimiento, PuntoEmision.punto).where(
        PuntoEmision.id == punto.id, PuntoEmision.vivos()
    )
    fila = db.session.execute(serie.with_for_update(read=True, key_share=True)).one_or_none()
    if fila is None:
        raise Conflict("sin_punto_emision", "El punto de emisión se acaba de eliminar.")
    tabla = Secuencia.__table__
    clave = {"punto_emision_id": punto.id, "tipo_documento": str(tipo)}
    insert_if_absent(db.session, tabla, {**clave, "ultimo": 0})
    secuencial = db.session.scalar(
        db.update(tabla)
        .where(tabla.c.punto_emision_id == punto.id, tabla.c.tipo_documento == str(tipo))
        .values(ultimo=tabla.c.ultimo + 1)
        .returning(tabla.c.ultimo)
    )
    assert secuencial is not None
    return secuencial, f"{fila.establecimiento}-{fila.punto}-{secuencial:09d}"
