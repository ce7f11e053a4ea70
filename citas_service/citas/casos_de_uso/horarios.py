"""Hours of doctors: who may change them, and changing them without losing sight of what is booked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citas.casos_de_uso.citas_fuera import cambiar_reglas
from citas.clientes.admin import Involucrados, admin
from citas.extensiones import db
from citas.modelos import Cita, DoctorRef, Horario
from citas.modelos.reglas import agenda_vigente
from comun.auth.caller import Caller, Scope
from comun.db import release
from comun.errors import Forbidden, Invalid, NotFound, Unavailable
from comun.preconditions import check_version

CAMPOS = (
    "doctor_id",
    "centro_id",
    "dia_semana",
    "desde",
    "hasta",
    "turno_minutos",
    "sala_id",
    "vigente_desde",
    "vigente_hasta",
)


def exigir_que_exista(doctor_id: int) -> None:
    """NotFound without the doctor. Nothing is said against one of whom nobody can be asked now."""
    if db.session.get(DoctorRef, doctor_id) is not None:
        return
    release(db.session)
    try:
        admin().involucrados(doctor_id=doctor_id)
    except Invalid:
        raise NotFound("No existe ese doctor.") from None
    except Unavailable:
        pass


def exigir_agenda(doctor_id: int, quien: Caller) -> None:
    """Forbidden for a doctor in the agenda of another, and for whoever is not staff."""
    match quien.alcance:
        case Scope.RED | Scope.CENTROS:
            return
        case Scope.MEDICO if quien.doctor_id is not None and doctor_id == quien.doctor_id:
            return
        case Scope.MEDICO:
            raise Forbidden("agenda_ajena", "Solo puede cambiar su propia agenda.")
    raise Forbidden()


def exigir_centro(centro_id: int | None, quien: Caller) -> None:
    """Forbidden in another centre than the caller's."""
    if not quien.acts_in(centro_id):
        raise Forbidden("centro_ajeno", "Solo puede cambiar los centros que tiene asignados.")


def exigir_horario(doctor_id: int, centro_id: int, quien: Caller) -> None:
    """Forbidden for hours of that doctor at that centre: doctors have the own, reception those in its centres."""
    exigir_agenda(doctor_id, quien)
    if quien.alcance is not Scope.MEDICO:
        exigir_centro(centro_id, quien)


def crear_horario(doctor_id: int, datos: Mapping[str, Any], quien: Caller) -> Horario:
    """New hours; `citas_fuera` of the answer are the appointments that lie outside now that there are hours.

    Raises Forbidden, Invalid (no such doctor, centre or room; a range that ends before it begins), Conflict (one of
    them inactive; hours that overlap, as an IntegrityError) and Unavailable.
    """
    exigir_horario(doctor_id, datos["centro_id"], quien)
    horario = Horario(doctor_id=doctor_id, **datos)
    _comprobar(horario)
    quienes = _consultar(horario)

    def cambio() -> None:
        quienes.recordar()
        if horario.turno_minutos is None:
            horario.turno_minutos = agenda_vigente().politica(horario.centro_id, None).duracion_minutos
        db.session.add(horario)

    horario.citas_fuera = cambiar_reglas(Cita.doctor_id == doctor_id, doctor_id, cambio, confirmar=True)
    return horario


def cambiar_horario(horario: Horario, cambios: Mapping[str, Any], quien: Caller, *, confirmar: bool) -> Horario:
    """Change hours. Raises as `crear_horario`, and Conflict when that leaves appointments outside."""
    for centro_id in (horario.centro_id, cambios.get("centro_id", horario.centro_id)):
        exigir_horario(horario.doctor_id, centro_id, quien)
    check_version(horario)
    nuevo = Horario(**{campo: cambios.get(campo, getattr(horario, campo)) for campo in CAMPOS})
    _comprobar(nuevo)
    quienes = _consultar(nuevo)

    def cambio() -> None:
        quienes.recordar()
        for campo, valor in cambios.items():
            setattr(horario, campo, valor)

    horario.citas_fuera = cambiar_reglas(
        Cita.doctor_id == horario.doctor_id, horario.doctor_id, cambio, confirmar=confirmar
    )
    return horario


def quitar_horario(horario: Horario, quien: Caller, *, confirmar: bool) -> None:
    """Delete hours. Conflict when that leaves appointments outside."""
    exigir_horario(horario.doctor_id, horario.centro_id, quien)
    check_version(horario)
    cambiar_reglas(Cita.doctor_id == horario.doctor_id, horario.doctor_id, horario.eliminar, confirmar=confirmar)


def _comprobar(horario: Horario) -> None:
    errores = {}
    if horario.hasta <= horario.desde:
        errores["hasta"] = ["Debe ser posterior a «desde»; lo que pasa de medianoche va en dos horarios."]
    if horario.vigente_desde and horario.vigente_hasta and horario.vigente_hasta < horario.vigente_desde:
        errores["vigente_hasta"] = ["Es anterior a «vigente_desde»."]
    if errores:
        raise Invalid(errores)


def _consultar(horario: Horario) -> Involucrados:
    release(db.session)
    quienes = admin().involucrados(doctor_id=horario.doctor_id, centro_id=horario.centro_id, sala_id=horario.sala_id)
    quienes.comprobar_activos()
    return quienes
