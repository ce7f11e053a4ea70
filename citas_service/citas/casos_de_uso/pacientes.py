"""What becomes of a patient's appointments and wishes when records are merged or a person is to be forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from citas.casos_de_uso.espera_de_pacientes import dejar_sitio, olvidar_en_esperas, unir_esperas
from citas.eventos.emitidos import anunciar
from citas.extensiones import db
from citas.modelos import Calendario, Cita, Espera, Ocupacion, PacienteRef, Serie
from citas.modelos.guardas import esperar_turno
from citas.modelos.recursos import Recurso, TipoRecurso
from comun import audit
from comun.auth.caller import Caller
from comun.events import redact

# What events of an appointment tell of the person: of a reminder where it goes, of a request what they wrote.
EN_EVENTOS = ("telefono", "email", "motivo")

SISTEMA = Caller(sujeto="sistema", permisos=frozenset({"citas:cancelar"}))


def fusionar(absorbido: int, sobreviviente: int) -> None:
    """All that is the absorbed patient's becomes the survivor's.

    Where both had an appointment at the same time, a person can't keep both: a coming one of the absorbed is
    cancelled and announced; a past one stays as history without taking the time. A hold gives way.
    """
    # Wishes before the turn of people, as those do who offer time.
    dejar_sitio(sobreviviente, absorbido)
    esperar_turno(db.session, [Recurso(TipoRecurso.PACIENTE, quien) for quien in (absorbido, sobreviviente)])
    for cita in db.session.scalars(db.select(Cita).where(Cita.paciente_id == absorbido).order_by(Cita.inicio)).all():
        _pasar_cita(cita, sobreviviente)
    unir_esperas(absorbido, sobreviviente)
    for modelo in (Serie, Calendario):
        for suyo in db.session.scalars(db.select(modelo).where(modelo.paciente_id == absorbido)):
            suyo.paciente_id = sobreviviente
    db.session.flush()
    # Nothing shows the absorbed one's copy any more, and no news of it would come.
    db.session.execute(db.delete(PacienteRef).where(PacienteRef.id == absorbido))


def olvidar(paciente_id: int) -> None:
    """Contact data copied here, and what they wrote or was noted of them, is personal data too; feeds are closed."""
    for cita in db.session.scalars(db.select(Cita).where(Cita.paciente_id == paciente_id)).all():
        cita.telefono_contacto = cita.email_contacto = cita.cambio_solicitado = None
        _olvidar_rastro(cita)
        redact(f"cita/{cita.id}", dict.fromkeys(EN_EVENTOS))
    for espera in olvidar_en_esperas(paciente_id):
        _olvidar_rastro(espera)
    for calendario in db.session.scalars(db.select(Calendario).where(Calendario.paciente_id == paciente_id)).all():
        db.session.delete(calendario)
        _olvidar_rastro(calendario)


def _olvidar_rastro(cosa: Cita | Espera | Calendario) -> None:
    db.session.flush()
    audit.forget_values(cosa.__tablename__, cosa.id)


def _pasar_cita(cita: Cita, paciente_id: int) -> None:
    estorbo = db.session.scalar(
        db.select(Ocupacion.cita_id).where(
            _tomado(paciente_id, cita.inicio, cita.fin), Ocupacion.cita_id.is_not(None)
        )
    )
    if estorbo and cita.esta_pendiente():
        motivo = f"Coincide con la cita {estorbo} del mismo paciente, cuyas fichas se unieron"
        cita.cancelar(SISTEMA, motivo)
        anunciar(cita, "cancelada", motivo)
    cita.paciente_id = paciente_id
    mia = (Ocupacion.cita_id == cita.id) & (Ocupacion.tipo == TipoRecurso.PACIENTE)
    if estorbo:
        db.session.execute(db.delete(Ocupacion).where(mia))
    else:
        db.session.execute(db.update(Ocupacion).where(mia).values(recurso_id=paciente_id))
    db.session.flush()


def _tomado(paciente_id: int, inicio: datetime, fin: datetime) -> ColumnElement[bool]:
    """What takes that patient within [inicio, fin)."""
    return and_(
        Ocupacion.tipo == TipoRecurso.PACIENTE,
        Ocupacion.recurso_id == paciente_id,
        Ocupacion.inicio < fin,
        Ocupacion.fin > inicio,
    )
