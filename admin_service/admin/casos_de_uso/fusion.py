"""Two records of one patient become one."""

from __future__ import annotations

from admin.dominio.identificacion import TipoIdentificacion
from admin.eventos.emitidos import anunciar_paciente
from admin.extensiones import db
from admin.modelos import CitaRef, Consentimiento, Paciente
from comun import audit
from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid
from comun.preconditions import check_version

# What the survivor takes over where it has nothing.
COMPLETABLES = (
    *("referencia_externa", "telefono", "email", "fecha_nacimiento", "genero", "direccion", "presupuesto"),
    *("fuente", "aseguradora", "linea_negocio", "centro_id", "usuario_id", "representante"),
)


def fusionar(paciente_id: int, absorbido_id: int, motivo: str, quien: Caller) -> Paciente:
    """Absorb another record: the survivor keeps its id and what it has, and takes what it lacks.

    The absorbed one is deleted with a pointer to the survivor; its appointments, consents and user go over.
    Two different cédulas are two persons, and who was anonymised is nobody's record: Conflict.
    """
    if paciente_id == absorbido_id:
        raise Invalid({"absorbido_id": ["Es el mismo paciente."]})
    _bloquear(paciente_id, absorbido_id)
    paciente, absorbido = Paciente.obtener(paciente_id, quien), Paciente.obtener(absorbido_id, quien)
    check_version(paciente)
    for uno in (paciente, absorbido):
        uno.exigir_no_anonimizado()
    _exigir_misma_persona(paciente, absorbido)
    absorbido.fusionado_en_id = paciente.id
    absorbido.eliminar()
    # Before the survivor takes its unique values.
    db.session.flush()
    _completar(paciente, absorbido)
    _trasladar(paciente, absorbido)
    audit.record("paciente", paciente.id, {"absorbido_id": absorbido.id, "motivo": motivo}, accion="fusion")
    anunciar_paciente(paciente, "fusionado", absorbido_id=absorbido.id)
    return paciente


def _bloquear(*paciente_ids: int) -> None:
    """Always in the same order, so that two merges can't wait for each other."""
    db.session.execute(
        db.select(Paciente.id).where(Paciente.id.in_(paciente_ids)).order_by(Paciente.id).with_for_update()
    )


def _exigir_misma_persona(paciente: Paciente, absorbido: Paciente) -> None:
    cedulas = {
        uno.identificacion
        for uno in (paciente, absorbido)
        if uno.tipo_identificacion == TipoIdentificacion.CEDULA and uno.identificacion
    }
    if len(cedulas) > 1:
        raise Conflict("identificaciones_distintas", "Tienen cédulas distintas: no son la misma persona.")


def _completar(paciente: Paciente, absorbido: Paciente) -> None:
    for campo in COMPLETABLES:
        if getattr(paciente, campo) is None:
            setattr(paciente, campo, getattr(absorbido, campo))
    if paciente.identificacion is None:
        paciente.identificacion = absorbido.identificacion
        paciente.tipo_identificacion = absorbido.tipo_identificacion
    paciente.touch()


def _trasladar(paciente: Paciente, absorbido: Paciente) -> None:
    """Whatever referred to the absorbed one refers to the survivor."""
    for tabla, columna in (
        (CitaRef, CitaRef.paciente_id),
        (Consentimiento, Consentimiento.paciente_id),
        (Paciente, Paciente.fusionado_en_id),
    ):
        db.session.execute(db.update(tabla).where(columna == absorbido.id).values({columna: paciente.id}))
    db.session.flush()
    db.session.expire(paciente, ["consentimientos", *Paciente.CIFRAS])
