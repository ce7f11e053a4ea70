"""What becomes of wishes and holds when patients are inactivated, forgotten or merged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from citas.casos_de_uso.espera import retirar_espera
from citas.casos_de_uso.ofertas import retirar_oferta
from citas.extensiones import db
from citas.modelos import Apartado, Espera, Ocupacion, Oferta
from citas.modelos.espera import EstadoOferta
from citas.modelos.recursos import TipoRecurso
from comun.events import redact


def retirar_esperas_de(paciente_id: int) -> None:
    """The patient takes no appointments any more, and waits for none."""
    for espera in _esperas_de(paciente_id):
        retirar_espera(espera)


def olvidar_en_esperas(paciente_id: int) -> list[Espera]:
    """Forget what was noted on the waitlist about the patient, and the contact data in what was announced.

    Answers the wishes that were touched.
    """
    esperas = _esperas_de(paciente_id)
    for espera in esperas:
        espera.notas = None
        redact(f"espera/{espera.id}", {"telefono": None, "email": None})
    return esperas


def dejar_sitio(paciente_id: int, otro_id: int) -> None:
    """Give back the patient's holds where the other one, whose time becomes the patient's, has an appointment.

    Locks the wishes of both, for what follows.
    """
    for quien in sorted((paciente_id, otro_id)):
        _esperas_de(quien)
    for apartado in _apartados_de(paciente_id):
        if _ocupado(otro_id, apartado.inicio, apartado.fin, Ocupacion.cita_id.is_not(None)):
            _soltar(apartado)


def unir_esperas(absorbido: int, sobreviviente: int) -> None:
    """What the absorbed patient waits for, and what is kept for them, becomes the survivor's.

    An offer is taken back if the survivor has that time already, and a wish that both have is kept once.
    """
    for apartado in _apartados_de(absorbido):
        if _ocupado(sobreviviente, apartado.inicio, apartado.fin):
            _soltar(apartado)
            continue
        apartado.paciente_id = sobreviviente
        suya = (Ocupacion.apartado_id == apartado.id) & (Ocupacion.tipo == TipoRecurso.PACIENTE)
        db.session.execute(db.update(Ocupacion).where(suya).values(recurso_id=sobreviviente))
    ya_espera = [espera.deseo() for espera in _esperas_de(sobreviviente) if espera.esta_abierta()]
    for espera in _esperas_de(absorbido):
        if espera.esta_abierta() and espera.deseo() in ya_espera:
            retirar_espera(espera)
        espera.paciente_id = sobreviviente
    db.session.flush()


def _esperas_de(paciente_id: int) -> list[Espera]:
    consulta = db.select(Espera).where(Espera.paciente_id == paciente_id).order_by(Espera.id).with_for_update()
    return list(db.session.scalars(consulta.execution_options(populate_existing=True)))


def _apartados_de(paciente_id: int) -> list[Apartado]:
    return list(db.session.scalars(db.select(Apartado).where(Apartado.paciente_id == paciente_id)))


def _ocupado(paciente_id: int, inicio: datetime, fin: datetime, *condiciones: ColumnElement[bool]) -> bool:
    toma = db.select(Ocupacion.id).where(
        *condiciones,
        Ocupacion.tipo == TipoRecurso.PACIENTE,
        Ocupacion.recurso_id == paciente_id,
        Ocupacion.inicio < fin,
        Ocupacion.fin > inicio,
    )
    return db.session.scalar(toma.limit(1)) is not None


def _soltar(apartado: Apartado) -> None:
    """Give it back, with the offer for which it was."""
    de_oferta = db.select(Oferta.espera_id).where(
        Oferta.apartado_id == apartado.id, Oferta.estado == EstadoOferta.ENVIADA
    )
    if (espera_id := db.session.scalar(de_oferta)) is not None:
        retirar_oferta(Espera.bloquear(espera_id), EstadoOferta.RETIRADA)
    elif vigente := Apartado.en_turno(Apartado.id == apartado.id):
        vigente.soltar()
        db.session.flush()
