"""Tables of historia_clinica_service."""

from historia_clinica.modelos.bitacora import Anotacion, Cabeza, Relacion, Resultado
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.documentos import Adjunto, Consentimiento, TextoConsentimiento
from historia_clinica.modelos.emergencia import Emergencia
from historia_clinica.modelos.referencias import (
    SIN_RELACION,
    CentroRef,
    CitaRef,
    DoctorRef,
    PacienteRef,
    TratamientoRef,
)

__all__ = [
    "SIN_RELACION",
    "Adjunto",
    "Anotacion",
    "Cabeza",
    "CentroRef",
    "CitaRef",
    "Consentimiento",
    "DelExpediente",
    "DoctorRef",
    "Emergencia",
    "PacienteRef",
    "Relacion",
    "Resultado",
    "TextoConsentimiento",
    "TratamientoRef",
]
