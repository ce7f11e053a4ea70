"""All that the network holds of one patient (LOPDP: access and portability)."""

from __future__ import annotations

from typing import Any

from admin.clientes.datos_paciente import datos_paciente
from admin.esquemas.pacientes import ConsentimientoSalida, PacienteSalida
from admin.extensiones import db
from admin.modelos import CitaRef, Consentimiento, Paciente
from comun import audit
from comun.auth.caller import Caller
from comun.db import now, release


def exportar(paciente_id: int, quien: Caller) -> dict[str, Any]:
    """What this service holds, what each of the others holds, and which of them did not answer.

    Leaves an audit row, and commits it.
    """
    paciente = Paciente.obtener(paciente_id, quien)
    administracion = _administracion(paciente)
    release(db.session)
    otros, sin_respuesta = datos_paciente().reunir(paciente_id)
    audit.record("paciente", paciente_id, {"sin_respuesta": sin_respuesta}, accion="exportacion")
    db.session.commit()
    return {
        "generado_en": now().isoformat(),
        "completa": not sin_respuesta,
        "sin_respuesta": sin_respuesta,
        "datos": {"administracion": administracion, **otros},
    }


def _administracion(paciente: Paciente) -> dict[str, Any]:
    absorbidos = db.session.scalars(db.select(Paciente).where(Paciente.fusionado_en_id == paciente.id))
    consentimientos = db.session.scalars(
        db.select(Consentimiento).where(Consentimiento.paciente_id == paciente.id).order_by(Consentimiento.id)
    )
    citas = db.session.execute(
        db.select(CitaRef.cita_id, CitaRef.doctor_id, CitaRef.centro_id, CitaRef.fecha_hora, CitaRef.estado)
        .where(CitaRef.paciente_id == paciente.id)
        .order_by(CitaRef.fecha_hora)
    )
    return {
        "paciente": PacienteSalida().dump(paciente),
        "fichas_fusionadas": PacienteSalida(many=True).dump(absorbidos),
        "consentimientos": ConsentimientoSalida(many=True).dump(consentimientos),
        "citas": [{**cita._mapping, "fecha_hora": cita.fecha_hora.isoformat()} for cita in citas],
    }
