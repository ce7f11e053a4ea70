"""Visual acuity as doctors write it, and as a number that can be compared: logMAR, the smaller the better."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from math import log10

# What can't read a chart, as logMAR: counting fingers, hand movements, light, no light. Convention of the Royal
# College of Ophthalmologists' National Ophthalmology Database (Day et al., Eye 2015;29:552-560).
SIN_LETRAS = {"CD": Decimal("2.10"), "MM": Decimal("2.40"), "PL": Decimal("2.70"), "NPL": Decimal("3.00")}
# A chart reads from 20/8 to 20/2000.
MEJOR, PEOR = Decimal("-0.40"), Decimal("2.00")
POR_LETRA = Decimal("0.02")  # a line of an ETDRS chart is 0.1 and has five letters
FORMAS = "20/40, 20/40-2, 6/12, 0.5, logMAR 0.3, CD, MM, PL o NPL"

_FRACCION = re.compile(r"(\d{1,2}(?:\.\d)?)/(\d{1,4}(?:\.\d{1,2})?)([+-][1-4])?")
_LOGMAR = re.compile(r"logmar([+-]?\d(?:\.\d{1,2})?)|([+-]?\d(?:\.\d{1,2})?)logmar")
_DECIMAL = re.compile(r"\d(?:\.\d{1,3})?")
_SIN_LETRAS = re.compile(r"(CD|MM|PL|NPL)(?:A?\d{1,3}(?:\.\d{1,2})?(?:CM|M))?")


@dataclass(frozen=True)
class Agudeza:
    """An acuity: what was told, and its logMAR to the hundredth."""

    texto: str
    logmar: Decimal


def leer_agudeza(texto: str) -> Agudeza:
    """Understand Snellen (feet or metres, letters more or less), decimal, logMAR, or what is seen without letters.

    Without regard to case and blanks, a comma for a decimal point; CD and MM may say how far away. ValueError, with a
    sentence for a person, for anything else and for what no chart has.
    """
    junto = re.sub(r"\s+", "", texto).replace(",", ".").replace("−", "-")
    logmar = _sin_letras(junto.upper())
    if logmar is None:
        logmar = _medida(junto.lower())
        if logmar is None:
            raise ValueError(f"No es una agudeza visual: escriba {FORMAS}.")
        if not MEJOR <= logmar <= PEOR:
            raise ValueError("Ninguna cartilla mide esa agudeza (de 20/8 a 20/2000).")
    return Agudeza(texto.strip(), logmar)


def _sin_letras(junto: str) -> Decimal | None:
    found = _SIN_LETRAS.fullmatch(junto)
    return SIN_LETRAS[found[1]] if found else None


def _medida(junto: str) -> Decimal | None:
    try:
        if fraccion := _FRACCION.fullmatch(junto):
            letras = int(fraccion[3] or 0)
            return _logmar(Decimal(fraccion[1]) / Decimal(fraccion[2])) - letras * POR_LETRA
        if logmar := _LOGMAR.fullmatch(junto):
            return Decimal(logmar[1] or logmar[2]).quantize(Decimal("0.01"))
        if _DECIMAL.fullmatch(junto):
            return _logmar(Decimal(junto))
    except (InvalidOperation, ZeroDivisionError, ValueError):  # nought above or below
        return None
    return None


def _logmar(decimal: Decimal) -> Decimal:
    """The logarithm of the minimum angle of resolution in minutes of arc, of an acuity as a decimal."""
    # `+ 0` so that 20/20 is not -0.00.
    return Decimal(-log10(decimal)).quantize(Decimal("0.01"), ROUND_HALF_UP) + 0
