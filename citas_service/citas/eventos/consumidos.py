"""News that the agenda follows: of admin_service who and where, of auth_service who assists, of inventario_service
how long treatments take.
"""

from __future__ import annotations

from citas.casos_de_uso.pacientes import anotar_paciente, fusionar, retirar
from citas.extensiones import consumidor, db
from citas.modelos import AsistenteRef, CentroRef, DoctorRef, PacienteRef, TratamientoRef
from citas.modelos.referencias import asiste, asistente, recordar
from comun.events import Event
from comun.events.consumer import superseded


@consumidor.on("paciente.creado.v1", "paciente.actualizado.v1", "paciente.inactivado.v1", "paciente.anonimizado.v1")
def paciente_cambio(evento: Event) -> None:
    """Keep the patient's present name and contact."""
    anonimo = evento.type.startswith("paciente.anonimizado")
    # Who was inactive for a while may wait for something again by the time that old news is told once more.
    inactivo = anonimo or (evento.type.startswith("paciente.inactivado") and not superseded(evento))
    anotar_paciente(evento.data, evento.sequence, inactivo=inactivo, anonimo=anonimo)


@consumidor.on("paciente.eliminado.v1")
def paciente_eliminado(evento: Event) -> None:
    """Nothing is to come for a patient who is gone."""
    retirar(evento.data, evento.sequence)


@consumidor.on("paciente.fusionado.v1")
def pacientes_fusionados(evento: Event) -> None:
    """All that is the absorbed patient's becomes the survivor's."""
    recordar(PacienteRef, evento.data, evento.sequence)
    fusionar(evento.data["absorbido_id"], evento.data["id"])


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1", "doctor.eliminado.v1")
def doctor_cambio(evento: Event) -> None:
    """Keep the doctor's present name, specialties and treatments. One who is gone is offered to nobody."""
    recordar(DoctorRef, evento.row, evento.sequence)


@consumidor.on("centro.creado.v1", "centro.actualizado.v1", "centro.eliminado.v1")
def centro_cambio(evento: Event) -> None:
    """Keep the centre's present name, zone and rooms. Appointments keep the instant at which they were booked;
    in a centre that is gone nothing is offered.
    """
    recordar(CentroRef, evento.row, evento.sequence)


@consumidor.on("usuario.creado.v1", "usuario.actualizado.v1", "usuario.desactivado.v1")
def usuario_cambio(evento: Event) -> None:
    """Keep who of the staff can assist; who is not of the staff any more can't."""
    if not superseded(evento) and (asiste(evento.data) or db.session.get(AsistenteRef, evento.data["id"])):
        recordar(AsistenteRef, asistente(evento.data), evento.sequence)


@consumidor.on("tratamiento.creado.v1", "tratamiento.actualizado.v1")
def tratamiento_cambio(evento: Event) -> None:
    """Keep how long the treatment takes now. Appointments keep what was agreed on."""
    recordar(TratamientoRef, evento.data, evento.sequence)
