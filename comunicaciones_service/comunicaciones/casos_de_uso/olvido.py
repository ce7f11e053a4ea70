"""What the log may no longer tell: of patients that were made anonymous, and of times long gone."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from comunicaciones.eventos.catalogo import CATALOGO
from comunicaciones.extensiones import db
from comunicaciones.modelos import Evento


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
