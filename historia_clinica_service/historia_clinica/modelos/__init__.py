"""Tables of historia_clinica_service."""

from historia_clinica.modelos.alergia import Alergia, Certeza, EstadoAlergia, TipoAlergia
from historia_clinica.modelos.antecedentes import Antecedentes
from historia_clinica.modelos.bitacora import Anotacion, Cabeza, Relacion, Resultado
from historia_clinica.modelos.cie10 import Cie10
from historia_clinica.modelos.comunes import DelExpediente
from historia_clinica.modelos.documentos import Adjunto, Consentimiento, TextoConsentimiento
from historia_clinica.modelos.emergencia import Emergencia
from historia_clinica.modelos.examen_oftalmologico import ExamenOftalmologico, ExamenOjo
from historia_clinica.modelos.nota import Diagnostico, Enmienda, Formulario033, Nota
from historia_clinica.modelos.odontograma import Hallazgo
from historia_clinica.modelos.periodontograma import Periodontograma, PiezaPeriodontal, SitioPeriodontal
from historia_clinica.modelos.persona import DatosPersonales
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
from historia_clinica.modelos.retencion import Retencion
from historia_clinica.modelos.signos_vitales import EstadoSignos, SignosVitales

__all__ = [
    "SIN_RELACION",
    "Adjunto",
    "Alergia",
    "Anotacion",
    "Antecedentes",
    "Cabeza",
    "CentroRef",
    "Certeza",
    "Cie10",
    "CitaRef",
    "Consentimiento",
    "DatosPersonales",
    "DelExpediente",
    "Diagnostico",
    "DoctorRef",
    "Emergencia",
    "Enmienda",
    "EstadoAlergia",
    "EstadoSignos",
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
    "Retencion",
    "SignosVitales",
    "SitioPeriodontal",
    "TextoConsentimiento",
    "TipoAlergia",
    "TratamientoRef",
]
