"""What appointments, holds and group sessions take for their time."""

from enum import StrEnum
from typing import NamedTuple


class TipoRecurso(StrEnum):
    """Kinds of resources, in the order in which a clash is reported."""

    DOCTOR = "doctor"
    PACIENTE = "paciente"
    SALA = "sala"
    ASISTENTE = "asistente"


class Recurso(NamedTuple):
    """One doctor, patient, room or assistant."""

    tipo: TipoRecurso
    id: int
