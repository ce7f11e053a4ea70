"""What can be noted of a tooth: pathology, treatment, absence, prosthesis, position.

Symbols and colours follow the dental form 033 of Ecuador's Ministry of Health: red is pathology or to do, blue is
done or lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Estado(StrEnum):
    """What an entry says of its finding. `resuelto`: it is no longer there."""

    POR_HACER = "por_hacer"
    REALIZADO = "realizado"
    OBSERVADO = "observado"
    RESUELTO = "resuelto"


class Clase(StrEnum):
    """What kind of thing is noted."""

    PATOLOGIA = "patologia"
    TRATAMIENTO = "tratamiento"
    AUSENCIA = "ausencia"
    PRESENCIA = "presencia"
    PROTESIS = "protesis"
    POSICION = "posicion"


class Ambito(StrEnum):
    """Whether it concerns the whole tooth, surfaces (at least one), or either."""

    PIEZA = "pieza"
    SUPERFICIES = "superficies"
    AMBOS = "ambos"


class Color(StrEnum):
    """How it is drawn."""

    ROJO = "rojo"
    AZUL = "azul"
    GRIS = "gris"


@dataclass(frozen=True)
class Codigo:
    """One kind of finding.

    `estados`: in which it can be noted, the first is meant when none is given, except for treatments.
    `variantes`: material, cause or kind. `grado_maximo`: of its degree (mobility 1–3, recession in mm); 0: none.
    `realizado_como`: what stands there once it was treated; None: nothing, it is gone.
    `resuelve`: what is no longer there once this was done on the same surfaces.
    """

    codigo: str
    nombre: str
    clase: Clase
    ambito: Ambito = Ambito.PIEZA
    variantes: tuple[str, ...] = ()
    grado_maximo: int = 0
    realizado_como: str | None = None
    resuelve: frozenset[str] = frozenset()
    solo: str | None = None  # "permanente" or "temporal"

    @property
    def estados(self) -> tuple[Estado, ...]:
        """In which states it can be noted."""
        return _ESTADOS.get(self.codigo) or _ESTADOS[self.clase]

    def color(self, estado: str) -> Color:
        """Red: pathology or to do. Blue: done or lost. Grey: merely so."""
        if estado == Estado.POR_HACER or (estado == Estado.OBSERVADO and self.clase == Clase.PATOLOGIA):
            return Color.ROJO
        if estado == Estado.REALIZADO or self.clase in (Clase.AUSENCIA, Clase.PROTESIS):
            return Color.AZUL
        return Color.GRIS


_ESTADOS: dict[str, tuple[Estado, ...]] = {
    Clase.PATOLOGIA: (Estado.OBSERVADO, Estado.POR_HACER),
    Clase.POSICION: (Estado.OBSERVADO, Estado.POR_HACER),
    Clase.TRATAMIENTO: (Estado.POR_HACER, Estado.REALIZADO),
    Clase.PROTESIS: (Estado.POR_HACER, Estado.REALIZADO),
    Clase.AUSENCIA: (Estado.OBSERVADO,),
    Clase.PRESENCIA: (Estado.OBSERVADO,),
    "caries": (Estado.POR_HACER, Estado.OBSERVADO),
    "extraccion_indicada": (Estado.POR_HACER,),
}

_CORONARIAS = frozenset({"caries", "fractura", "desgaste", "defecto_esmalte"})
_MATERIALES = ("resina", "amalgama", "ionomero", "incrustacion", "temporal", "otro")
_CORONAS = ("metal", "metal_porcelana", "porcelana", "zirconio", "acero", "provisional", "otro")
_CAUSAS = ("caries", "periodontal", "ortodoncia", "fractura", "otra")
SUPERFICIE, AMBOS = Ambito.SUPERFICIES, Ambito.AMBOS
PATOLOGIA, TRATAMIENTO, AUSENCIA = Clase.PATOLOGIA, Clase.TRATAMIENTO, Clase.AUSENCIA
PRESENCIA, PROTESIS, POSICION = Clase.PRESENCIA, Clase.PROTESIS, Clase.POSICION

_TODOS = (
    Codigo(
        "caries",
        "Caries",
        PATOLOGIA,
        SUPERFICIE,
        ("esmalte", "dentina", "pulpar", "radicular", "recurrente"),
        realizado_como="restauracion",
    ),
    Codigo("fractura", "Fractura", PATOLOGIA, AMBOS, ("esmalte", "corona", "raiz")),
    Codigo("desgaste", "Desgaste", PATOLOGIA, AMBOS, ("atricion", "abrasion", "erosion", "abfraccion")),
    Codigo("defecto_esmalte", "Defecto del esmalte", PATOLOGIA, AMBOS, ("hipoplasia", "fluorosis", "opacidad")),
    Codigo("lesion_pulpar", "Lesión pulpar", PATOLOGIA, variantes=("reversible", "irreversible", "necrosis")),
    Codigo("lesion_periapical", "Lesión periapical", PATOLOGIA),
    Codigo("resto_radicular", "Resto radicular", PATOLOGIA),
    Codigo("movilidad", "Movilidad", PATOLOGIA, grado_maximo=3),
    Codigo("recesion", "Recesión gingival (mm)", PATOLOGIA, AMBOS, grado_maximo=15),
    Codigo("sellante", "Sellante", TRATAMIENTO, AMBOS, resuelve=frozenset({"sellante"})),
    Codigo(
        "restauracion",
        "Restauración",
        TRATAMIENTO,
        SUPERFICIE,
        _MATERIALES,
        resuelve=_CORONARIAS | {"restauracion", "sellante"},
    ),
    Codigo(
        "carilla",
        "Carilla",
        TRATAMIENTO,
        AMBOS,
        ("resina", "porcelana", "otro"),
        resuelve=frozenset({"carilla", "desgaste", "fractura", "defecto_esmalte"}),
    ),
    Codigo(
        "corona",
        "Corona",
        TRATAMIENTO,
        variantes=_CORONAS,
        resuelve=_CORONARIAS | {"corona", "restauracion", "sellante", "carilla"},
    ),
    Codigo(
        "endodoncia",
        "Endodoncia",
        TRATAMIENTO,
        resuelve=frozenset({"endodoncia", "lesion_pulpar", "pulpotomia"}),
    ),
    Codigo("pulpotomia", "Pulpotomía", TRATAMIENTO, resuelve=frozenset({"pulpotomia", "lesion_pulpar"})),
    Codigo("perno", "Perno o espiga", TRATAMIENTO, variantes=("metalico", "fibra", "otro")),
    Codigo("aparato_ortodontico", "Aparato de ortodoncia", TRATAMIENTO, variantes=("bracket", "banda", "retenedor")),
    Codigo("extraccion_indicada", "Extracción indicada", TRATAMIENTO, variantes=_CAUSAS),
    Codigo("perdida_por_caries", "Pérdida por caries", AUSENCIA),
    Codigo("perdida_otra_causa", "Pérdida por otra causa", AUSENCIA),
    Codigo("ausente", "Ausente, causa desconocida", AUSENCIA),
    Codigo("agenesia", "Agenesia", AUSENCIA),
    Codigo("exfoliada", "Exfoliada", AUSENCIA, solo="temporal"),
    Codigo("presente", "Presente", PRESENCIA),
    Codigo("no_erupcionado", "No erupcionado", PRESENCIA),
    Codigo("impactado", "Impactado", PRESENCIA),
    Codigo("implante", "Implante", PROTESIS, solo="permanente"),
    Codigo("pilar_puente", "Pilar de prótesis fija", PROTESIS, solo="permanente"),
    Codigo("pontico", "Póntico de prótesis fija", PROTESIS, solo="permanente"),
    Codigo("protesis_removible", "Prótesis removible", PROTESIS),
    Codigo("protesis_total", "Prótesis total", PROTESIS),
    Codigo("diastema", "Diastema", POSICION),
    Codigo("giroversion", "Giroversión", POSICION),
    Codigo("apinamiento", "Apiñamiento", POSICION),
    Codigo("extrusion", "Extrusión", POSICION),
    Codigo("migracion", "Migración", POSICION),
    Codigo("supernumerario", "Supernumerario junto a la pieza", POSICION),
)
CATALOGO = {codigo.codigo: codigo for codigo in _TODOS}

# Causes for which a tooth is lost to caries when it is taken out.
_POR_CARIES = (None, "caries")


def al_realizar(codigo: str, variante: str | None) -> str | None:
    """What stands there once a finding was treated; None: nothing, it is gone.

    A treatment stands there itself, caries was filled, and a tooth whose extraction was indicated is lost.
    """
    if codigo == "extraccion_indicada":
        return "perdida_por_caries" if variante in _POR_CARIES else "perdida_otra_causa"
    if CATALOGO[codigo].clase in (Clase.TRATAMIENTO, Clase.PROTESIS):
        return codigo
    return CATALOGO[codigo].realizado_como


def estado_al_realizar(codigo: str) -> Estado:
    """In which state it then stands there: a loss is observed, a treatment is done."""
    return Estado.OBSERVADO if CATALOGO[codigo].clase == Clase.AUSENCIA else Estado.REALIZADO
