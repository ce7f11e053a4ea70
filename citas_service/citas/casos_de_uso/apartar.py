"""Holds: a slot put aside while somebody fills in a form, or answers an offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from citas.casos_de_uso.acomodar import Condiciones, acomodar, asistente_activo, duracion_de
from citas.casos_de_uso.agendar import consultar, puede_agendar
from citas.casos_de_uso.tratamientos import con_tratamientos, todos_los_de
from citas.extensiones import db
from citas.modelos import Apartado
from citas.modelos.reglas import agenda_vigente
from comun import audit
from comun.auth.caller import Caller, Scope
from comun.db import now, reader
from comun.errors import Conflict
from comun.times import add_minutes

# How many slots a patient can put aside at once.
APARTADOS_POR_PACIENTE = 3


def apartar(datos: Mapping[str, Any], quien: Caller) -> Apartado:
    """Put a slot aside for as long as its policy says.

    Raises as booking does; Conflict too when a patient has too many already. A patient's is for themselves.
    """
    if quien.alcance is Scope.PACIENTE:
        datos = {"paciente_id": quien.paciente_id, **datos}
    datos = con_tratamientos(datos)
    puede_agendar(datos, quien)
    inicio, quienes = consultar(datos)
    quienes.recordar()
    apartado = nuevo_apartado(datos, inicio, quienes.centro["zona_horaria"], Condiciones(quien))
    if quien.alcance is Scope.PACIENTE:
        _no_demasiados(quien)
    return apartado


def nuevo_apartado(
    datos: Mapping[str, Any],
    inicio: datetime,
    zona_horaria: str,
    condiciones: Condiciones,
    vence_en: datetime | None = None,
) -> Apartado:
    """Put [inicio, its length) aside until `vence_en`, or for as long as its policy says. Raises as `acomodar` does,
    and Invalid for a length that is not the caller's to choose.

    Doctor, centre and patient of `datos` are known to this service.
    """
    agenda = agenda_vigente()
    politica = agenda.politica(datos["centro_id"], datos.get("tratamiento_id"))
    duracion = duracion_de(datos, agenda, condiciones.quien)
    asistente_activo(datos.get("asistente_id"))
    campos = ("doctor_id", "centro_id", "paciente_id", "sala_id", "asistente_id", "tratamiento_id")
    apartado = Apartado(
        **{campo: datos.get(campo) for campo in campos},
        inicio=inicio,
        fin=add_minutes(inicio, duracion),
        zona_horaria=zona_horaria,
        holgura_antes_minutos=politica.holgura_antes_minutos,
        holgura_despues_minutos=politica.holgura_despues_minutos,
        vence_en=vence_en or now() + timedelta(minutes=politica.apartado_minutos),
        por=condiciones.quien.actor,
    )
    pedidos = (tratamiento_id for tratamiento_id, _ in todos_los_de(datos))
    apartado.otros_tratamientos = tuple(uno for uno in pedidos if uno != apartado.tratamiento_id)
    acomodar(apartado, condiciones)
    return apartado


def depurar_vencidos() -> None:
    """Remove the holds that expired, with their places in group sessions; commits one by one."""
    audit.set_action("trabajo:depurar_apartados")
    with reader(db.engine) as conexion:
        vencidos = conexion.scalars(db.select(Apartado.id).where(~Apartado.vivos()).order_by(Apartado.vence_en)).all()
    for apartado_id in vencidos:
        if apartado := Apartado.en_turno(Apartado.id == apartado_id, ~Apartado.vivos()):
            apartado.soltar()
        db.session.commit()


def devolver(apartado: Apartado) -> None:
    """Give a hold up before its time. Conflict when it is that of an offer, which is declined instead."""
    if apartado.es_de_oferta():
        raise Conflict("apartado_de_oferta", "El turno está ofrecido a una persona de la lista de espera.")
    if vigente := Apartado.en_turno(Apartado.id == apartado.id):
        vigente.soltar()


def _no_demasiados(quien: Caller) -> None:
    # By now it is this patient's turn: nobody else counts at the same time.
    vigentes = db.session.scalar(
        db.select(db.func.count()).where(Apartado.por == quien.actor, Apartado.vence_en > now())
    )
    if vigentes is not None and vigentes > APARTADOS_POR_PACIENTE:
        raise Conflict("demasiados_apartados", f"Ya tiene {APARTADOS_POR_PACIENTE} turnos apartados.")
