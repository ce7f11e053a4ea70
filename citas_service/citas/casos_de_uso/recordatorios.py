"""Reminders: what is due for an appointment, and telling of it when the time has come."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import String, literal_column
from sqlalchemy.exc import OperationalError

from citas.casos_de_uso.enlaces import enlace_de_cita
from citas.dominio.estados import Estado
from citas.eventos.emitidos import anunciar
from citas.extensiones import db
from citas.modelos import Cita, Recordatorio
from citas.modelos.consultas import con_turno
from citas.modelos.recordatorio import EstadoRecordatorio
from citas.modelos.reglas import agenda_conocida
from comun import audit
from comun.auth.caller import Caller
from comun.db import changed_rows, insert_all, now, reader
from comun.errors import Conflict

logger = logging.getLogger(__name__)

RECORDABLES = (Estado.PROGRAMADA, Estado.CONFIRMADA)
# After one was sent, before somebody may send another by hand.
PAUSA = timedelta(minutes=5)
A_MANO = 0
LOTE = 100

# In the SQL text, because SQLite uses a partial index only when it sees the value.
_PENDIENTE = Recordatorio.estado == literal_column(f"'{EstadoRecordatorio.PENDIENTE}'", String())


def prever_recordatorios(cita: Cita) -> None:
    """Put down when the patient is to be reminded, as the policy says; moments that went by are left out."""
    politica = agenda_conocida().politica(cita.centro_id, cita.tratamiento_id)
    momento = now()
    pendientes = [
        {"cita_id": cita.id, "antelacion_minutos": minutos, "vence": vence}
        for minutos in sorted(set(politica.recordatorios), reverse=True)
        if (vence := cita.inicio - timedelta(minutes=minutos)) > momento
    ]
    if pendientes:
        insert_all(db.session, Recordatorio.__table__, pendientes)


def enviar_recordatorios() -> None:
    """Deal with every reminder that is due, each in a transaction of its own; commits.

    Any number of these may run at once and be killed at any moment: the news of a reminder is written together
    with its new state. One that fails is logged and holds up no other; OperationalError ends the run.
    """
    hasta, ultimo = now(), 0
    while lote := _vencidos(hasta, ultimo):
        for recordatorio_id in lote:
            try:
                _resolver(recordatorio_id)
            except OperationalError:
                db.session.rollback()
                raise
            except Exception as error:
                db.session.rollback()
                logger.error("reminder %s can't be dealt with", recordatorio_id, exc_info=error)
        ultimo = lote[-1]


def enviar_ahora(cita: Cita, quien: Caller) -> Recordatorio:
    """Remind the patient now, whatever the schedule says. Conflict when it is over, or was done just now; NotFound
    when it was just deleted.
    """
    cita = con_turno(cita)
    cita.exigir_vivo()
    momento = now()
    if cita.estado not in RECORDABLES or cita.inicio <= momento:
        raise Conflict("recordatorio_improcedente", "Solo se recuerda una cita programada o confirmada por venir.")
    if _hace_poco(cita, momento):
        raise Conflict("recordatorio_reciente", "El recordatorio se envió hace menos de cinco minutos.")
    recordatorio = Recordatorio(
        cita_id=cita.id,
        antelacion_minutos=A_MANO,
        vence=momento,
        estado=EstadoRecordatorio.ENVIADO,
        resuelto_en=momento,
        por=quien.actor,
    )
    db.session.add(recordatorio)
    _avisar(cita, A_MANO)
    return recordatorio


def _vencidos(hasta: datetime, despues_de: int) -> Sequence[int]:
    consulta = (
        db.select(Recordatorio.id)
        .where(_PENDIENTE, Recordatorio.vence <= hasta, Recordatorio.id > despues_de)
        .order_by(Recordatorio.id)
        .limit(LOTE)
    )
    with reader(db.engine) as conexion:
        return conexion.scalars(consulta).all()


def _resolver(recordatorio_id: int) -> None:
    """Deal with one, unless somebody else does, or is just changing its appointment: then it waits its turn."""
    # Never waits for a lock, so that it can be part of no deadlock whatever the others' order is.
    encontrado = db.session.execute(
        db.select(Recordatorio, Cita)
        .join(Cita, Cita.id == Recordatorio.cita_id)
        .where(Recordatorio.id == recordatorio_id, _PENDIENTE)
        .options(*Cita.cargar_quienes())
        .with_for_update(of=(Recordatorio, Cita), skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    if encontrado is not None:
        recordatorio, cita = encontrado
        destino = _destino(recordatorio, cita, now())
        _asentar(recordatorio, destino)
        if destino is EstadoRecordatorio.ENVIADO:
            _avisar(cita, recordatorio.antelacion_minutos)
    db.session.commit()


def _destino(recordatorio: Recordatorio, cita: Cita, momento: datetime) -> EstadoRecordatorio:
    if cita.eliminado_en is not None or cita.estado not in RECORDABLES:
        return EstadoRecordatorio.ANULADO
    tolerancia = timedelta(minutes=current_app.config["CITAS_RECORDATORIO_TOLERANCIA_MINUTOS"])
    if cita.inicio <= momento or momento - recordatorio.vence > tolerancia:
        return EstadoRecordatorio.TARDE
    return EstadoRecordatorio.ENVIADO


def _asentar(recordatorio: Recordatorio, destino: EstadoRecordatorio) -> None:
    hecho = (
        db.update(Recordatorio)
        .where(Recordatorio.id == recordatorio.id, _PENDIENTE)
        .values(estado=destino, resuelto_en=now())
    )
    if changed_rows(db.session, hecho) != 1:
        raise RuntimeError(f"reminder {recordatorio.id} was dealt with by somebody else")
    audit.record("recordatorio", recordatorio.id, {"estado": [EstadoRecordatorio.PENDIENTE, destino]})


def _avisar(cita: Cita, antelacion_minutos: int) -> None:
    # Not a change that somebody made to it: its version stays.
    changed_rows(db.session, db.update(Cita).where(Cita.id == cita.id).values(recordatorio_enviado=True))
    anunciar(
        cita,
        "recordatorio",
        antelacion_minutos=antelacion_minutos,
        enlace=enlace_de_cita(cita),
        telefono=cita.telefono_contacto,
        email=cita.email_contacto,
        centro=cita.centro.nombre,
        doctor=cita.doctor.nombre_completo,
    )


def _hace_poco(cita: Cita, momento: datetime) -> bool:
    return bool(
        db.session.scalar(
            db.select(
                db.exists().where(
                    Recordatorio.cita_id == cita.id,
                    Recordatorio.estado == EstadoRecordatorio.ENVIADO,
                    Recordatorio.resuelto_en > momento - PAUSA,
                )
            )
        )
    )
