"""News that this service sends: each change of an appointment."""

from typing import Any

from citas.extensiones import db
from citas.modelos import Cita, Espera, Extra
from comun.events import emit

# What of an appointment is told to others than those who follow its life: without its treatments.
SIN_TRATAMIENTOS = frozenset({"recordatorio", "cambio_solicitado"})


def anunciar(cita: Cita, suceso: str, motivo: str | None = None, **ademas: Any) -> None:
    """Emit `cita.<suceso>.v1` with the appointment as it now is, in the current transaction.

    `ademas`: what that event tells beside it.
    """
    emit(
        f"cita.{suceso}.v1",
        f"cita/{cita.id}",
        {**datos_cita(cita), "motivo": motivo, **_cobros(cita, suceso), **ademas},
    )


def datos_cita(cita: Cita) -> dict[str, Any]:
    """What others may know of an appointment itself."""
    return {
        "id": cita.id,
        "paciente_id": cita.paciente_id,
        "doctor_id": cita.doctor_id,
        "centro_id": cita.centro_id,
        "sala_id": cita.sala_id,
        "fecha_hora": cita.fecha_hora.isoformat(),
        "duracion_minutos": cita.duracion_minutos,
        "estado": str(cita.estado),
        "motivo_consulta": cita.motivo_consulta,
        "reprograma_a_id": cita.reprograma_a_id,
        "reprogramada_en_id": cita.reprogramada_en_id,
    }


def _cobros(cita: Cita, suceso: str) -> dict[str, Any]:
    """What is done at the appointment, as agreed on; once it is done also what is charged beside it."""
    if suceso in SIN_TRATAMIENTOS:
        return {}
    cobros: dict[str, Any] = {"tratamientos": [{"linea_id": linea.id, **linea.convenido()} for linea in cita.lineas]}
    if suceso == "completada":
        extras = db.select(Extra).where(Extra.cita_id == cita.id, Extra.vivos()).order_by(Extra.id)
        campos = ("descripcion", "cantidad", "precio_unitario")
        cobros["extras"] = [
            {"linea_id": extra.id, **{campo: getattr(extra, campo) for campo in campos}}
            for extra in db.session.scalars(extras)
        ]
    return cobros


def anunciar_espera(espera: Espera, suceso: str, **ademas: Any) -> None:
    """Emit `espera.<suceso>.v1` with what the patient waits for; `ademas`: what that event tells beside it."""
    emit(
        f"espera.{suceso}.v1",
        f"espera/{espera.id}",
        {
            "id": espera.id,
            "paciente_id": espera.paciente_id,
            "doctor_id": espera.doctor_id,
            "centro_id": espera.centro_id,
            "especialidad": espera.especialidad,
            "tratamiento_id": espera.tratamiento_id,
            "desde": espera.desde,
            "hasta": espera.hasta,
            "prioridad": espera.prioridad,
            "estado": str(espera.estado),
            **ademas,
        },
    )
