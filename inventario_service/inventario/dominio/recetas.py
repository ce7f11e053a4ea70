"""What treatments use up by their recipes, and which product of those that would do is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventario.dominio.unidades import CANTIDAD_MAXIMA, SEXTO

Opcion = tuple[int, Decimal]  # product, and how much of it in its own unit


@dataclass(frozen=True)
class LineaReceta:
    """So much of a product, or all that another treatment uses, `cantidad` times; one of both ids is None.

    Products with the same `alternativa` stand for each other, in the order of their lines. Only products do: an
    included treatment is used in any case.
    """

    producto_id: int | None
    incluye_id: int | None
    cantidad: Decimal
    opcional: bool = False
    alternativa: str | None = None


@dataclass(frozen=True)
class RecetaVigente:
    """The version of a treatment's recipe that counts."""

    id: int
    tratamiento_id: int
    lineas: tuple[LineaReceta, ...]


@dataclass(frozen=True)
class Necesidad:
    """One of `opciones`, best first, is needed for a treatment; `receta_id` is of it or of one that it includes."""

    receta_id: int
    tratamiento_id: int
    opciones: tuple[Opcion, ...]
    opcional: bool = False

    @property
    def productos(self) -> tuple[int, ...]:
        """Those that would do."""
        return tuple(producto_id for producto_id, _ in self.opciones)


@dataclass(frozen=True)
class Eleccion:
    """So much of a product is for that need; `faltante` of it is not there."""

    necesidad: Necesidad
    producto_id: int
    cantidad: Decimal
    faltante: Decimal


def necesidades(tratamiento_id: int, veces: Decimal, recetas: Mapping[int, RecetaVigente]) -> list[Necesidad]:
    """What a treatment done `veces` times needs, with all that it includes. None without a recipe.

    What is included as optional is optional itself. Quantities to six decimals, none above CANTIDAD_MAXIMA.
    """
    de_cada_una: dict[tuple[int, tuple[int, ...], bool], Necesidad] = {}
    # How often each is done, apart for what may be left out.
    cuantas: dict[int, dict[bool, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    cuantas[tratamiento_id][False] = veces
    for receta in _en_orden(tratamiento_id, recetas):
        for opcional, factor in cuantas.pop(receta.tratamiento_id).items():
            for linea in receta.lineas:
                if linea.incluye_id is not None:
                    cuantas[linea.incluye_id][opcional or linea.opcional] += factor * linea.cantidad
            for grupo in _grupos(receta.lineas):
                if opciones := _multiplicadas(grupo, factor):
                    es_opcional = opcional or all(linea.opcional for linea in grupo)
                    nueva = Necesidad(receta.id, tratamiento_id, opciones, es_opcional)
                    de_cada_una[receta.id, nueva.productos, es_opcional] = nueva
    return list(de_cada_una.values())


def elegir(necesidades: Sequence[Necesidad], disponible: Mapping[int, Decimal]) -> list[Eleccion]:
    """Which option each need takes of what there is, in the order of the needs.

    An option is taken whole: the first of which there is enough. If there is of none, the first one is taken as
    far as it goes. An optional need without enough is left out. What has no choice comes first, then what has one,
    then what can be left out: so nothing is missing that another could have spared.
    """
    queda = dict(disponible)
    elegidas: dict[int, Eleccion] = {}
    turnos = sorted(
        range(len(necesidades)), key=lambda n: (necesidades[n].opcional, len(necesidades[n].opciones) > 1)
    )
    for turno in turnos:
        necesidad = necesidades[turno]
        alcanzan = (o for o in necesidad.opciones if queda.get(o[0], Decimal(0)) >= o[1])
        opcion = next(alcanzan, None)
        if opcion is None and necesidad.opcional:
            continue
        producto_id, cantidad = opcion or necesidad.opciones[0]
        hay = max(queda.get(producto_id, Decimal(0)), Decimal(0))
        faltante = max(cantidad - hay, Decimal(0))
        queda[producto_id] = hay - (cantidad - faltante)
        elegidas[turno] = Eleccion(necesidad, producto_id, cantidad, faltante)
    return [elegidas[turno] for turno in sorted(elegidas)]


def encierra_ciclo(tratamiento_id: int, incluye: Mapping[int, Collection[int]]) -> bool:
    """Whether a treatment would include itself, by way of others or not; `incluye`: treatment → what it includes."""
    vistos: set[int] = set()
    por_ver = list(incluye.get(tratamiento_id, ()))
    while por_ver:
        actual = por_ver.pop()
        if actual == tratamiento_id:
            return True
        if actual not in vistos:
            vistos.add(actual)
            por_ver.extend(incluye.get(actual, ()))
    return False


def _en_orden(tratamiento_id: int, recetas: Mapping[int, RecetaVigente]) -> Iterator[RecetaVigente]:
    """The recipes that count for a treatment, each after all those that include it.

    Recipes don't include themselves; should they, each is still told once.
    """
    vistos, orden = {tratamiento_id}, []
    abiertos = [(tratamiento_id, _incluidos(recetas.get(tratamiento_id)))]
    while abiertos:
        actual, siguientes = abiertos[-1]
        siguiente = next(siguientes, None)
        if siguiente is None:
            orden.append(actual)
            abiertos.pop()
        elif siguiente not in vistos:
            vistos.add(siguiente)
            abiertos.append((siguiente, _incluidos(recetas.get(siguiente))))
    return (recetas[cada] for cada in reversed(orden) if cada in recetas)


def _incluidos(receta: RecetaVigente | None) -> Iterator[int]:
    lineas = receta.lineas if receta else ()
    return (linea.incluye_id for linea in lineas if linea.incluye_id is not None)


def _grupos(lineas: Iterable[LineaReceta]) -> list[list[LineaReceta]]:
    """The lines of products, together with their alternatives."""
    grupos: dict[object, list[LineaReceta]] = {}
    for numero, linea in enumerate(lineas):
        if linea.producto_id is not None:
            grupos.setdefault(linea.alternativa or numero, []).append(linea)
    return list(grupos.values())


def _multiplicadas(lineas: Iterable[LineaReceta], factor: Decimal) -> tuple[Opcion, ...]:
    """Without those that come to nothing in six decimals."""
    opciones = (
        (linea.producto_id, min(linea.cantidad * factor, CANTIDAD_MAXIMA).quantize(SEXTO))
        for linea in lineas
        if linea.producto_id is not None
    )
    return tuple((producto_id, cantidad) for producto_id, cantidad in opciones if cantidad > 0)
