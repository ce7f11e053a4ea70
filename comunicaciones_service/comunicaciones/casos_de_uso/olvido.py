"""What the log may no longer tell: of patients that were made anonymous, and of times long gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, delete

from comun.db import await_turn, changed_rows, now
from comunicaciones.eventos.catalogo import CATALOGO
from comunicaciones.extensiones import db
from comunicaciones.modelos import Evento

ANONIMIZADO = "paciente.anonimizado.v1"
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


def esperar_olvidos(tipos: Collection[str]) -> None:
    """Wait for one's turn to write events of these types: of what is written at the same time as the news that
    somebody is to be forgotten, neither would know of the other.
    """
    await_turn(db.session, ANONIMIZADO, shared=ANONIMIZADO not in tipos)


def olvidar(nuevos: Collection[int]) -> None:
    """Take what is personal out of the kept events of patients that were made anonymous, and of their users.

    `nuevos`: the ids of those that just came in. What waits to be delivered then tells nothing of it either. Other
    services may have told of somebody before they heard that it is to be forgotten, and their news come in later.
    """
    olvidos = db.session.execute(
        db.select(Evento.id, Evento.paciente_id, Evento.datos).where(Evento.tipo == ANONIMIZADO)
    ).all()
    if not olvidos:
        return
    _quitar(Evento.id.in_(nuevos) & _de(olvidos))
    if recientes := [olvido for olvido in olvidos if olvido.id in nuevos]:
        _quitar(_de(recientes))


def _de(olvidos: Sequence[Row[Any]]) -> ColumnElement[bool]:
    """What tells of them."""
    fichas = {olvido.paciente_id for olvido in olvidos}
    # By their subject too: from before the user was known to be a patient's.
    sujetos = [f"usuario/{uno}" for olvido in olvidos if (uno := olvido.datos.get("usuario_id")) is not None]
    return Evento.paciente_id.in_(fichas) | Evento.sujeto.in_(sujetos)


def _quitar(cuales: ColumnElement[bool]) -> None:
    for evento in db.session.scalars(db.select(Evento).where(cuales)):
        if tipo := CATALOGO.get(evento.tipo):
            evento.datos = tipo.sin_personales(evento.datos)
