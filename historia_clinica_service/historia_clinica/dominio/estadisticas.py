"""Figures that nobody can be known by: what may tell who somebody is, is told only of groups of at least K persons.

What others may know of a person (when attended, age, sex) is told as exactly as K persons share it: by month and
five-year age group, by year and wide age group, by year alone; and else the row is left out. A row that is told less
exactly is counted only among such rows: those that are told exactly can't hide it, as who knows the person knows that
it isn't among them. K-anonymity by local recoding (Sweeney 2002), with distinct persons in place of rows.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date

K = 5
OTROS = "otros"
_ANCHOS = ((65, "65+"), (40, "40-64"), (18, "18-39"), (12, "12-17"), (0, "0-11"))
MAYOR = 90  # from then on ages are told together


@dataclass(frozen=True)
class Cuasi:
    """What others may know of a person at an attention. None: not told."""

    periodo: str
    edad: str | None
    sexo: str | None


def cuasi_de(dia: date, nacimiento: date | None, sexo: str | None) -> tuple[Cuasi, Cuasi, Cuasi]:
    """The same attention told ever less exactly."""
    anos = None if nacimiento is None or nacimiento > dia else _anos(nacimiento, dia)
    return (
        Cuasi(f"{dia:%Y-%m}", None if anos is None else _quinquenio(anos), sexo),
        Cuasi(f"{dia:%Y}", None if anos is None else next(g for desde, g in _ANCHOS if anos >= desde), sexo),
        Cuasi(f"{dia:%Y}", None, None),
    )


def _anos(nacimiento: date, dia: date) -> int:
    return dia.year - nacimiento.year - ((dia.month, dia.day) < (nacimiento.month, nacimiento.day))


def _quinquenio(anos: int) -> str:
    desde = min(anos, MAYOR) // 5 * 5
    return f"{MAYOR}+" if desde == MAYOR else f"{desde}-{desde + 4}"


class Personas:
    """Counts distinct persons by something, and remembers at most K of each."""

    def __init__(self, k: int = K) -> None:
        self.k = k
        self._quienes: dict[Hashable, set[int]] = {}

    def anotar(self, que: Hashable, quienes: Iterable[int]) -> None:
        """These persons have it."""
        conocidas = self._quienes.setdefault(que, set())
        if len(conocidas) < self.k:
            conocidas.update(quienes)

    def bastan(self, que: Hashable) -> bool:
        """Whether K persons have it."""
        return len(self._quienes.get(que, ())) >= self.k

    def escasas(self) -> Iterable[tuple[Hashable, frozenset[int]]]:
        """What too few have, and who."""
        return [(que, frozenset(ellos)) for que, ellos in self._quienes.items() if len(ellos) < self.k]


class Grupos:
    """How exactly each attention may be told. First all are noted, then `cerrar`, then asked."""

    def __init__(self, k: int = K) -> None:
        self.k = k
        self._niveles: list[Personas] = [Personas(k)]

    def anotar(self, persona: int, formas: tuple[Cuasi, ...]) -> None:
        """An attention of a person, told in these ways."""
        self._niveles[0].anotar(formas, [persona])

    def cerrar(self) -> None:
        """Count who is left at each level among those that the levels before could not tell."""
        for _nivel in (1, 2):
            menos = Personas(self.k)
            for formas, personas in self._niveles[-1].escasas():
                menos.anotar(formas[1:], personas)  # type: ignore[index]
            self._niveles.append(menos)

    def como(self, formas: tuple[Cuasi, ...]) -> Cuasi | None:
        """How that attention may be told; None when not at all."""
        for nivel, personas in enumerate(self._niveles):
            if personas.bastan(formas[nivel:]):
                return formas[nivel]
        return None


class Codigos:
    """Diagnoses that fewer than K persons have are told by their category of three characters, or as others."""

    def __init__(self, k: int = K) -> None:
        self._exactos, self._categorias = Personas(k), Personas(k)

    def anotar(self, persona: int, codigo: str) -> None:
        """That person has it."""
        self._exactos.anotar(codigo, [persona])

    def cerrar(self) -> None:
        """Count the categories of what is too rare."""
        for codigo, personas in self._exactos.escasas():
            self._categorias.anotar(str(codigo)[:3], personas)

    def como(self, codigo: str) -> str:
        """How that diagnosis may be told."""
        if self._exactos.bastan(codigo):
            return codigo
        return codigo[:3] if self._categorias.bastan(codigo[:3]) else OTROS
