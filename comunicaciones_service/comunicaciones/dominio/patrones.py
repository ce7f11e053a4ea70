"""Patterns of event types: what a webhook subscribes to."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PATRON = re.compile(r"(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z0-9_]+))*")
_VERSION = re.compile(r"v[0-9]+")


def bien_escrito(patron: str) -> bool:
    """Whether it is words and asterisks, with dots between."""
    return _PATRON.fullmatch(patron) is not None


def coincide(patron: str, tipo: str) -> bool:
    """Whether an event type such as `cita.completada.v1` is meant.

    An asterisk stands for one word, at the end for all that are left. Without a version any is meant.
    """
    pedidas, dadas = patron.split("."), tipo.split(".")
    if pedidas[-1] == "*":
        pedidas = pedidas[:-1]
        if len(dadas) <= len(pedidas):
            return False
        dadas = dadas[: len(pedidas)]
    elif len(pedidas) == len(dadas) - 1 and _VERSION.fullmatch(dadas[-1]):
        dadas = dadas[:-1]
    return len(pedidas) == len(dadas) and all(p in ("*", d) for p, d in zip(pedidas, dadas, strict=True))


def alguno_coincide(patrones: Iterable[str], tipo: str) -> bool:
    """Whether one of the patterns means that type."""
    return any(coincide(patron, tipo) for patron in patrones)
