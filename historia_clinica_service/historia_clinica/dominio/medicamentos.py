"""What is prescribed against what a patient is allergic to, and quantities in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comun.fields import fold

# Stems of generic names (INN, in Spanish and folded) and of the group's own name. Who reacts to one substance of a
# group is warned of the others. Source: WHO ATC groups J01, M01A, N01B, N02.
FAMILIAS: Mapping[str, tuple[str, ...]] = {
    "penicilinas": (
        *("penicilin", "amoxicilin", "ampicilin", "dicloxacilin", "oxacilin", "piperacilin", "sultamicilin"),
        *("bencilpenicilin", "fenoximetilpenicilin", "betalactam"),
    ),
    "cefalosporinas": ("cefa", "cefe", "cefi", "cefo", "cefp", "ceft", "cefu", "cefal", "betalactam"),
    "sulfonamidas": ("sulfonamid", "sulfamid", "sulfametox", "sulfadia", "sulfaceta", "sulfasala", "cotrimoxazol"),
    "macrólidos": ("macrolid", "azitromicin", "claritromicin", "eritromicin", "espiramicin"),
    "quinolonas": ("quinolon", "fluoroquinolon", "ciprofloxacin", "levofloxacin", "moxifloxacin", "norfloxacin")
    + ("ofloxacin", "gatifloxacin", "besifloxacin"),
    "tetraciclinas": ("tetraciclin", "doxiciclin", "minociclin", "oxitetraciclin"),
    "aminoglucósidos": ("aminoglucosid", "gentamicin", "tobramicin", "amikacin", "neomicin", "estreptomicin"),
    "lincosamidas": ("lincosamid", "clindamicin", "lincomicin"),
    "nitroimidazoles": ("nitroimidazol", "metronidazol", "tinidazol", "secnidazol", "ornidazol"),
    "antiinflamatorios no esteroideos": (
        *("antiinflamatori", "ibuprofen", "dexibuprofen", "naproxen", "diclofenac", "aceclofenac", "ketorolac"),
        *("ketoprofen", "dexketoprofen", "flurbiprofen", "aspirin", "acetilsalicilic", "salicilat", "meloxicam"),
        *("piroxicam", "celecoxib", "etoricoxib", "nimesulid", "indometacin", "nepafenac", "bromfenac", "metamizol"),
        *("dipiron",),
    ),
    "paracetamol": ("paracetamol", "acetaminofen"),
    "anestésicos locales de tipo amida": (
        *("lidocain", "xilocain", "mepivacain", "articain", "bupivacain", "prilocain", "ropivacain"),
        "levobupivacain",
    ),
    "anestésicos locales de tipo éster": ("benzocain", "procain", "tetracain", "proparacain", "oxibuprocain"),
    "opioides": ("opioid", "opiace", "codein", "tramadol", "morfin", "oxicodon", "hidrocodon", "fentanil"),
    "benzodiacepinas": ("benzodiac", "diazepam", "midazolam", "lorazepam", "alprazolam", "clonazepam"),
    "clorhexidina": ("clorhexidin",),
    "yodo": ("yodo", "yodad", "povidon", "yodopovidon"),
}
# Words that mean a group as a whole where no stem would do: `sulfa` is also the beginning of `sulfato`.
_NOMBRES: Mapping[str, tuple[str, ...]] = {
    "sulfonamidas": ("sulfa", "sulfas", "bactrim"),
    "antiinflamatorios no esteroideos": ("aine", "aines"),
}
# Those who react to the one react to the other more often than others do (Sociedad Española de Alergología, 2022).
CRUZADAS = (frozenset({"penicilinas", "cefalosporinas"}),)
_SIN_VALOR = frozenset(
    ("acido", "alergia", "anestesia", "anestesicos", "antibiotico", "antibioticos", "clorhidrato", "crema")
    + ("derivados", "gotas", "local", "locales", "medicamento", "medicamentos", "otros", "para", "potasico")
    + ("sodico", "sodio", "solucion", "sulfato", "tabletas", "todas", "todos", "tipo")
)


@dataclass(frozen=True)
class Coincidencia:
    """A drug that a patient may react to. `por`: in a person's words."""

    medicamento: str
    sustancia: str
    por: str


def coincidencias(medicamentos: Iterable[str], sustancias: Iterable[str]) -> list[Coincidencia]:
    """Which of the drugs match which of the substances somebody is allergic to."""
    conocidas = list(sustancias)
    return [
        Coincidencia(medicamento, sustancia, por)
        for medicamento in medicamentos
        for sustancia in conocidas
        if (por := _coincide(medicamento, sustancia))
    ]


def _coincide(medicamento: str, sustancia: str) -> str | None:
    if _raices(medicamento) & _raices(sustancia):
        return "es la misma sustancia"
    unas, otras = _familias(medicamento), _familias(sustancia)
    if comunes := unas & otras:
        return f"es del mismo grupo: {', '.join(sorted(comunes))}"
    if any(unas & cruce and otras & cruce for cruce in CRUZADAS):
        return "puede haber reacción cruzada entre penicilinas y cefalosporinas"
    return None


def _palabras(texto: str) -> list[str]:
    return re.findall(r"[a-z]+", fold(texto))


def _raices(texto: str) -> set[str]:
    """Its telling words without their endings: `amoxicilina` and `amoxicilin` are one."""
    return {palabra.rstrip("aeios") for palabra in _palabras(texto) if len(palabra) > 3 and palabra not in _SIN_VALOR}


def _familias(texto: str) -> set[str]:
    palabras = _palabras(texto)
    por_raiz = {familia for familia, raices in FAMILIAS.items() if any(p.startswith(raices) for p in palabras)}
    return por_raiz | {familia for familia, nombres in _NOMBRES.items() if set(nombres) & set(palabras)}


CANTIDAD_MAXIMA = 9999
_HASTA_TREINTA = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"),
    *("trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno"),
    *("veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho"),
    "veintinueve",
)
_DECENAS = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_CENTENAS = (
    *("ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos"),
    *("ochocientos", "novecientos"),
)


def en_letras(cantidad: int) -> str:
    """A quantity as a prescription writes it beside the number: 21 is `veintiuno`. From 0 to 9999."""
    if not 0 <= cantidad <= CANTIDAD_MAXIMA:
        raise ValueError("out of range")
    if cantidad < 30:
        return _HASTA_TREINTA[cantidad]
    if cantidad < 100:
        decena, unidad = divmod(cantidad, 10)
        return _DECENAS[decena - 3] + (f" y {_HASTA_TREINTA[unidad]}" if unidad else "")
    if cantidad < 1000:
        centena, resto = divmod(cantidad, 100)
        return "cien" if cantidad == 100 else _CENTENAS[centena - 1] + (f" {en_letras(resto)}" if resto else "")
    millar, resto = divmod(cantidad, 1000)
    miles = "mil" if millar == 1 else f"{en_letras(millar)} mil"
    return miles + (f" {en_letras(resto)}" if resto else "")
