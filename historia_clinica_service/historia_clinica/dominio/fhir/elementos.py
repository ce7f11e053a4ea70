"""Small elements that FHIR resources are made of, and the document that they are put into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Datos = Mapping[str, Any]
Recurso = dict[str, Any]

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
CIE10 = "http://hl7.org/fhir/sid/icd-10"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGIA = "http://terminology.hl7.org/CodeSystem/"
# ISO 3950, the designation of teeth that FDI uses.
DIENTES = "urn:iso:std:iso:3950"
OJOS = {
    "od": ("18944008", "Right eye structure", "Ojo derecho"),
    "oi": ("8966001", "Left eye structure", "Ojo izquierdo"),
    "ao": ("40638003", "Structure of both eyes", "Ambos ojos"),
}


def vacio(valor: Any) -> bool:
    """Whether nothing is said: None, an empty text, list or object; zero and no are something."""
    return not valor and valor is not False and valor != 0


def sin_vacios(recurso: Datos) -> Recurso:
    """Without what is empty, at any depth: FHIR allows no empty element."""
    limpio = {}
    for nombre, valor in recurso.items():
        lleno = _sin_vacios(valor)
        if not vacio(lleno):
            limpio[nombre] = lleno
    return limpio


def _sin_vacios(valor: Any) -> Any:
    if isinstance(valor, str):
        return valor.strip()
    if isinstance(valor, dict):
        return sin_vacios(valor)
    if isinstance(valor, list):
        return [uno for uno in map(_sin_vacios, valor) if not vacio(uno)]
    return valor


def momento(valor: Any) -> str | None:
    """An instant, a date or what was one in JSON, as FHIR writes it."""
    if isinstance(valor, datetime):
        return valor.isoformat(timespec="seconds")
    return valor.isoformat() if isinstance(valor, date) else valor


def codificado(texto: str | None, *codigos: tuple[str, str] | tuple[str, str, str]) -> Recurso:
    """A CodeableConcept: what people read, and codes as (system, code[, display])."""
    codings = [dict(zip(("system", "code", "display"), codigo, strict=False)) for codigo in codigos]
    return {"coding": codings, "text": texto}


def cantidad(valor: Any, unidad: str, codigo: str) -> Recurso | None:
    """A Quantity in a UCUM unit; None without a value."""
    if valor is None:
        return None
    numero = valor if isinstance(valor, int | float) else float(Decimal(str(valor)))
    return {"value": numero, "unit": unidad, "system": UCUM, "code": codigo}


def pieza(numero: Any, superficies: Any = None) -> Recurso | None:
    """A tooth as a body site, with its surfaces in words."""
    if numero is None:
        return None
    caras = f", caras {''.join(superficies)}" if superficies else ""
    return codificado(f"Pieza dental {numero} (FDI){caras}", (DIENTES, str(numero)))


def ojo(cual: str | None) -> Recurso | None:
    """An eye (od, oi, ao) as a body site."""
    if cual is None:
        return None
    codigo, ingles, texto = OJOS[cual]
    return codificado(texto, (SNOMED, codigo, ingles))


def narrativa(lineas: Iterable[str]) -> Recurso:
    """What a person reads instead of the codes."""
    puntos = "".join(f"<li>{escape(linea)}</li>" for linea in lineas if linea)
    cuerpo = f"<ul>{puntos}</ul>" if puntos else "<p>No consta nada.</p>"
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{cuerpo}</div>'}


def frase(*partes: Any, entre: str = " · ") -> str:
    """What is said of several things, those not said left out."""
    return entre.join(str(parte).strip() for parte in partes if not vacio(parte))


@dataclass
class Seccion:
    """A section of the document: its LOINC code, what stands in it, and what a person reads."""

    titulo: str
    loinc: str
    referencias: list[Recurso] = field(default_factory=list)
    lineas: list[str] = field(default_factory=list)

    def recurso(self) -> Recurso:
        """As the Composition has it; an empty one says so."""
        vacia = (
            None if self.referencias else codificado("Sin datos", (f"{TERMINOLOGIA}list-empty-reason", "unavailable"))
        )
        return {
            "title": self.titulo,
            "code": codificado(self.titulo, (LOINC, self.loinc)),
            "text": narrativa(self.lineas),
            "entry": self.referencias,
            "emptyReason": vacia,
        }


class Documento:
    """The resources of a document, each once, under names that follow from what they stand for."""

    def __init__(self, raiz: str) -> None:
        self.raiz = raiz
        self.recursos: dict[str, Recurso] = {}
        self.paciente: Recurso = {}

    def nombre(self, tipo: str, clave: Any) -> str:
        """`urn:uuid:…` of a resource: the same at every export."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self.raiz}/{tipo}/{clave}')}"

    def poner(self, tipo: str, clave: Any, recurso: Datos, titulo: str | None = None) -> Recurso:
        """Add a resource, or replace it; a reference to it."""
        url = self.nombre(tipo, clave)
        self.recursos[url] = sin_vacios({"resourceType": tipo, "id": url.removeprefix("urn:uuid:"), **recurso})
        return sin_vacios({"reference": url, "display": titulo})

    def referencia(self, tipo: str, clave: Any) -> Recurso | None:
        """To a resource of the document; None when it is not in it."""
        url = self.nombre(tipo, clave)
        return {"reference": url} if url in self.recursos else None

    def entradas(self) -> Sequence[Recurso]:
        """As a Bundle has them, in the order in which they came."""
        return [{"fullUrl": url, "resource": recurso} for url, recurso in self.recursos.items()]
