"""News that this service follows: who there is, whose doctor is who by which appointment, names of treatments."""

from __future__ import annotations

from collections.abc import Sequence

from comun.events import Event
from historia_clinica.casos_de_uso.referencias import fusionar, recordar, recordar_paciente
from historia_clinica.casos_de_uso.retencion import olvidar
from historia_clinica.extensiones import consumidor
from historia_clinica.modelos import CentroRef, CitaRef, DoctorRef, TratamientoRef

# They change no appointment's state, time, doctor or patient.
SUCESOS = (
    "programada",
    "confirmada",
    "reprogramada",
    "cancelada",
    "en_sala",
    "en_curso",
    "completada",
    "reabierta",
    "no_asistio",
)


@consumidor.on(
    "paciente.creado.v1",
    "paciente.actualizado.v1",
    "paciente.inactivado.v1",
    "paciente.eliminado.v1",
    "paciente.anonimizado.v1",
)
def paciente_cambio(evento: Event) -> None:
    """Keep the patient's present name. The record stays, whatever becomes of the patient: the law wants it kept."""
    anonimo = evento.type.startswith("paciente.anonimizado")
    recordar_paciente({**evento.row, "anonimizado": anonimo})
    if anonimo:
        olvidar(evento.data["id"])


@consumidor.on("paciente.fusionado.v1")
def pacientes_fusionados(evento: Event) -> None:
    """The absorbed patient's record is the survivor's from now on."""
    recordar_paciente(evento.row)
    fusionar(evento.data["absorbido_id"], evento.data["id"])


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1", "doctor.eliminado.v1")
def doctor_cambio(evento: Event) -> None:
    """Keep the doctor's present name and specialties."""
    recordar(DoctorRef, evento.row)


@consumidor.on("centro.creado.v1", "centro.actualizado.v1", "centro.eliminado.v1")
def centro_cambio(evento: Event) -> None:
    """Keep the centre's present name and zone."""
    recordar(CentroRef, evento.row)


@consumidor.on_many(*(f"cita.{suceso}.v1" for suceso in SUCESOS))
def citas_cambiaron(eventos: Sequence[Event]) -> None:
    """Keep whose appointment it is, with whom, and in which state."""
    recordar(CitaRef, *(evento.row for evento in eventos))


@consumidor.on("tratamiento.creado.v1", "tratamiento.actualizado.v1", "tratamiento.eliminado.v1")
def tratamiento_cambio(evento: Event) -> None:
    """Keep what the treatment is called."""
    recordar(TratamientoRef, evento.row)
