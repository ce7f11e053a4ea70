"""Emergency access: opened by a doctor with a reason, announced at once, looked at afterwards."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from comun.auth.caller import Scope, caller
from comun.db import now
from comun.errors import Conflict, NotFound, Problem
from comun.events import emit
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import AUSENTE, denegar, medico_que_llama, paciente_y_suyos, relacion_con
from historia_clinica.casos_de_uso.bitacora import anotar
from historia_clinica.extensiones import db
from historia_clinica.modelos import Emergencia, Relacion, Resultado

_HUELLA = {"accion": "leer", "que": "emergencia", "recurso_id": None}


def abrir_emergencia(paciente_id: int, motivo: str) -> Emergencia:
    """Let the calling doctor into a record for some hours. Emits `acceso.emergencia.v1`.

    NotFound without such a patient, 403 `solo_medico` for anybody else, Conflict when he is let in anyway.
    """
    quien = caller()
    paciente, pacientes = paciente_y_suyos(paciente_id)
    if paciente is None:
        raise denegar(NotFound(AUSENTE), paciente_id, "no existe", _HUELLA)
    if quien.doctor_id is None or quien.alcance is not Scope.MEDICO:
        negativa = Problem(403, "solo_medico", "Solo un médico abre un expediente por emergencia.")
        raise denegar(negativa, paciente.id, negativa.codigo, _HUELLA)
    if relacion_con(quien, pacientes) is not Relacion.NINGUNA:
        raise Conflict("acceso_vigente", "Ya tiene acceso a este expediente.")
    medico = medico_que_llama(quien, debe_conocerse=True)
    assert medico is not None
    desde = now()
    hasta = desde + timedelta(hours=current_app.config["HISTORIA_CLINICA_EMERGENCIA_HORAS"])
    emergencia = Emergencia(paciente_id=paciente.id, doctor_id=medico.id, motivo=motivo, desde=desde, hasta=hasta)
    db.session.add(emergencia)
    db.session.flush()
    anotar(
        paciente_id=paciente.id,
        resultado=Resultado.PERMITIDO,
        relacion=Relacion.EMERGENCIA,
        motivo=motivo,
        **{**_HUELLA, "recurso_id": emergencia.id},
    )
    emit(
        "acceso.emergencia.v1",
        f"emergencia/{emergencia.id}",
        {
            "id": emergencia.id,
            "paciente_id": paciente.id,
            "doctor_id": medico.id,
            "desde": desde.isoformat(),
            "hasta": hasta.isoformat(),
        },
    )
    return emergencia


def revisar(emergencia_id: int, justificada: bool, comentario: str | None) -> Emergencia:
    """Say whether an emergency access was justified, once."""
    suya = db.select(Emergencia).where(Emergencia.id == emergencia_id, Emergencia.vivos()).with_for_update()
    if (emergencia := db.session.scalar(suya)) is None:
        raise NotFound(Emergencia.AUSENTE)
    check_version(emergencia)
    if emergencia.revisada_en is not None:
        raise Conflict("emergencia_revisada", "Ese acceso de emergencia ya fue revisado.")
    emergencia.revisada_en, emergencia.revisada_por = now(), caller().actor
    emergencia.justificada, emergencia.comentario = justificada, comentario
    anotar(
        paciente_id=emergencia.paciente_id,
        accion="escribir",
        que="emergencia",
        recurso_id=emergencia.id,
        resultado=Resultado.PERMITIDO,
        relacion=Relacion.RED,
        motivo="justificada" if justificada else "no justificada",
    )
    return emergencia
