"""Erasing who a patient is (LOPDP: erasure on request, except where a legal duty forbids it).

The record of a person who was attended must be kept (Ecuador: 15 years from the last attention, a setting).
Until then only what serves to reach the person is erased; after it, or when nobody ever attended the person,
everything. Neither can be undone.
"""

from __future__ import annotations

from flask import current_app

from admin.dominio.edades import hace_anios
from admin.eventos.emitidos import anunciar_paciente
from admin.extensiones import db
from admin.modelos import CitaRef, Consentimiento, Paciente
from admin.modelos.paciente import INACTIVO
from comun import audit
from comun.db import now
from comun.errors import Conflict
from comun.events import redact
from comun.preconditions import check_version

CONTACTO = ("telefono", "email", "direccion")
TODO = (
    *CONTACTO,
    *("tipo_identificacion", "identificacion", "referencia_externa", "fecha_nacimiento", "genero"),
    *("presupuesto", "representante", "usuario_id"),
)

VISIBLES_EN_EVENTOS = ("nombres", "apellidos", "telefono", "email")


def anonimizar(paciente: Paciente, motivo: str, alcance: str) -> Paciente:
    """Erase everything (`completa`) or how to reach the person (`contacto`), here and by event elsewhere.

    Conflict while there are appointments to come, and for everything while the record must be kept.
    """
    check_version(paciente)
    paciente.exigir_sin_citas_futuras()
    if alcance == "contacto":
        for ficha in [paciente, *_absorbidos(paciente)]:
            _borrar_contacto(ficha)
        anunciar_paciente(paciente, "actualizado")
    else:
        _exigir_sin_deber_legal(paciente)
        for ficha in [paciente, *_absorbidos(paciente)]:
            usuario_id = ficha.usuario_id
            _borrar_todo(ficha)
            # Others keep copies of absorbed records too, and their users.
            anunciar_paciente(ficha, "anonimizado", usuario_id=usuario_id)
    _olvidar_rastros(paciente)
    audit.record("paciente", paciente.id, {"alcance": alcance, "motivo": motivo}, accion="anonimizacion")
    return paciente


def _exigir_sin_deber_legal(paciente: Paciente) -> None:
    ultima = CitaRef.ultima_atencion(paciente.id)
    anios = current_app.config["ADMIN_RETENCION_ANIOS"]
    if ultima is not None and ultima.date() > hace_anios(now().date(), anios):
        raise Conflict(
            "retencion_legal",
            f"Su ficha clínica debe conservarse {anios} años desde la última atención ({ultima.date()}); "
            "mientras tanto solo pueden borrarse sus datos de contacto (alcance: contacto).",
        )


def _absorbidos(paciente: Paciente) -> list[Paciente]:
    """Records that were merged into this one: they tell as much about the person."""
    return [*db.session.scalars(db.select(Paciente).where(Paciente.fusionado_en_id == paciente.id))]


def _borrar(paciente: Paciente, campos: tuple[str, ...]) -> None:
    for campo in campos:
        setattr(paciente, campo, None)


def _borrar_contacto(paciente: Paciente) -> None:
    _borrar(paciente, CONTACTO)
    if paciente.representante:
        paciente.representante = {**paciente.representante, "telefono": None, "email": None}


def _borrar_todo(paciente: Paciente) -> None:
    _borrar(paciente, TODO)
    paciente.nombres, paciente.apellidos = "Paciente", "anonimizado"
    paciente.estado_paciente, paciente.anonimizado_en = INACTIVO, now()
    paciente.fuente = paciente.aseguradora = paciente.linea_negocio = None
    db.session.execute(db.delete(Consentimiento).where(Consentimiento.paciente_id == paciente.id))
    db.session.expire(paciente, ["consentimientos"])


def _olvidar_rastros(paciente: Paciente) -> None:
    """What the audit and past events tell of the person."""
    db.session.flush()
    for ficha in [paciente, *_absorbidos(paciente)]:
        audit.forget_values("paciente", ficha.id)
        redact(f"paciente/{ficha.id}", {campo: getattr(ficha, campo) for campo in VISIBLES_EN_EVENTOS})
