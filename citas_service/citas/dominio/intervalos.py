"""Arithmetic of half-open intervals [start, end) of instants."""

from collections.abc import Iterable, Sequence

from citas.dominio.reloj import Intervalo


def unir(intervalos: Iterable[Intervalo]) -> list[Intervalo]:
    """The same instants as sorted intervals that neither overlap nor touch."""
    unidos: list[Intervalo] = []
    for inicio, fin in sorted(intervalos):
        if unidos and inicio <= unidos[-1][1]:
            if fin > unidos[-1][1]:
                unidos[-1] = (unidos[-1][0], fin)
        else:
            unidos.append((inicio, fin))
    return unidos


def restar(intervalos: Sequence[Intervalo], quitados: Iterable[Intervalo]) -> list[Intervalo]:
    """What remains of sorted, disjoint intervals."""
    resto = list(intervalos)
    for desde, hasta in unir(quitados):
        nuevo: list[Intervalo] = []
        for inicio, fin in resto:
            if fin <= desde or inicio >= hasta:
                nuevo.append((inicio, fin))
                continue
            if inicio < desde:
                nuevo.append((inicio, desde))
            if fin > hasta:
                nuevo.append((hasta, fin))
        resto = nuevo
    return resto


def cabe(inicio: int, fin: int, libres: Iterable[Intervalo]) -> bool:
    """Whether [inicio, fin) lies whole inside one of the intervals."""
    return any(desde <= inicio and fin <= hasta for desde, hasta in libres)


def choca(inicio: int, fin: int, ocupados: Iterable[Intervalo]) -> bool:
    """Whether [inicio, fin) shares an instant with one of the intervals."""
    return any(inicio < hasta and desde < fin for desde, hasta in ocupados)


def total(intervalos: Iterable[Intervalo]) -> int:
    """Minutes in disjoint intervals."""
    return sum(fin - inicio for inicio, fin in intervalos)
