"""The mouth at any date, out of what was noted of its teeth until then.

Entries are never changed. What holds on a tooth is a fold over its entries in the order in which they happened: a
filling takes the caries from its surfaces, a crown all that was on the tooth, a loss the tooth itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from historia_clinica.dominio.catalogo_dental import CATALOGO, Ambito, Clase, Codigo, Color, Estado
from historia_clinica.dominio.piezas import es_temporal, sucesora


@dataclass(frozen=True)
class Entrada:
    """What was noted once of a tooth. `superficies`: none for the whole tooth. `origen_id`: the entry it follows."""

    id: int
    pieza: int
    codigo: str
    estado: str
    momento: datetime
    superficies: frozenset[str] = frozenset()
    variante: str | None = None
    grado: int | None = None
    origen_id: int | None = None

    @property
    def tipo(self) -> Codigo:
        """What kind of finding it is."""
        return CATALOGO[self.codigo]

    @property
    def hecho(self) -> bool:
        """Whether it says that something was done."""
        return self.estado == Estado.REALIZADO


@dataclass(frozen=True)
class Vigente:
    """What still holds of an entry: on fewer surfaces, perhaps, than it once did."""

    entrada: Entrada
    superficies: frozenset[str]

    @property
    def color(self) -> Color:
        """How it is drawn."""
        return self.entrada.tipo.color(self.entrada.estado)


@dataclass(frozen=True)
class Incoherencia:
    """An entry that can't be true after those before it."""

    entrada_id: int
    codigo: str
    detalle: str


Boca = Mapping[int, Sequence[Vigente]]

# What stands in the place of a tooth.
SUSTITUTOS = frozenset({"implante", "pontico"})


def en_orden(entradas: Iterable[Entrada]) -> list[Entrada]:
    """As they happened; at one moment, as they were noted."""
    return sorted(entradas, key=lambda entrada: (entrada.momento, entrada.id))


def boca_en(entradas: Iterable[Entrada], momento: datetime) -> dict[int, tuple[Vigente, ...]]:
    """What holds of each tooth at a moment; teeth of which nothing does are absent."""
    piezas: dict[int, tuple[Vigente, ...]] = defaultdict(tuple)
    for entrada in en_orden(entradas):
        if entrada.momento <= momento:
            piezas[entrada.pieza] = aplicar(piezas[entrada.pieza], entrada)
    return {pieza: vigentes for pieza, vigentes in sorted(piezas.items()) if vigentes}


def aplicar(vigentes: Sequence[Vigente], nueva: Entrada) -> tuple[Vigente, ...]:
    """What holds of a tooth after one more entry."""
    quedan = [v for v in vigentes if v.entrada.id != nueva.origen_id]
    if nueva.estado == Estado.RESUELTO:
        return tuple(quedan)
    restos = (resto for v in quedan if (resto := _resto(v, nueva)) is not None)
    return (*restos, Vigente(nueva, nueva.superficies))


def _resto(vigente: Vigente, nueva: Entrada) -> Vigente | None:
    """What is left of one finding after a newer one; None when nothing is."""
    if _quita_la_pieza(nueva):
        return vigente if _sobrevive_a_la_pieza(vigente.entrada, nueva) else None
    if nueva.tipo.clase == Clase.PRESENCIA and vigente.entrada.tipo.clase == Clase.PRESENCIA:
        return None
    resuelto = nueva.hecho and vigente.entrada.codigo in nueva.tipo.resuelve
    if not (resuelto or _releva(nueva, vigente.entrada)):
        return vigente
    quedan = vigente.superficies - nueva.superficies
    if not (vigente.superficies and nueva.superficies and quedan):
        return None
    return Vigente(vigente.entrada, quedan)


def _quita_la_pieza(entrada: Entrada) -> bool:
    return entrada.tipo.clase == Clase.AUSENCIA or (entrada.hecho and entrada.codigo in SUSTITUTOS)


def _sobrevive_a_la_pieza(vieja: Entrada, nueva: Entrada) -> bool:
    """What stays where the tooth is lost. Of two causes the newer holds; an implant does not undo how it was lost."""
    if vieja.tipo.clase == Clase.AUSENCIA:
        return nueva.tipo.clase != Clase.AUSENCIA
    if vieja.tipo.clase != Clase.PROTESIS or vieja.codigo == "pilar_puente":
        return False
    return not (vieja.codigo in SUSTITUTOS and nueva.codigo in SUSTITUTOS)


def _releva(nueva: Entrada, vieja: Entrada) -> bool:
    """The newest word on the same thing holds; but what is to be done again does not undo what was done."""
    return nueva.codigo == vieja.codigo and (nueva.hecho or not vieja.hecho)


# ---- What can't be true

_EN_UN_HUECO = frozenset({"diastema", "supernumerario"})
_SOBRE_IMPLANTE = frozenset({"corona", "movilidad", "fractura", "recesion"})
_EN_LA_CORONA = frozenset(
    {"caries", "fractura", "desgaste", "sellante", "restauracion", "carilla", "corona", "movilidad", "recesion"}
)


def incoherencias(entradas: Iterable[Entrada]) -> set[Incoherencia]:
    """The entries of a mouth that can't be true after those before them, such as caries of a lost tooth."""
    piezas: dict[int, tuple[Vigente, ...]] = defaultdict(tuple)
    halladas = set()
    for entrada in en_orden(entradas):
        vigentes = piezas[entrada.pieza]
        if entrada.estado != Estado.RESUELTO and (porque := _imposible(vigentes, entrada)) is not None:
            halladas.add(Incoherencia(entrada.id, *porque))
        piezas[entrada.pieza] = aplicar(vigentes, entrada)
    return halladas


def _imposible(vigentes: Sequence[Vigente], nueva: Entrada) -> tuple[str, str] | None:
    codigos = {v.entrada.codigo for v in vigentes if v.entrada.id != nueva.origen_id}
    falta = ausencia(vigentes)
    nombre, pieza = nueva.tipo.nombre, nueva.pieza
    if falta is not None and not _cabe_en_un_hueco(nueva, vigentes):
        return "pieza_ausente", f"{nombre}: la pieza {pieza} consta como ausente ({falta.entrada.tipo.nombre})."
    if "no_erupcionado" in codigos and nueva.codigo in _EN_LA_CORONA:
        return "pieza_no_erupcionada", f"{nombre}: la pieza {pieza} consta como no erupcionada."
    if nueva.codigo == "no_erupcionado" and codigos & _EN_LA_CORONA:
        return "pieza_erupcionada", f"La pieza {pieza} ya tiene hallazgos en la corona: está erupcionada."
    if nueva.hecho and nueva.codigo in SUSTITUTOS and falta is None and _hay_diente(vigentes, nueva):
        return "pieza_presente", f"{nombre}: la pieza {pieza} consta como presente; registre primero su pérdida."
    return None


def _cabe_en_un_hueco(nueva: Entrada, vigentes: Sequence[Vigente]) -> bool:
    if nueva.codigo == "pilar_puente":
        return sustituida(vigentes)
    if nueva.tipo.clase in (Clase.AUSENCIA, Clase.PROTESIS) or nueva.codigo in _EN_UN_HUECO:
        return True
    return nueva.codigo in _SOBRE_IMPLANTE and sustituida(vigentes)


def _hay_diente(vigentes: Sequence[Vigente], nueva: Entrada) -> bool:
    de_un_diente = (Clase.PATOLOGIA, Clase.TRATAMIENTO, Clase.PRESENCIA)
    return any(v.entrada.tipo.clase in de_un_diente and v.entrada.id != nueva.origen_id for v in vigentes)


def ausencia(vigentes: Sequence[Vigente]) -> Vigente | None:
    """What says that the tooth itself is not there: a loss, or what stands in its place."""
    perdidas = [v for v in vigentes if v.entrada.tipo.clase == Clase.AUSENCIA]
    sustitutos = [v for v in vigentes if _quita_la_pieza(v.entrada)]
    return next(iter(perdidas or sustitutos), None)


def sustituida(vigentes: Sequence[Vigente]) -> bool:
    """Whether an implant or a pontic stands in the place of the tooth."""
    return any(v.entrada.hecho and v.entrada.codigo in SUSTITUTOS for v in vigentes)


def presencia(vigentes: Sequence[Vigente]) -> str | None:
    """`ausente`, `sustituida`, `no_erupcionada`, `impactada`, `presente`; None when nothing is known."""
    if ausencia(vigentes) is not None:
        return "sustituida" if sustituida(vigentes) else "ausente"
    codigos = {v.entrada.codigo for v in vigentes}
    if "no_erupcionado" in codigos:
        return "no_erupcionada"
    if "impactado" in codigos:
        return "impactada"
    return "presente" if codigos else None


# ---- Both dentitions


def denticion(boca: Boca) -> str | None:
    """`permanente`, `temporal`, `mixta`, by the teeth known to be there; None when none is."""
    clases = {es_temporal(pieza) for pieza, vigentes in boca.items() if presencia(vigentes) == "presente"}
    if len(clases) == 2:
        return "mixta"
    return {True: "temporal", False: "permanente"}[clases.pop()] if clases else None


def conviven(boca: Boca) -> list[tuple[int, int]]:
    """Milk teeth that are there together with the tooth that takes their place."""
    presentes = {pieza for pieza, vigentes in boca.items() if presencia(vigentes) == "presente"}
    return [(pieza, otra) for pieza in sorted(presentes) if (otra := sucesora(pieza)) in presentes and otra]


# ---- Two dates


@dataclass(frozen=True)
class Cambio:
    """What became of a tooth between two dates: what holds now and did not, what no longer holds."""

    pieza: int
    aparece: tuple[Vigente, ...]
    desaparece: tuple[Vigente, ...]


def diferencias(antes: Boca, despues: Boca) -> list[Cambio]:
    """Tooth by tooth; those that did not change are left out."""
    cambios = []
    for pieza in sorted({*antes, *despues}):
        viejos, nuevos = antes.get(pieza, ()), despues.get(pieza, ())
        aparece, desaparece = _sin(nuevos, viejos), _sin(viejos, nuevos)
        if aparece or desaparece:
            cambios.append(Cambio(pieza, aparece, desaparece))
    return cambios


def _sin(unos: Sequence[Vigente], otros: Sequence[Vigente]) -> tuple[Vigente, ...]:
    """What of the ones is not among the others: whole findings, or the surfaces by which they differ."""
    ya = {v.entrada.id: v for v in otros}
    resto = []
    for v in unos:
        otro = ya.get(v.entrada.id)
        if otro is None:
            resto.append(v)
        elif quedan := v.superficies - otro.superficies:
            resto.append(Vigente(v.entrada, quedan))
    return tuple(resto)


# ---- What an entry may look like


def defectos(
    pieza: int, codigo: str, superficies: str, estado: str | None, variante: str | None, grado: int | None
) -> dict[str, list[str]]:
    """Field → messages: what about an entry does not fit its kind. Empty when all does."""
    tipo = CATALOGO[codigo]
    errores = {
        "superficies": _de_superficies(tipo, superficies),
        "estado": _de_estado(tipo, estado),
        "variante": _de_variante(tipo, variante),
        "grado": _de_grado(tipo, grado),
        "pieza": _de_denticion(tipo, pieza),
    }
    return {campo: [mensaje] for campo, mensaje in errores.items() if mensaje}


def _de_superficies(tipo: Codigo, superficies: str) -> str | None:
    if tipo.ambito == Ambito.SUPERFICIES and not superficies:
        return f"{tipo.nombre}: diga en qué superficies."
    if tipo.ambito == Ambito.PIEZA and superficies:
        return f"{tipo.nombre}: es de la pieza entera, sin superficies."
    return None


def _de_estado(tipo: Codigo, estado: str | None) -> str | None:
    if estado is None and tipo.clase in (Clase.TRATAMIENTO, Clase.PROTESIS) and len(tipo.estados) > 1:
        return f"{tipo.nombre}: diga si está por hacer o realizado."
    if estado is not None and estado not in tipo.estados:
        return f"{tipo.nombre}: se anota como {' o '.join(tipo.estados)}."
    return None


def _de_variante(tipo: Codigo, variante: str | None) -> str | None:
    if variante is None or variante in tipo.variantes:
        return None
    posibles = f"es una de: {', '.join(tipo.variantes)}" if tipo.variantes else "no tiene variantes"
    return f"{tipo.nombre}: {posibles}."


def _de_grado(tipo: Codigo, grado: int | None) -> str | None:
    if tipo.grado_maximo and (grado is None or not 1 <= grado <= tipo.grado_maximo):
        return f"{tipo.nombre}: diga el grado, de 1 a {tipo.grado_maximo}."
    return f"{tipo.nombre}: no tiene grados." if grado is not None and not tipo.grado_maximo else None


def _de_denticion(tipo: Codigo, pieza: int) -> str | None:
    if tipo.solo is None or (tipo.solo == "temporal") == es_temporal(pieza):
        return None
    return f"{tipo.nombre}: solo en piezas de la dentición {tipo.solo}."
