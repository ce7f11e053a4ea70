"""What a treatment asks of its appointments, with what each centre asks of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Politica:
    """The rules of one kind of appointment. Minutes, unless the name says otherwise.

    `anticipacion_minutos`: least time from booking to start; `horizonte_dias`: furthest ahead, None without limit;
    `cancelacion_minutos`: how long before the start patients may still cancel or move by themselves;
    `capacidad`: places of a group session (1: not a group); `tipo_sala`: kind of room that it needs;
    `recordatorios`: how long before the start patients are reminded.
    """

    duracion_minutos: int
    holgura_antes_minutos: int = 0
    holgura_despues_minutos: int = 0
    anticipacion_minutos: int = 0
    horizonte_dias: int | None = None
    cancelacion_minutos: int = 0
    capacidad: int = 1
    tipo_sala: str | None = None
    recordatorios: tuple[int, ...] = (48 * 60, 3 * 60)
    apartado_minutos: int = 10


CAMPOS = tuple(campo.name for campo in fields(Politica))


def resolver(base: Politica, capas: Iterable[Mapping[str, Any]]) -> Politica:
    """`base` with what each layer says, the more general first; None says nothing."""
    dicho = {campo: getattr(base, campo) for campo in CAMPOS}
    for capa in capas:
        dicho.update({campo: capa[campo] for campo in CAMPOS if capa.get(campo) is not None})
    dicho["recordatorios"] = tuple(dicho["recordatorios"])
    return Politica(**dicho)
