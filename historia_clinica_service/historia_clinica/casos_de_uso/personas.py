"""How old a patient is, and of which sex: asked of admin_service, and kept for when it can't be asked."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_

from comun.db import now, upsert
from comun.errors import Unavailable
from historia_clinica.casos_de_uso.acceso import paciente_y_suyos
from historia_clinica.casos_de_uso.fichas import fichas
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, DatosPersonales, DoctorRef, PacienteRef

logger = logging.getLogger(__name__)

# So old it is asked anew: somebody may have corrected it.
VIGENCIA = timedelta(days=30)
# By one run of the worker.
TANDA = 200
ATENDIDA = ("en_curso", "completada")


def breve(doctor: DoctorRef) -> dict[str, Any]:
    """Who wrote something, as a record tells it."""
    return {"id": doctor.id, "nombres": doctor.nombres, "apellidos": doctor.apellidos}


def conocer_persona(paciente_id: int) -> None:
    """Ask for what is not known yet, or long ago, of a patient or who he was merged into. Nothing when it can't be.

    Ends the current transaction, which must not have written; commits. Before `acceder`, as that writes.
    """
    paciente, _suyos = paciente_y_suyos(paciente_id)
    if paciente is None or paciente.anonimizado:
        return
    conocida = db.session.get(DatosPersonales, paciente.id)
    if conocida is None or conocida.obtenido_en < now() - VIGENCIA:
        try:
            _preguntar(paciente.id)
        except Unavailable:
            logger.warning("admin_service can't be asked how old a patient is")


def nacimiento_de(paciente_id: int) -> date | None:
    """When a patient was born, as far as known here."""
    return db.session.scalar(
        db.select(DatosPersonales.fecha_nacimiento).where(DatosPersonales.paciente_id == paciente_id)
    )


def olvidar_persona(paciente_id: int) -> None:
    """The patient was made anonymous, and with him those merged into him: in the current transaction."""
    suyos = db.select(PacienteRef.id).where(PacienteRef.fusionado_en_id == paciente_id)
    de_ellos = or_(DatosPersonales.paciente_id == paciente_id, DatosPersonales.paciente_id.in_(suyos))
    db.session.execute(db.delete(DatosPersonales).where(de_ellos))


def conocer_personas() -> None:
    """A job: ask for those attended patients of whom it is not known, or long ago. Commits."""
    atendido = db.exists().where(CitaRef.paciente_id == PacienteRef.id, CitaRef.estado.in_(ATENDIDA))
    pendientes = db.session.scalars(
        db.select(PacienteRef.id)
        .outerjoin(DatosPersonales, DatosPersonales.paciente_id == PacienteRef.id)
        .where(
            atendido,
            PacienteRef.fusionado_en_id.is_(None),
            PacienteRef.anonimizado.is_(False),
            or_(DatosPersonales.paciente_id.is_(None), DatosPersonales.obtenido_en < now() - VIGENCIA),
        )
        .order_by(PacienteRef.id)
        .limit(TANDA)
    ).all()
    for paciente_id in pendientes:
        _preguntar(paciente_id)


def _preguntar(paciente_id: int) -> None:
    ficha = fichas(paciente_id).paciente
    nacimiento = ficha.get("fecha_nacimiento")
    valores: dict[str, Any] = {
        "paciente_id": paciente_id,
        "fecha_nacimiento": date.fromisoformat(nacimiento) if nacimiento else None,
        "genero": ficha.get("genero"),
        "obtenido_en": now(),
    }
    # Made anonymous while it was asked? Who is just being made so is waited for.
    con_nombre = db.select(PacienteRef.id).where(PacienteRef.id == paciente_id, PacienteRef.anonimizado.is_(False))
    if db.session.scalar(con_nombre.with_for_update(read=True)) is None:
        return
    orden = upsert(db.session.get_bind().dialect, DatosPersonales.__table__).values(**valores)
    nuevos = {campo: orden.excluded[campo] for campo in valores if campo != "paciente_id"}
    db.session.execute(orden.on_conflict_do_update(index_elements=["paciente_id"], set_=nuevos))
    db.session.commit()
