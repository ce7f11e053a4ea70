"""Tables of citas_service."""

from citas.modelos.cita import CambioEstado, Cita, Ocupacion
from citas.modelos.extra import Extra
from citas.modelos.referencias import CentroRef, DoctorRef, PacienteRef

__all__ = ["CambioEstado", "CentroRef", "Cita", "DoctorRef", "Extra", "Ocupacion", "PacienteRef"]
