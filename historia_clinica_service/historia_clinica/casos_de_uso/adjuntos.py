"""Files of a record. The file is written first and its row after; a file without a row is removed a day later."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from comun.db import now, release
from comun.errors import Invalid, NotFound, Problem
from comun.files import JPEG, checked
from comun.preconditions import check_version
from comun.storage import MissingFile, intact, kept, new_key, remove_orphans
from historia_clinica.almacen import almacen
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder, buscar, buscar_escribiendo
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.dominio.adjuntos import clave_de_miniatura
from historia_clinica.extensiones import db, restricciones
from historia_clinica.modelos import Adjunto, Consentimiento, Nota

logger = logging.getLogger(__name__)

QUE = "adjuntos"
SIN_ARCHIVO = "El archivo de este adjunto no se encuentra en el almacén."


def adjuntar(paciente_id: int, datos: Mapping[str, Any]) -> tuple[Adjunto, Acceso]:
    """Keep a file in a patient's record; `datos` as `AdjuntoNuevo` gives them.

    Raises Invalid when the file is not what it says or can't be opened, 409 `adjunto_duplicado` when the record has
    it already, Unavailable when the storage is down. Whatever it raises, neither file nor row stays.
    """
    acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
    campos = {campo: valor for campo, valor in datos.items() if campo != "archivo"}
    if (tomado_en := campos.get("tomado_en")) is not None and tomado_en > now():
        raise Invalid({"tomado_en": ["No puede estar en el futuro."]})
    _exigir_nota(acceso, campos.get("nota_id"))
    # Looking at a large picture and writing it takes time: neither is done inside a transaction.
    release(db.session)
    archivo = checked(datos["archivo"])
    _exigir_nuevo(acceso, archivo.sha256)
    release(db.session)
    clave, miniatura = new_key(archivo.content), None
    archivos = [(clave, archivo.content, archivo.media_type)]
    if archivo.thumbnail is not None:
        miniatura = clave_de_miniatura(clave)
        archivos.append((miniatura, archivo.thumbnail, JPEG))
    with kept(almacen(), *archivos):
        adjunto = Adjunto(
            **campos,
            clave=clave,
            clave_miniatura=miniatura,
            paciente_id=acceso.paciente_id,
            doctor_id=acceso.autor.id,
            subido_en=now(),
            nombre_archivo=archivo.name,
            tipo=archivo.media_type,
            bytes=len(archivo.content),
            sha256=archivo.sha256,
            ancho=archivo.width,
            alto=archivo.height,
            paginas=archivo.pages,
        )
        db.session.add(adjunto)
        db.session.flush()
    return adjunto, acceso


def _exigir_nota(acceso: Acceso, nota_id: int | None) -> None:
    if nota_id is None:
        return
    suya = select(Nota.id).where(Nota.id == nota_id, Nota.paciente_id.in_(acceso.pacientes), Nota.vivos())
    if db.session.scalar(suya) is None:
        raise Invalid({"nota_id": ["No existe entre las notas de este paciente."]})


def _exigir_nuevo(acceso: Acceso, sha256: str) -> None:
    # The constraint decides when two come at once; this also knows the records that were merged into this one.
    if db.session.scalar(acceso.de(Adjunto).where(Adjunto.sha256 == sha256).limit(1)) is not None:
        raise restricciones.conflict("uq_adjunto_paciente_id_sha256")


def eliminar_adjunto(adjunto_id: int, motivo: str) -> None:
    """Take a file out of the record; it is kept. Raises 403 `solo_su_autor`, 409 when a consent was signed on it."""
    adjunto, acceso = buscar_escribiendo(Adjunto, adjunto_id, QUE)
    check_version(adjunto)
    acceso.exigir_autor(adjunto)
    if db.session.scalar(select(Consentimiento.id).where(Consentimiento.adjunto_id == adjunto.id).limit(1)):
        raise Problem(409, "adjunto_en_uso", "Es la hoja firmada de un consentimiento; no se retira.")
    adjunto.motivo_eliminacion = motivo
    adjunto.eliminar()


def contenido(adjunto_id: int) -> tuple[Adjunto, Iterator[bytes]]:
    """A file and its content in pieces, which end early if it is not what was attached."""
    adjunto, _acceso = buscar(Adjunto, adjunto_id, Accion.LEER, QUE)
    return adjunto, intact(_leer(adjunto.clave), adjunto.sha256)


def miniatura(adjunto_id: int) -> Iterator[bytes]:
    """The thumbnail of an image (JPEG). NotFound for what is none."""
    adjunto, _acceso = buscar(Adjunto, adjunto_id, Accion.LEER, QUE)
    if adjunto.clave_miniatura is None:
        raise NotFound("Este adjunto no tiene miniatura.")
    return _leer(adjunto.clave_miniatura)


def _leer(clave: str) -> Iterator[bytes]:
    release(db.session)
    try:
        return almacen().read(clave)
    except MissingFile:
        logger.error("a file is gone: %s", clave)
        raise Problem(500, "archivo_perdido", SIN_ARCHIVO) from None


def limpiar_archivos() -> int:
    """Remove files that no row names; how many there were. A job of the worker."""
    return remove_orphans(almacen(), Adjunto.clave, Adjunto.clave_miniatura)


@parte(QUE, "Adjuntos", 90)
def adjuntos_del_expediente(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """What is attached, the newest first; patients get nothing of it."""
    if acceso.solo_firmado:
        return []
    filas = db.session.scalars(acceso.de(Adjunto).order_by(Adjunto.subido_en.desc(), Adjunto.id.desc()).limit(limite))
    return [resumen(uno) for uno in filas]


def resumen(adjunto: Adjunto) -> dict[str, Any]:
    """What the whole record says of a file."""
    campos = (
        *("id", "titulo", "categoria", "descripcion", "pieza", "tomado_en", "subido_en", "doctor_id"),
        *("nombre_archivo", "tipo", "bytes", "sha256", "ancho", "alto", "paginas"),
    )
    return {campo: getattr(adjunto, campo) for campo in campos}
