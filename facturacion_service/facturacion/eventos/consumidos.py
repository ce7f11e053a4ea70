"""News that this service follows: who there is, what treatments are called, what is to be charged, what was used."""

from __future__ import annotations

from comun.events import Event, superseded
from facturacion.casos_de_uso.cobros import Completada, Reabierta, encargar
from facturacion.casos_de_uso.materiales import anotar_consumo, anotar_faltante, revertir_consumo
from facturacion.casos_de_uso.olvido import olvidar
from facturacion.casos_de_uso.referencias import fusionar, recordar
from facturacion.dominio.cobros import lineas_de
from facturacion.extensiones import consumidor
from facturacion.modelos import CentroRef, DoctorRef, PacienteRef, TratamientoRef


@consumidor.on(
    "paciente.creado.v1",
    "paciente.actualizado.v1",
    "paciente.inactivado.v1",
    "paciente.eliminado.v1",
)
def paciente_cambio(evento: Event) -> None:
    """Keep the patient's present name."""
    recordar(PacienteRef, evento.row)


@consumidor.on("paciente.anonimizado.v1")
def paciente_anonimizado(evento: Event) -> None:
    """Nobody knows his name any more; of what he was charged only issued documents stay: the law wants them kept."""
    recordar(PacienteRef, evento.row)
    olvidar(evento.data["id"])


@consumidor.on("paciente.fusionado.v1")
def pacientes_fusionados(evento: Event) -> None:
    """What the absorbed patient was charged and paid is the survivor's from now on."""
    recordar(PacienteRef, evento.row)
    fusionar(evento.data["absorbido_id"], evento.data["id"])


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1", "doctor.eliminado.v1")
def doctor_cambio(evento: Event) -> None:
    """Keep the doctor's present name."""
    recordar(DoctorRef, evento.row)


@consumidor.on("centro.creado.v1", "centro.actualizado.v1", "centro.eliminado.v1")
def centro_cambio(evento: Event) -> None:
    """Keep the centre's present name and zone."""
    recordar(CentroRef, evento.row)


@consumidor.on("tratamiento.creado.v1", "tratamiento.actualizado.v1", "tratamiento.eliminado.v1")
def tratamiento_cambio(evento: Event) -> None:
    """Keep what the treatment is called."""
    recordar(TratamientoRef, evento.row)


@consumidor.on("consumo.registrado.v1")
def material_consumido(evento: Event) -> None:
    """What a completed appointment used is a cost."""
    anotar_consumo(evento.data)


@consumidor.on("stock.faltante_resuelto.v1")
def faltante_resuelto(evento: Event) -> None:
    """So is what was missing and was taken from stock later."""
    anotar_faltante(evento.data, evento.time)


@consumidor.on("consumo.revertido.v1")
def material_devuelto(evento: Event) -> None:
    """What an appointment that was taken up again had used is none."""
    revertir_consumo(evento.data["id"])


@consumidor.on("cita.completada.v1")
def cita_completada(evento: Event) -> None:
    """Have its draft made, unless later news of the appointment is known."""
    datos = evento.data
    if not superseded(evento):
        de_quien = datos["paciente_id"], datos["doctor_id"], datos["centro_id"]
        encargar(Completada(datos["id"], evento.sequence, *de_quien, lineas_de(datos)))


@consumidor.on("cita.reabierta.v1")
def cita_reabierta(evento: Event) -> None:
    """Have its draft withdrawn, unless later news is known. No other step leads back from a completed appointment."""
    if not superseded(evento):
        encargar(Reabierta(evento.data["id"], evento.sequence, evento.data["centro_id"]))
