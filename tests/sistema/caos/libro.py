"""What the clients of a run were promised: the ledger against which the end is checked."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class Libro:
    """Everything that was acknowledged, and what nobody can know because no answer came."""

    # (service, subject) → the news that there must be of it, in order. Of things that one client alone changes.
    noticias: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    # Mark → id of the one appointment or patient with it; None: there must be none.
    citas: dict[str, int | None] = field(default_factory=dict)
    pacientes: dict[str, int | None] = field(default_factory=dict)
    # Mark → id of the one invoice with it, issued and paid.
    cobros: dict[str, int | None] = field(default_factory=dict)
    # New surname of a doctor, that all clients change → how often it may have been given: least, most.
    doctores: dict[str, tuple[int, int]] = field(default_factory=dict)
    fusiones: dict[int, int] = field(default_factory=dict)
    cuenta: Counter[str] = field(default_factory=Counter)
    rarezas: list[str] = field(default_factory=list)
    _turno: threading.Lock = field(default_factory=threading.Lock)

    def contar(self, que: str) -> None:
        with self._turno:
            self.cuenta[que] += 1


@dataclass
class Comun:
    """What all clients work on. Lists only grow, so that a number chosen by the seed finds something."""

    centros: list[int] = field(default_factory=list)
    doctores: list[int] = field(default_factory=list)
    pacientes: list[int] = field(default_factory=list)
