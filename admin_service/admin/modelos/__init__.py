"""Tables of this service."""

from admin.modelos.catalogo import Catalogo, Entrada
from admin.modelos.centro import Centro, Sala
from admin.modelos.cita_ref import CitaRef
from admin.modelos.configuracion import Ajuste, CambioAjuste
from admin.modelos.consentimiento import Consentimiento
from admin.modelos.doctor import Doctor, DoctorServicio
from admin.modelos.paciente import Paciente

__all__ = [
    "Ajuste",
    "CambioAjuste",
    "Catalogo",
    "Centro",
    "CitaRef",
    "Consentimiento",
    "Doctor",
    "DoctorServicio",
    "Entrada",
    "Paciente",
    "Sala",
]
