"""Texts of consent: those that come with the product, and what an administrator makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from comun import audit
from comun.db import now
from comun.errors import Conflict
from comun.preconditions import check_version
from comun.times import zone
from historia_clinica.dominio.consentimientos import Edicion, huella_de_texto, titulo_y_cuerpo, vigente
from historia_clinica.dominio.zona import ZONA
from historia_clinica.extensiones import db
from historia_clinica.modelos import TextoConsentimiento

CARPETA = Path(__file__).parents[1] / "datos" / "consentimientos"
# The law's country has one date but for Galápagos, which is an hour behind: a text is in force there a little early.


def hoy() -> date:
    """The date on which a text begins or not."""
    return now().astimezone(zone(ZONA)).date()


def publicar(datos: Mapping[str, Any]) -> TextoConsentimiento:
    """A text, or the next edition of the one with that `codigo`; 409 `texto_cambio` when somebody else does too."""
    codigo = datos["codigo"]
    ultima = db.session.scalar(
        select(func.max(TextoConsentimiento.edicion)).where(TextoConsentimiento.codigo == codigo)
    )
    texto = TextoConsentimiento(
        codigo=codigo,
        edicion=(ultima or 0) + 1,
        titulo=datos["titulo"],
        cuerpo=datos["cuerpo"],
        vigente_desde=datos.get("vigente_desde") or hoy(),
        huella=huella_de_texto(datos["titulo"], datos["cuerpo"]),
    )
    db.session.add(texto)
    return texto


def retirar(texto: TextoConsentimiento, motivo: str) -> TextoConsentimiento:
    """Nobody consents to this edition any more; the one before it is in force again, unless withdrawn too."""
    check_version(texto)
    if texto.retirado_en is not None:
        raise Conflict("texto_retirado", "El texto ya está retirado.")
    texto.retirado_en, texto.motivo_retiro = now(), motivo
    return texto


def texto_vigente(codigo: str) -> int | None:
    """The id of the edition that is to be consented to today."""
    ediciones = select(TextoConsentimiento).where(TextoConsentimiento.codigo == codigo, TextoConsentimiento.vivos())
    posibles = {
        uno.id: Edicion(uno.edicion, uno.vigente_desde, uno.retirado_en is not None)
        for uno in db.session.scalars(ediciones)
    }
    return vigente(posibles, hoy())


def sembrar_textos() -> None:
    """Publish those texts of the product of which there is no edition yet; commits."""
    audit.set_action("siembra")
    conocidos = set(db.session.scalars(select(TextoConsentimiento.codigo)))
    for archivo in sorted(CARPETA.glob("*.txt")):
        if archivo.stem not in conocidos:
            titulo, cuerpo = titulo_y_cuerpo(archivo.read_text(encoding="utf-8"))
            publicar({"codigo": archivo.stem, "titulo": titulo, "cuerpo": cuerpo})
    db.session.commit()
