"""What becomes of a patient's appointments and wishes when records are merged or a person is to be forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from citas.casos_de_uso.espera_de_pacientes import (
    dejar_sitio,
    olvidar_en_esperas,
    retirar_esperas_de,
    unir_esperas,
)
from citas.eventos.emitidos import anunciar
from citas.extensiones import db
from citas.modelos import Apartado, Calendario, CambioEstado, Cita, Espera, Ocupacion, PacienteRef, Serie
from citas.modelos.guardas import esperar_turno
from citas.modelos.recursos import Recurso, TipoRecurso
from citas.modelos.referencias import Ficha, recordar
from comun import audit
from comun.auth.caller import Caller
from comun.db import insert_if_absent, now, reader
from comun.events import redact

# What events of an appointment tell of the person: of a reminder where it goes, of a request what they wrote.
EN_EVENTOS = ("telefono", "email", "motivo")

# What is written for a patient.
CON_PACIENTE = (Cita, Espera, Serie, Calendario, Apartado)

SISTEMA = Caller(sujeto="sistema", permisos=frozenset({"citas:cancelar"}))


def anotar_paciente(datos: Ficha, secuencia: int, *, inactivo: bool, anonimo: bool) -> None:
    """Keep the copy of a patient; an inactive one waits for nothing, of an anonymous one nothing personal stays."""
    recordar(PacienteRef, datos, secuencia)
    if inactivo:
        retirar_esperas_de(datos["id"])
    if anonimo:
        olvidar(datos["id"])


def retirar(datos: Ficha, secuencia: int) -> None:
    """A deleted patient waits for nothing and reads no feed; what admin_service did not know of is cancelled."""
    recordar(PacienteRef, datos, secuencia)
    paciente_id = datos["id"]
    retirar_esperas_de(paciente_id)
    esperar_turno(db.session, [Recurso(TipoRecurso.PACIENTE, paciente_id)])
    por_venir = db.select(Cita).where(Cita.paciente_id == paciente_id, Cita.inicio > now(), Cita.vivos())
    for cita in db.session.scalars(por_venir.order_by(Cita.inicio)).all():
        if cita.esta_pendiente():
            cita.cancelar(SISTEMA, "El paciente fue eliminado")
            anunciar(cita, "cancelada", "El paciente fue eliminado")
    for calendario in db.session.scalars(
        db.select(Calendario).where(Calendario.paciente_id == paciente_id, Calendario.vivos())
    ):
        calendario.eliminar()


def fusionar(absorbido: int, sobreviviente: int) -> None:
    """All that is the absorbed patient's becomes the survivor's.

    Where both had an appointment at the same time, a person can't keep both: a coming one of the absorbed is
    cancelled and announced; a past one stays as history without taking the time. A hold gives way. May be done
    again: it takes what came to the absorbed one since.
    """
    sobreviviente = _vigente(sobreviviente)
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
    _anotar_fusion(absorbido, sobreviviente)


def unir_rezagados() -> None:
    """Give to the survivors what was written for absorbed patients while the news of the merge came in.

    Whoever asked admin_service before the merge and wrote after its news did so for one who is no more. Commits
    one by one.
    """
    audit.set_action("trabajo:unir_rezagados")
    suyo = [db.exists().where(modelo.paciente_id == PacienteRef.id) for modelo in CON_PACIENTE]
    with reader(db.engine) as conexion:
        rezagados = conexion.execute(
            db.select(PacienteRef.id, PacienteRef.fusionado_en_id)
            .where(PacienteRef.fusionado_en_id.is_not(None), db.or_(*suyo))
            .order_by(PacienteRef.id)
        ).all()
    for absorbido, sobreviviente in rezagados:
        fusionar(absorbido, sobreviviente)
        db.session.commit()


def _vigente(paciente_id: int) -> int:
    """Who has all that was this one's: the news of two merges may arrive in either order."""
    _conocer(paciente_id)
    siguiente = db.session.get_one(PacienteRef, paciente_id).fusionado_en_id
    return paciente_id if siguiente is None else _vigente(siguiente)


def _conocer(paciente_id: int) -> None:
    """An empty copy, older than any news, of one about whom nothing was told yet."""
    if db.session.get(PacienteRef, paciente_id) is None:
        vacio = {"nombres": "", "apellidos": "", "busqueda": "", "secuencia": 0}
        insert_if_absent(db.session, PacienteRef.__table__, {"id": paciente_id, **vacio})


def _anotar_fusion(absorbido: int, sobreviviente: int) -> None:
    """Let nobody write for the absorbed one any more, known here or not."""
    _conocer(absorbido)
    suyas = db.or_(PacienteRef.id == absorbido, PacienteRef.fusionado_en_id == absorbido)
    db.session.execute(db.update(PacienteRef).where(suyas).values(fusionado_en_id=sobreviviente))


def olvidar(paciente_id: int) -> None:
    """Contact data copied here, and what they wrote or was noted of them, is personal data too; feeds are closed."""
    citas = db.session.scalars(db.select(Cita).where(Cita.paciente_id == paciente_id)).all()
    for cita in citas:
        cita.telefono_contacto = cita.email_contacto = cita.cambio_solicitado = cita.motivo_cancelacion = None
        _olvidar_rastro(cita)
        redact(f"cita/{cita.id}", dict.fromkeys(EN_EVENTOS))
    pasos = CambioEstado.cita_id.in_([cita.id for cita in citas])
    db.session.execute(db.update(CambioEstado).where(pasos).values(motivo=None))
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
