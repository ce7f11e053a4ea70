"""Tables of citas_service."""

from citas.modelos.apartado import Apartado
from citas.modelos.calendario import Calendario
from citas.modelos.cita import CambioEstado, Cita
from citas.modelos.espera import Espera, Hueco, Oferta
from citas.modelos.extra import Extra
from citas.modelos.horario import Bloqueo, CalendarioCentro, Horario
from citas.modelos.ocupacion import Ocupacion
from citas.modelos.politica import Politica
from citas.modelos.recordatorio import Recordatorio
from citas.modelos.referencias import AsistenteRef, CentroRef, DoctorRef, PacienteRef, TratamientoRef
from citas.modelos.serie import Serie
from citas.modelos.sesion import Sesion
from citas.modelos.tratamiento import CitaTratamiento
from citas.modelos.version import VersionAgenda

__all__ = [
    "Apartado",
    "AsistenteRef",
    "Bloqueo",
    "Calendario",
    "CalendarioCentro",
    "CambioEstado",
    "CentroRef",
    "Cita",
    "CitaTratamiento",
    "DoctorRef",
    "Espera",
    "Extra",
    "Horario",
    "Hueco",
    "Ocupacion",
    "Oferta",
    "PacienteRef",
    "Politica",
    "Recordatorio",
    "Serie",
    "Sesion",
    "TratamientoRef",
    "VersionAgenda",
]
