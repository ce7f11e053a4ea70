"""The life of an appointment: which state may follow which, and who may bring it about."""

from dataclasses import dataclass
from enum import StrEnum


class Estado(StrEnum):
    """States of an appointment, in the order in which it runs through them."""

    PROGRAMADA = "programada"
    CONFIRMADA = "confirmada"
    EN_SALA = "en_sala"
    EN_CURSO = "en_curso"
    COMPLETADA = "completada"
    CANCELADA = "cancelada"
    NO_ASISTIO = "no_asistio"


_CAMINO = (Estado.PROGRAMADA, Estado.CONFIRMADA, Estado.EN_SALA, Estado.EN_CURSO, Estado.COMPLETADA)

# States in which the appointment still lies ahead: it can be moved, cancelled and edited.
PENDIENTES = frozenset({Estado.PROGRAMADA, Estado.CONFIRMADA, Estado.EN_SALA})
# States in which it does not hold its doctor, patient and room any longer.
LIBERADAS = frozenset({Estado.CANCELADA, Estado.NO_ASISTIO})

PERMISO_PARA = {
    Estado.CONFIRMADA: "citas:confirmar",
    Estado.EN_SALA: "citas:recibir",
    Estado.EN_CURSO: "citas:atender",
    Estado.COMPLETADA: "citas:atender",
    Estado.CANCELADA: "citas:cancelar",
    Estado.NO_ASISTIO: "citas:ausentar",
}


@dataclass(frozen=True)
class Transicion:
    """An allowed step: the permission that it takes, and whether it must be given a reason."""

    permiso: str
    exige_motivo: bool = False


class TransicionIlegal(Exception):
    """No such step; the message is a Spanish sentence for a person."""


def transicion(actual: Estado, nuevo: Estado, *, ya_empezo: bool) -> Transicion:
    """The step from `actual` to `nuevo`; TransicionIlegal when there is none.

    Forward steps may be skipped. `ya_empezo`: the appointment's start lies in the past.
    """
    if actual is nuevo:
        raise TransicionIlegal(f"La cita ya está {_legible(actual)}.")
    if actual is Estado.COMPLETADA and nuevo is Estado.EN_CURSO:
        return Transicion("citas:reabrir", exige_motivo=True)
    if nuevo is Estado.CANCELADA and actual in PENDIENTES:
        return Transicion(PERMISO_PARA[nuevo])
    if nuevo is Estado.NO_ASISTIO and actual in (Estado.PROGRAMADA, Estado.CONFIRMADA):
        if not ya_empezo:
            raise TransicionIlegal("La cita aún no empieza; no se puede registrar una ausencia.")
        return Transicion(PERMISO_PARA[nuevo])
    if actual in _CAMINO and nuevo in _CAMINO and _CAMINO.index(nuevo) > _CAMINO.index(actual):
        return Transicion(PERMISO_PARA[nuevo])
    raise TransicionIlegal(f"Una cita {_legible(actual)} no puede pasar a {_legible(nuevo)}.")


def _legible(estado: Estado) -> str:
    return {Estado.EN_SALA: "en sala", Estado.EN_CURSO: "en curso", Estado.NO_ASISTIO: "no asistió"}.get(
        estado, estado.value
    )
