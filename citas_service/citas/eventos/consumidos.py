"""News of admin_service that appointments follow: names, and patients that were merged."""

from __future__ import annotations

from citas.eventos.emitidos import anunciar
from citas.extensiones import consumidor, db
from citas.modelos import Calendario, CentroRef, Cita, DoctorRef, Ocupacion, PacienteRef, Serie
from citas.modelos.referencias import recordar
from comun.auth.caller import Caller
from comun.events import Event, redact

SISTEMA = Caller(sujeto="sistema", permisos=frozenset({"citas:cancelar"}))


@consumidor.on("paciente.creado.v1", "paciente.actualizado.v1", "paciente.inactivado.v1", "paciente.anonimizado.v1")
def paciente_cambio(evento: Event) -> None:
    """Keep the patient's present name and contact."""
    recordar(PacienteRef, evento.data, evento.sequence)
    if evento.type.startswith("paciente.anonimizado"):
        _olvidar_contacto(evento.data["id"])


@consumidor.on("doctor.creado.v1", "doctor.actualizado.v1")
def doctor_cambio(evento: Event) -> None:
    """Keep the doctor's present name."""
    recordar(DoctorRef, evento.data, evento.sequence)


@consumidor.on("centro.creado.v1", "centro.actualizado.v1")
def centro_cambio(evento: Event) -> None:
    """Keep the centre's present name and zone. Appointments keep the instant at which they were booked."""
    recordar(CentroRef, evento.data, evento.sequence)


@consumidor.on("paciente.fusionado.v1")
def pacientes_fusionados(evento: Event) -> None:
    """All appointments of the absorbed patient become the survivor's.

    Where both had one at the same time, a person can't keep both: a coming one of the absorbed is cancelled
    and announced; a past one stays as history without taking the time.
    """
    recordar(PacienteRef, evento.data, evento.sequence)
    absorbido, sobreviviente = evento.data["absorbido_id"], evento.data["id"]
    citas = db.session.scalars(db.select(Cita).where(Cita.paciente_id == absorbido).order_by(Cita.inicio)).all()
    for cita in citas:
        estorbo = _se_solapa(cita, sobreviviente)
        if estorbo and cita.esta_pendiente():
            motivo = f"Coincide con la cita {estorbo} del mismo paciente, cuyas fichas se unieron"
            cita.cancelar(SISTEMA, motivo)
            anunciar(cita, "cancelada", motivo)
        cita.paciente_id = sobreviviente
        mia = (Ocupacion.cita_id == cita.id) & (Ocupacion.tipo == "paciente")
        if estorbo:
            db.session.execute(db.delete(Ocupacion).where(mia))
        else:
            db.session.execute(db.update(Ocupacion).where(mia).values(recurso_id=sobreviviente))
        db.session.flush()
    for modelo in (Calendario, Serie):
        db.session.execute(db.update(modelo).where(modelo.paciente_id == absorbido).values(paciente_id=sobreviviente))
    # Nothing shows the absorbed one's copy any more, and no news of it would come.
    db.session.execute(db.delete(PacienteRef).where(PacienteRef.id == absorbido))


def _se_solapa(cita: Cita, paciente_id: int) -> int | None:
    """The appointment for which that patient is already taken at this time."""
    return db.session.scalar(
        db.select(Ocupacion.cita_id).where(
            Ocupacion.tipo == "paciente",
            Ocupacion.recurso_id == paciente_id,
            Ocupacion.inicio < cita.fin,
            Ocupacion.fin > cita.inicio,
        )
    )


def _olvidar_contacto(paciente_id: int) -> None:
    """Contact data copied into appointments and reminders is personal data too; feeds end."""
    for cita in db.session.scalars(db.select(Cita).where(Cita.paciente_id == paciente_id)):
        cita.telefono_contacto = cita.email_contacto = None
        redact(f"cita/{cita.id}", {"telefono": None, "email": None})
    for calendario in db.session.scalars(
        db.select(Calendario).where(Calendario.paciente_id == paciente_id, Calendario.vivos())
    ):
        calendario.eliminar()
