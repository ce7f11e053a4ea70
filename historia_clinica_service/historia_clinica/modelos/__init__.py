"""Tables of historia_clinica_service."""

from historia_clinica.modelos.bitacora import Anotacion, Cabeza, Relacion, Resultado
from historia_clinica.modelos.cie10 import Cie10
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.documentos import Adjunto, Consentimiento, TextoConsentimiento
from historia_clinica.modelos.emergencia import Emergencia
from historia_clinica.modelos.examen_oftalmologico import ExamenOftalmologico, ExamenOjo
from historia_clinica.modelos.nota import Diagnostico, Enmienda, Formulario033, Nota
from historia_clinica.modelos.odontograma import Hallazgo
from historia_clinica.modelos.periodontograma import Periodontograma, PiezaPeriodontal, SitioPeriodontal
from historia_clinica.modelos.plan import PlanItem, PlanTratamiento
from historia_clinica.modelos.receta import Numeracion, Receta, RecetaItem
from historia_clinica.modelos.receta_optica import RecetaOptica, RecetaOpticaOjo
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
    "Cie10",
    "CitaRef",
    "Consentimiento",
    "DelExpediente",
    "Diagnostico",
    "DoctorRef",
    "Emergencia",
    "Enmienda",
    "ExamenOftalmologico",
    "ExamenOjo",
    "Formulario033",
    "Hallazgo",
    "Nota",
    "Numeracion",
    "PacienteRef",
    "Periodontograma",
    "PiezaPeriodontal",
    "PlanItem",
    "PlanTratamiento",
    "Receta",
    "RecetaItem",
    "RecetaOptica",
    "RecetaOpticaOjo",
    "Relacion",
    "Resultado",
    "SitioPeriodontal",
    "TextoConsentimiento",
    "TratamientoRef",
]
