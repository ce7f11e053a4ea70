"""What somebody would like of the agenda, and why it can't be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from citas.dominio.reloj import minuto, minuto_final


@dataclass(frozen=True)
class Deseo:
    """An appointment that somebody would like: [inicio, fin) with this doctor at this centre.

    `tratamiento_id`: whose policy holds; `otros`: what else is to be done.
    """

    doctor_id: int
    centro_id: int
    inicio: int
    fin: int
    tratamiento_id: int | None = None
    sala_id: int | None = None
    otros: tuple[int, ...] = ()

    @classmethod
    def de(cls, turno: Any) -> Deseo:
        """What an appointment or a hold, or a row of their columns, amounts to."""
        return cls(
            doctor_id=turno.doctor_id,
            centro_id=turno.centro_id,
            inicio=minuto(turno.inicio),
            fin=minuto_final(turno.fin),
            tratamiento_id=turno.tratamiento_id,
            sala_id=turno.sala_id,
            otros=getattr(turno, "otros_tratamientos", ()),
        )


@dataclass(frozen=True)
class Impedimento:
    """Why a wish can't be had: a stable name, and a Spanish sentence for a person."""

    codigo: str
    detalle: str
