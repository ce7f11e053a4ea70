"""News that the agenda follows: of admin_service who and where, of auth_service who assists."""

from __future__ import annotations

from citas.casos_de_uso.espera_de_pacientes import retirar_esperas_de
from citas.casos_de_uso.pacientes import fusionar, olvidar
from citas.extensiones import consumidor, db
from citas.modelos import AsistenteRef, CentroRef, DoctorRef, PacienteRef
from citas.modelos.referencias import recordar
from comun.events import Event
from comun.events.consumer import superseded

# Roles of users who are not of the staff.
NO_ASISTEN = frozenset({"paciente", "servicio"})


@consumidor.on("paciente.creado.v1", "paciente.actualizado.v1", "paciente.inactivado.v1", "paciente.anonimizado.v1")
def paciente_cambio(evento: Event) -> None:
    """Keep the patient's present name and contact."""
    recordar(PacienteRef, evento.data, evento.sequence)
    if evento.type.startswith(("paciente.inactivado", "paciente.anonimizado")):
        retirar_esperas_de(evento.data["id"])
    if evento.type.startswith("paciente.anonimizado"):
        olvidar(evento.data["id"])


@consumidor.on("paciente.fusionado.v1")
def pacientes_fusionados(evento: Event) -> None:
    """All that is the absorbed patient's becomes the survivor's."""
    recordar(PacienteRef, evento.data, evento.sequence)
    fusionar(evento.data["absorbido_id"], evento.data["id"])


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1")
def doctor_cambio(evento: Event) -> None:
    """Keep the doctor's present name, specialties and treatments."""
    recordar(DoctorRef, evento.data, evento.sequence)


@consumidor.on("doctor.eliminado.v1")
def doctor_eliminado(evento: Event) -> None:
    """A doctor who is gone is offered to nobody."""
    recordar(DoctorRef, {**evento.data, "activo": False}, evento.sequence)


@consumidor.on("centro.creado.v1", "centro.actualizado.v1")
def centro_cambio(evento: Event) -> None:
    """Keep the centre's present name, zone and rooms. Appointments keep the instant at which they were booked."""
    recordar(CentroRef, evento.data, evento.sequence)


@consumidor.on("centro.eliminado.v1")
def centro_eliminado(evento: Event) -> None:
    """In a centre that is gone nothing is offered."""
    recordar(CentroRef, {**evento.data, "activo": False}, evento.sequence)


@consumidor.on("usuario.creado.v1", "usuario.actualizado.v1", "usuario.desactivado.v1")
def usuario_cambio(evento: Event) -> None:
    """Keep who of the staff can assist; who is not of the staff any more can't."""
    datos = evento.data
    asiste = datos["rol"] not in NO_ASISTEN
    if superseded(evento) or (not asiste and db.session.get(AsistenteRef, datos["id"]) is None):
        return
    # News from before users had names in it, and accounts without a name.
    nombres, apellidos = datos.get("nombres") or "", datos.get("apellidos") or ""
    asistente = {
        "id": datos["id"],
        "nombres": nombres if nombres or apellidos else datos["nombre_usuario"],
        "apellidos": apellidos,
        "activo": bool(asiste and datos["activo"]),
    }
    recordar(AsistenteRef, asistente, evento.sequence)
