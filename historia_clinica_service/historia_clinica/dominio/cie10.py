"""CIE-10 (ICD-10, WHO): how a code is written, its chapter, and how people look for one."""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from comun.fields import fold

_CODIGO = re.compile(r"([A-Z][0-9]{2})(?:\.?([0-9X]{1,2}))?")
# What somebody types who knows the beginning of a code.
_COMIENZO = re.compile(r"[a-z][0-9](?:[0-9](?:\.?[0-9x]{0,2})?)?")

# The first category of each chapter, in the order of the alphabet (ICD-10, volume 1). U stands before V.
_CAPITULOS = (
    *(("A00", "I"), ("C00", "II"), ("D50", "III"), ("E00", "IV"), ("F00", "V"), ("G00", "VI"), ("H00", "VII")),
    *(("H60", "VIII"), ("I00", "IX"), ("J00", "X"), ("K00", "XI"), ("L00", "XII"), ("M00", "XIII"), ("N00", "XIV")),
    *(("O00", "XV"), ("P00", "XVI"), ("Q00", "XVII"), ("R00", "XVIII"), ("S00", "XIX"), ("U00", "XXII")),
    *(("V01", "XX"), ("Z00", "XXI")),
)
CAPITULOS = tuple(capitulo for _, capitulo in _CAPITULOS)
LARGO_NOMBRE = 300


class ListaInvalida(ValueError):
    """A list of codes that can't be read; says where."""


@dataclass(frozen=True)
class Entrada:
    """One line of a list. `activo`: still in use."""

    codigo: str
    nombre_es: str
    nombre_en: str | None
    activo: bool

    @property
    def busqueda(self) -> str:
        """What it is found by: a blank before each word of its names, folded."""
        return " " + " ".join(palabras(f"{self.nombre_es} {self.nombre_en or ''}"))


def normal(texto: str) -> str:
    """`k021`, `K02.1` or ` k02.1 ` as `K02.1`. ValueError when it is no code."""
    hallado = _CODIGO.fullmatch(texto.strip().upper())
    if hallado is None:
        raise ValueError("no CIE-10 code")
    categoria, resto = hallado.groups()
    return f"{categoria}.{resto}" if resto else categoria


def capitulo(codigo: str) -> str:
    """The chapter of a code, in Roman numerals: `VII` of `H52.1`."""
    return _CAPITULOS[max(bisect_right([primera for primera, _ in _CAPITULOS], codigo[:3]) - 1, 0)][1]


def comienzo(texto: str) -> str | None:
    """The beginning of codes that a search means: `K02.` of `k02.`, `K02.1` of `k021`; None when it means words."""
    plegado = fold(texto)
    if not _COMIENZO.fullmatch(plegado):
        return None
    letras = plegado.upper()
    return letras if len(letras) <= 3 or letras[3] == "." else f"{letras[:3]}.{letras[3:]}"


def palabras(texto: str) -> list[str]:
    """The words of a text without case, accents and punctuation."""
    return re.findall(r"[a-z0-9]+", fold(texto))


def categorias(codigos: Iterable[str]) -> set[str]:
    """Codes that only head others of the same list: a diagnosis is one of those below."""
    todos = set(codigos)
    return {codigo[:corte] for codigo in todos for corte in (3, 5) if len(codigo) > corte} & todos


def leer(lineas: Iterable[str]) -> Iterator[Entrada]:
    """A list in CSV: `codigo`, `nombre_es`, and where known `nombre_en`, `activo` (`no` of a code out of use).

    Separated by commas or semicolons, in any order of columns. ListaInvalida with the line at fault.
    """
    resto = iter(lineas)
    cabecera = next(resto, "").lstrip("\ufeff")
    separador = ";" if cabecera.count(";") > cabecera.count(",") else ","
    nombres = [fold(nombre) for nombre in next(csv.reader([cabecera], delimiter=separador), [])]
    if not {"codigo", "nombre_es"} <= set(nombres):
        raise ListaInvalida("La primera línea debe nombrar las columnas codigo y nombre_es.")
    vistos: set[str] = set()
    for numero, fila in enumerate(csv.DictReader(resto, nombres, delimiter=separador), 2):
        entrada = _entrada(numero, {campo: (valor or "").strip() for campo, valor in fila.items() if campo})
        if entrada.codigo in vistos:
            raise ListaInvalida(f"Línea {numero}: el código {entrada.codigo} ya estaba.")
        vistos.add(entrada.codigo)
        yield entrada


def _entrada(numero: int, fila: dict[str, str]) -> Entrada:
    try:
        codigo = normal(fila["codigo"])
    except ValueError:
        raise ListaInvalida(f"Línea {numero}: «{fila['codigo'][:20]}» no es un código CIE-10.") from None
    if not 0 < len(fila["nombre_es"]) <= LARGO_NOMBRE or len(fila.get("nombre_en", "")) > LARGO_NOMBRE:
        raise ListaInvalida(f"Línea {numero}: el nombre debe tener de 1 a {LARGO_NOMBRE} caracteres.")
    en_uso = fold(fila.get("activo", "")) not in ("no", "0", "false", "falso")
    return Entrada(codigo, fila["nombre_es"], fila.get("nombre_en") or None, en_uso)
