"""What the log may no longer tell: of patients that were made anonymous, and of times long gone."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete

from comun.db import changed_rows, now
from comunicaciones.eventos.catalogo import CATALOGO
from comunicaciones.extensiones import db
from comunicaciones.modelos import Evento

_TANDA = 5000


def depurar_eventos() -> int:
    """Delete events kept for `COMUNICACIONES_EVENTOS_DIAS`, with what became of them; how many. Commits."""
    limite = now() - timedelta(days=current_app.config["COMUNICACIONES_EVENTOS_DIAS"])
    viejos = db.select(Evento.id).where(Evento.recibido_en < limite).order_by(Evento.recibido_en).limit(_TANDA)
    cuenta = 0
    while tanda := db.session.scalars(viejos).all():
        cuenta += changed_rows(db.session, delete(Evento).where(Evento.id.in_(tanda)))
        db.session.commit()
    db.session.rollback()
    return cuenta


def olvidar_paciente(paciente_id: int, usuario_id: int | None) -> None:
    """Take what is personal out of every kept event of a patient and of the user that the patient had.

    What waits to be delivered then tells nothing of it either.
    """
    suyos: ColumnElement[bool] = Evento.paciente_id == paciente_id
    if usuario_id is not None:
        # From before the user was known to be a patient's.
        suyos |= Evento.sujeto == f"usuario/{usuario_id}"
    for evento in db.session.scalars(db.select(Evento).where(suyos)):
        if tipo := CATALOGO.get(evento.tipo):
            evento.datos = tipo.sin_personales(evento.datos)
