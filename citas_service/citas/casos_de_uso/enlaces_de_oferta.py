"""Signed links to an offer from the waitlist: who holds one accepts or declines it without signing in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import joinedload

from citas.casos_de_uso.enlaces import ACCIONES, ENLACE
from citas.casos_de_uso.ofertas import aceptar, rechazar
from citas.extensiones import db
from citas.modelos import DoctorRef, Espera, Hueco, Oferta
from citas.modelos.espera import EstadoOferta
from comun.db import now
from comun.errors import Invalid, Problem


class EnlaceDeOferta:
    """An offer, until the time begins that it is about."""

    def describir(self, asunto_id: int) -> dict[str, Any]:
        """What is offered, and until when it can be had."""
        return _descripcion(_leer(asunto_id))

    def hacer(self, asunto_id: int, accion: str, mensaje: str | None) -> dict[str, Any]:
        """Accept or decline it; the description after it."""
        oferta = _leer(asunto_id)
        if accion == "aceptar":
            aceptar(oferta.id, replace(ENLACE, paciente_id=oferta.espera.paciente_id))
            hecho = "Cita agendada. Le esperamos."
        elif accion == "rechazar":
            rechazar(oferta.id)
            hecho = "Gracias por avisar. Sigue en la lista de espera."
        else:
            raise Invalid({"accion": ["Debe ser una de: aceptar, rechazar."]})
        return {"mensaje": hecho, **_descripcion(_leer(asunto_id))}


ACCIONES["oferta"] = EnlaceDeOferta()


def _leer(oferta_id: int) -> Oferta:
    oferta = db.session.scalar(
        db.select(Oferta)
        .where(Oferta.id == oferta_id)
        .options(
            joinedload(Oferta.espera).joinedload(Espera.paciente), joinedload(Oferta.hueco).joinedload(Hueco.centro)
        )
        .execution_options(populate_existing=True)
    )
    if oferta is None or oferta.inicio <= now():
        raise Problem(404, "enlace_vencido", "El enlace ya no sirve: la hora que se ofreció pasó.")
    return oferta


def _descripcion(oferta: Oferta) -> dict[str, Any]:
    abierta = oferta.estado == EstadoOferta.ENVIADA and oferta.vence_en > now()
    vencida = oferta.estado == EstadoOferta.ENVIADA and not abierta
    return {
        "tipo": "oferta",
        "fecha_hora": oferta.fecha_hora,
        "duracion_minutos": oferta.duracion_minutos,
        "centro": oferta.hueco.centro.nombre,
        "doctor": db.session.get_one(DoctorRef, oferta.doctor_id).nombre_completo,
        "paciente": oferta.espera.paciente.nombres.partition(" ")[0],
        "estado": EstadoOferta.VENCIDA if vencida else oferta.estado,
        "vence_en": oferta.vence_en,
        "acciones": ["aceptar", "rechazar"] if abierta else [],
    }
