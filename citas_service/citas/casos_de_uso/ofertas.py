"""Offers of freed time to those who wait: accepted, declined, passed on.

Locks are taken in one order: the freed time or the wish, the offer, then one's turn for people and rooms.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import joinedload

from citas.casos_de_uso.acomodar import Condiciones
from citas.casos_de_uso.agendar import asentar, consultar
from citas.eventos.emitidos import anunciar_espera
from citas.extensiones import db
from citas.modelos import Apartado, Cita, Espera, Hueco, Oferta
from citas.modelos.apartado import POR_LA_LISTA
from citas.modelos.cita import DURACION_MINIMA
from citas.modelos.espera import EstadoEspera, EstadoHueco, EstadoOferta
from comun.auth.caller import Caller, Scope
from comun.db import now, release
from comun.errors import Conflict, Forbidden, NotFound

LISTA_DE_ESPERA = Caller(sujeto=POR_LA_LISTA, nombre_usuario="lista de espera", alcance=Scope.RED)


def oferta_de(espera: Espera, quien: Caller) -> Oferta:
    """The last offer that was made for this wish, if the caller may answer it.

    Conflict when there was none, Forbidden when it is not the caller's to answer.
    """
    oferta = db.session.scalar(
        db.select(Oferta)
        .where(Oferta.espera_id == espera.id)
        .order_by(Oferta.id.desc())
        .limit(1)
        .options(joinedload(Oferta.hueco))
    )
    if oferta is None:
        raise Conflict("sin_oferta", "Todavía no se le ha ofrecido ningún turno.")
    suya = quien.alcance is Scope.PACIENTE and espera.paciente_id == quien.paciente_id
    if not suya and not quien.acts_in(oferta.hueco.centro_id):
        raise Forbidden("centro_ajeno", "Solo puede responder por ofertas de los centros que tiene asignados.")
    return oferta


def aceptar(oferta_id: int, quien: Caller) -> Cita:
    """Book what was offered; the same appointment when it was accepted before.

    Conflict when the offer is over, or doctor, centre or patient take no appointments any more; Unavailable when
    admin_service is down: the offer stays.
    """
    oferta = _leer(oferta_id)
    if oferta.estado != EstadoOferta.ACEPTADA:
        _exigir_en_pie(oferta)
        datos = {
            "paciente_id": oferta.espera.paciente_id,
            "doctor_id": oferta.hueco.doctor_id,
            "centro_id": oferta.hueco.centro_id,
            "tratamiento_id": oferta.espera.tratamiento_id,
            "fecha_hora": oferta.inicio,
            "duracion_minutos": oferta.duracion_minutos,
            "apartado_id": oferta.apartado_id,
        }
        release(db.session)
        inicio, quienes = consultar(datos)
        oferta = _bloquear(oferta.espera_id, oferta_id)
        if oferta.estado != EstadoOferta.ACEPTADA:
            _exigir_en_pie(oferta)
            por = replace(quien, nombre_usuario=LISTA_DE_ESPERA.nombre_usuario, alcance=Scope.RED)
            cita = asentar(datos, inicio, quienes, por, Condiciones(LISTA_DE_ESPERA))
            _atender(oferta, cita)
    return db.session.scalars(db.select(Cita).where(Cita.id == oferta.cita_id).options(*Cita.cargar())).one()


def rechazar(oferta_id: int) -> Oferta:
    """Decline it: the time goes to the next one, the patient waits on. The same answer when it was declined."""
    oferta = _leer(oferta_id)
    oferta = _bloquear(oferta.espera_id, oferta_id)
    if oferta.estado != EstadoOferta.RECHAZADA:
        _exigir_en_pie(oferta)
        pasar(oferta, EstadoOferta.RECHAZADA)
    return oferta


def retirar_oferta(espera: Espera, estado: EstadoOferta) -> None:
    """Take back what is offered for this wish, which is locked."""
    oferta = db.session.scalar(
        db.select(Oferta)
        .where(Oferta.espera_id == espera.id, Oferta.estado == EstadoOferta.ENVIADA)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if oferta is not None:
        pasar(oferta, estado)


def pasar(oferta: Oferta, estado: EstadoOferta) -> None:
    """End an offer that was not accepted, which is locked with its wish: its time can be offered to the next one."""
    oferta.estado, oferta.resuelto_en = estado, now()
    espera = db.session.get_one(Espera, oferta.espera_id)
    espera.estado = EstadoEspera.ESPERANDO
    db.session.get_one(Hueco, oferta.hueco_id, with_for_update=True).estado = EstadoHueco.PENDIENTE
    if apartado := Apartado.en_turno(Apartado.id == oferta.apartado_id):
        apartado.soltar()
    db.session.flush()


def _atender(oferta: Oferta, cita: Cita) -> None:
    oferta.estado, oferta.resuelto_en, oferta.cita_id = EstadoOferta.ACEPTADA, now(), cita.id
    espera = db.session.get_one(Espera, oferta.espera_id)
    espera.estado, espera.cita_id = EstadoEspera.ATENDIDA, cita.id
    hueco = db.session.get_one(Hueco, oferta.hueco_id, with_for_update=True)
    hueco.estado = EstadoHueco.TOMADO
    # What the appointment leaves of the freed time is free for others who wait.
    for inicio, fin in ((hueco.inicio, oferta.inicio), (oferta.fin, hueco.fin)):
        if (fin - inicio).total_seconds() >= DURACION_MINIMA * 60:
            lugar = {"doctor_id": hueco.doctor_id, "centro_id": hueco.centro_id, "sala_id": hueco.sala_id}
            db.session.add(Hueco(**lugar, inicio=inicio, fin=fin, cita_id=hueco.cita_id))
    db.session.flush()
    anunciar_espera(
        espera,
        "atendida",
        oferta_id=oferta.id,
        cita_id=cita.id,
        doctor_id=cita.doctor_id,
        centro_id=cita.centro_id,
        fecha_hora=cita.fecha_hora.isoformat(),
        duracion_minutos=cita.duracion_minutos,
    )


def _leer(oferta_id: int) -> Oferta:
    con = joinedload(Oferta.espera), joinedload(Oferta.hueco)
    oferta = db.session.scalar(db.select(Oferta).where(Oferta.id == oferta_id).options(*con))
    if oferta is None:
        raise NotFound("No existe esa oferta.")
    return oferta


def _bloquear(espera_id: int, oferta_id: int) -> Oferta:
    """Both, as they are now; nobody else changes them until the end of the transaction."""
    Espera.bloquear(espera_id)
    return db.session.get_one(Oferta, oferta_id, with_for_update=True, populate_existing=True)


def _exigir_en_pie(oferta: Oferta) -> None:
    match oferta.estado:
        case EstadoOferta.ENVIADA if oferta.vence_en > now():
            return
        case EstadoOferta.ENVIADA | EstadoOferta.VENCIDA:
            raise Conflict("oferta_vencida", "La oferta venció y el turno se ofrece a otra persona.")
        case EstadoOferta.ACEPTADA:
            raise Conflict("oferta_aceptada", "La oferta ya se aceptó; la cita está agendada.")
        case EstadoOferta.RECHAZADA:
            raise Conflict("oferta_rechazada", "La oferta se rechazó y el turno se ofrece a otra persona.")
    raise Conflict("oferta_retirada", "La oferta ya no está en pie.")
