"""Proof that consents and files are what was put down."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from comun.errors import Unavailable
from comun.storage import MissingFile, intact
from historia_clinica.almacen import almacen
from historia_clinica.casos_de_uso.consentimientos import intacto
from historia_clinica.casos_de_uso.firmas import contra_la_bitacora
from historia_clinica.dominio.consentimientos import huella_de_texto
from historia_clinica.extensiones import db
from historia_clinica.modelos import Adjunto, Consentimiento, TextoConsentimiento

JUNTOS = 200


def verificar_documentos() -> Iterator[str]:
    """What was altered or is gone, a sentence each; deleted attachments are kept and looked at too."""
    for texto in db.session.scalars(select(TextoConsentimiento).order_by(TextoConsentimiento.id)):
        if texto.huella != huella_de_texto(texto.titulo, texto.cuerpo):
            yield f"texto de consentimiento {texto.id}: alterado"
    consentimientos = select(Consentimiento).order_by(Consentimiento.id).execution_options(yield_per=JUNTOS)
    for consentimiento in db.session.scalars(consentimientos):
        if not intacto(consentimiento):
            yield f"consentimiento {consentimiento.id}: alterado"
    yield from contra_la_bitacora("consentimientos", Consentimiento)
    archivos = select(Adjunto.id, Adjunto.clave, Adjunto.sha256).order_by(Adjunto.id)
    filas = db.session.execute(archivos).all()
    db.session.rollback()
    for adjunto_id, clave, sha256 in filas:
        if falla := _falla(clave, sha256):
            yield f"adjunto {adjunto_id}: {falla}"


def _falla(clave: str, sha256: str) -> str | None:
    try:
        for _pieza in intact(almacen().read(clave), sha256):
            pass
    except MissingFile:
        return "falta el archivo"
    except Unavailable:
        return "el almacén no responde"
    except OSError:
        return "el archivo fue alterado"
    return None
