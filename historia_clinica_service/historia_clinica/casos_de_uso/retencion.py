"""Retention: until when a record must be kept, and legal holds beyond that. Nothing of a record is ever removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, union_all

from comun.auth.caller import caller
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder, uno_a_la_vez
from historia_clinica.casos_de_uso.bitacora import completar
from historia_clinica.casos_de_uso.personas import ATENDIDA, olvidar_persona
from historia_clinica.dominio.retencion import conservar_hasta
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, DelExpediente, Emergencia, PacienteRef, Retencion

QUE = "retencion"


@dataclass
class Plazo:
    """`conservar_hasta`: by the years alone, None when there never was any activity; a legal hold has no end.

    `version` is for the ETag: the id of the latest order, 0 without any.
    """

    version: int
    paciente_id: int
    retencion_legal: bool
    ultima_actividad: datetime | None
    conservar_hasta: date | None
    historia: Sequence[Retencion]
    alertas: Sequence[dict[str, Any]]


def leer(paciente_id: int) -> Plazo:
    """Until when a record must be kept, and every order that there was, the latest first."""
    return _plazo(acceder(paciente_id, Accion.LEER, QUE))


def ordenar(paciente_id: int, retencion_legal: bool, motivo: str) -> Plazo:
    """Order or lift a legal hold; of a record into which others were merged, all that lie on any of them."""
    acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
    # Who orders at the same time waits, and then is told that what he read is not so any more.
    uno_a_la_vez(acceso)
    check_version(_plazo(acceso))
    quien = caller()
    quienes = {acceso.paciente_id} if retencion_legal else {acceso.paciente_id, *_retenidos(acceso.pacientes)}
    ordenes = {
        paciente: Retencion(
            paciente_id=paciente,
            retencion_legal=retencion_legal,
            motivo=motivo,
            por=quien.actor,
            nombre=quien.nombre_usuario,
        )
        for paciente in sorted(quienes)
    }
    db.session.add_all(ordenes.values())
    db.session.flush()
    completar(acceso.paciente_id, recurso_id=ordenes[acceso.paciente_id].id, motivo=motivo[:300])
    return _plazo(acceso)


def olvidar(paciente_id: int) -> None:
    """The patient was made anonymous: forget of him, in the current transaction, what no legal hold keeps."""
    if not hay_retencion([paciente_id]):
        olvidar_persona(paciente_id)


def hay_retencion(pacientes: Collection[int]) -> bool:
    """Whether a legal hold lies on the record of any of these, or on one that was merged into it."""
    absorbidos = db.select(PacienteRef.id).where(PacienteRef.fusionado_en_id.in_(pacientes))
    return bool(_retenidos([*pacientes, *db.session.scalars(absorbidos)]))


def _retenidos(pacientes: Collection[int]) -> Sequence[int]:
    """On whose records one lies."""
    ultimas = db.select(func.max(Retencion.id)).where(Retencion.paciente_id.in_(pacientes))
    ultimas = ultimas.group_by(Retencion.paciente_id)
    vigentes = db.select(Retencion.paciente_id).where(Retencion.id.in_(ultimas), Retencion.retencion_legal)
    return db.session.scalars(vigentes).all()


def _plazo(acceso: Acceso) -> Plazo:
    ordenes = db.session.scalars(acceso.de(Retencion).order_by(Retencion.id.desc())).all()
    ultima = _ultima_actividad(acceso.pacientes)
    anos = current_app.config["HISTORIA_CLINICA_RETENCION_ANOS"]
    return Plazo(
        version=ordenes[0].id if ordenes else 0,
        paciente_id=acceso.paciente_id,
        retencion_legal=bool(_retenidos(acceso.pacientes)),
        ultima_actividad=ultima,
        conservar_hasta=conservar_hasta(ultima.date(), anos) if ultima else None,
        historia=ordenes,
        alertas=acceso.alertas,
    )


def _ultima_actividad(pacientes: Collection[int]) -> datetime | None:
    """When the patient was attended, or anything was written of him, last."""
    escritos = [
        una for una in _modelos(DelExpediente) if una not in (Retencion, Emergencia)
    ]  # neither is an attention
    atendida = db.select(func.max(CitaRef.fecha_hora).label("momento")).where(CitaRef.estado.in_(ATENDIDA))
    consultas = []
    for paciente in pacientes:  # one by one: the last of each stands at the end of an index
        consultas.append(atendida.where(CitaRef.paciente_id == paciente))
        for modelo in escritos:
            ultimo = db.select(func.max(modelo.creado_en).label("momento"))
            consultas.append(ultimo.where(modelo.paciente_id == paciente))
    momentos = union_all(*consultas).subquery()
    return db.session.scalar(db.select(func.max(momentos.c.momento)))


def _modelos(base: type[Any]) -> list[type[Any]]:
    """All tables of the record."""
    hijos = base.__subclasses__()
    return [modelo for hijo in hijos for modelo in ([hijo] if hasattr(hijo, "__tablename__") else _modelos(hijo))]
