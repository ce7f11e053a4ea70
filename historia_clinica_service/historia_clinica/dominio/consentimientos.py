"""Informed consent: what must be told of who consents and how, and what its hash covers.

What a text must say, that a refusal is written down as an acceptance is, and that an acceptance can be taken back at
any time follows the Ecuadorian model of informed consent (Ministerio de Salud Pública, Acuerdo Ministerial 5316,
2016).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from stdnum.ec import ci
from stdnum.exceptions import ValidationError

# A signature that was drawn on a screen.
FIRMA_MAX_BYTES = 64 * 1024


class Medio(StrEnum):
    """How somebody consents: on paper (which is attached), by drawing their signature, by word before a witness."""

    FIRMA_EN_PAPEL = "firma_en_papel"
    FIRMA_DIGITAL = "firma_digital"
    VERBAL = "verbal"


class Relacion(StrEnum):
    """What the signer is to the patient: themselves, or who decides for them."""

    PACIENTE = "paciente"
    MADRE = "madre"
    PADRE = "padre"
    TUTOR = "tutor"
    CONYUGE = "conyuge"
    HIJO = "hijo"
    OTRO_REPRESENTANTE = "otro_representante"


@dataclass(frozen=True)
class Edicion:
    """An edition of a text, as far as it matters whether somebody can consent to it now."""

    numero: int
    vigente_desde: date
    retirada: bool


def reparos(datos: Mapping[str, Any], momento: datetime) -> dict[str, list[str]]:
    """What is missing or wrong in a consent that is about to be written at that moment, by field. Empty: nothing.

    `datos` has the fields of the request; `firma` is the drawn signature as bytes.
    """
    return {campo: [reparo] for campo, reparo in _reparos(datos, momento)}


def _reparos(datos: Mapping[str, Any], momento: datetime) -> Iterator[tuple[str, str]]:
    medio = datos["medio"]
    exige = {Medio.FIRMA_EN_PAPEL: "adjunto_id", Medio.FIRMA_DIGITAL: "firma", Medio.VERBAL: "testigo_nombre"}
    de_mas = {"adjunto_id", "firma"} - {exige[medio]}
    if not datos.get(exige[medio]):
        yield exige[medio], f"Es obligatorio cuando el medio es {medio}."
    for campo in sorted(de_mas):
        if datos.get(campo):
            yield campo, f"No corresponde cuando el medio es {medio}."
    if datos.get("testigo_identificacion") and not datos.get("testigo_nombre"):
        yield "testigo_nombre", "Es obligatorio cuando se identifica al testigo."
    for campo in ("firmante_identificacion", "testigo_identificacion"):
        if not identificacion_posible(datos.get(campo)):
            yield campo, "No es una cédula válida."
    if datos["acepta"] and datos.get("motivo_negativa"):
        yield "motivo_negativa", "Solo corresponde a quien no acepta."
    if datos.get("otorgado_en") and datos["otorgado_en"] > momento:
        yield "otorgado_en", "No puede estar en el futuro."


def identificacion_posible(numero: str | None) -> bool:
    """Whether it can identify a person: ten digits only when they are a cédula; anything else is a foreign one."""
    if numero is None or not re.fullmatch(r"[0-9]{10}", numero):
        return True
    try:
        ci.validate(numero)
    except ValidationError:
        return False
    return True


def vigente(ediciones: Mapping[int, Edicion], hoy: date) -> int | None:
    """Which of the editions of one text (by id) is to be consented to on a day; None when there is none."""
    posibles = [(una.numero, id_) for id_, una in ediciones.items() if not una.retirada and una.vigente_desde <= hoy]
    return max(posibles)[1] if posibles else None


def huella_de_texto(titulo: str, cuerpo: str) -> str:
    """SHA-256 of what is read by who consents: title, blank line, body, in UTF-8."""
    return sha256(f"{titulo}\n\n{cuerpo}".encode()).hexdigest()


def titulo_y_cuerpo(escrito: str) -> tuple[str, str]:
    """The first line of a text file, and what follows after blank lines. ValueError when there is not both."""
    titulo, _, cuerpo = escrito.strip().partition("\n")
    if not titulo.strip() or not cuerpo.strip():
        raise ValueError("a text needs a title and a body")
    return titulo.strip(), cuerpo.strip()
