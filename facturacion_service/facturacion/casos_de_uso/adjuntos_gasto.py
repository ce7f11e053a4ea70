"""Files of expenses. The file is written first and its row after; a file without a row is removed a day later."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from comun.auth.caller import Caller
from comun.db import release
from comun.errors import Conflict, NotFound, Problem
from comun.fields import Upload
from comun.files import checked
from comun.preconditions import check_version
from comun.storage import MissingFile, intact, kept, new_key, remove_orphans
from facturacion.almacen import almacen
from facturacion.extensiones import db
from facturacion.modelos import AdjuntoGasto, Gasto

logger = logging.getLogger(__name__)


def adjuntar(gasto_id: int, subido: Upload, quien: Caller) -> AdjuntoGasto:
    """Keep a file of an expense.

    Raises Invalid when it is not what it says or can't be opened, 409 `adjunto_duplicado` when the expense has it
    already, Unavailable when the storage is down. Whatever it raises, neither file nor row stays.
    """
    Gasto.obtener(gasto_id, quien)
    # Looking at a large picture and writing it takes time: neither is done inside a transaction.
    release(db.session)
    archivo = checked(subido)
    clave = new_key(archivo.content)
    with kept(almacen(), (clave, archivo.content, archivo.media_type)):
        # Locked, so that of two that are the same one comes after the other.
        vivo = db.select(Gasto.id).where(Gasto.id == gasto_id, Gasto.vivos()).with_for_update()
        if db.session.scalar(vivo) is None:
            raise NotFound(Gasto.AUSENTE)
        _exigir_nuevo(gasto_id, archivo.sha256)
        adjunto = AdjuntoGasto(
            gasto_id=gasto_id,
            nombre=archivo.name,
            tipo_contenido=archivo.media_type,
            tamano=len(archivo.content),
            sha256=archivo.sha256,
            clave=clave,
            subido_por=quien.actor,
        )
        db.session.add(adjunto)
        db.session.flush()
    return adjunto


def de_gasto(gasto_id: int, adjunto_id: int, quien: Caller) -> AdjuntoGasto:
    """A file of an expense that the caller may see; NotFound."""
    Gasto.obtener(gasto_id, quien)
    adjunto: AdjuntoGasto | None = db.session.scalar(
        db.select(AdjuntoGasto).where(
            AdjuntoGasto.id == adjunto_id, AdjuntoGasto.gasto_id == gasto_id, AdjuntoGasto.vivos()
        )
    )
    if adjunto is None:
        raise NotFound(AdjuntoGasto.AUSENTE)
    return adjunto


def contenido(gasto_id: int, adjunto_id: int, quien: Caller) -> tuple[AdjuntoGasto, Iterator[bytes]]:
    """A file and its content in pieces, which end early if it is not what was attached."""
    adjunto = de_gasto(gasto_id, adjunto_id, quien)
    release(db.session)
    try:
        return adjunto, intact(almacen().read(adjunto.clave), adjunto.sha256)
    except MissingFile:
        logger.error("a file is gone: %s", adjunto.clave)
        raise Problem(500, "archivo_perdido", "El archivo no se encuentra en el almacén.") from None


def retirar(gasto_id: int, adjunto_id: int, quien: Caller) -> None:
    """Take a file away from an expense; it is kept in the storage."""
    adjunto = de_gasto(gasto_id, adjunto_id, quien)
    check_version(adjunto)
    adjunto.eliminar()


def limpiar_archivos() -> int:
    """Remove files that no row names; how many there were. A job of the worker."""
    return remove_orphans(almacen(), AdjuntoGasto.clave)


def _exigir_nuevo(gasto_id: int, sha256: str) -> None:
    igual = db.select(AdjuntoGasto.id).where(
        AdjuntoGasto.gasto_id == gasto_id, AdjuntoGasto.sha256 == sha256, AdjuntoGasto.vivos()
    )
    if db.session.scalar(igual.limit(1)) is not None:
        raise Conflict("adjunto_duplicado", "Ese archivo ya está adjunto al gasto.")
