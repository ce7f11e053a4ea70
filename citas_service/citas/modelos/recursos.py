"""What an appointment takes for its time."""

from enum import StrEnum
from typing import NamedTuple


class TipoRecurso(StrEnum):
    """Kinds of resources, in the order in which a clash is reported: doctor, patient, room."""

    DOCTOR = "doctor"
    PACIENTE = "paciente"
    SALA = "sala"


class Recurso(NamedTuple):
    """One doctor, patient or room."""

    tipo: TipoRecurso
    id: int
