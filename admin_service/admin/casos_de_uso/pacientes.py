"""Making and changing patients, with their users."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from admin.casos_de_uso.cuenta import Cuenta, confirmar_al_guardar, vinculable
from admin.casos_de_uso.personas import exigir_libre, reidentificar
from admin.dominio.edades import es_menor
from admin.esquemas.pacientes import CONTACTO
from admin.eventos.emitidos import anunciar_paciente
from admin.extensiones import db
from admin.modelos import Catalogo, Centro, Consentimiento, Entrada, Paciente
from admin.modelos.catalogo import comprobar, resolver
from admin.modelos.paciente import INACTIVO
from comun import audit
from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.errors import Conflict, Forbidden, Invalid, Problem
from comun.preconditions import check_version
from comun.times import zone

ROL = "paciente"

# Field of a patient → the catalogue that it refers to, and its relationship.
CATALOGOS = {
    "fuente_captacion": (Catalogo.FUENTES, "fuente"),
    "aseguradora": (Catalogo.ASEGURADORAS, "aseguradora"),
    "linea_negocio": (Catalogo.LINEAS_NEGOCIO, "linea_negocio"),
}
UNICOS = ("identificacion", "referencia_externa")

AVISO_DUPLICADO = "Posible duplicado: ya hay un paciente con el mismo nombre y fecha de nacimiento."
AVISO_MENOR = "Es menor de edad y no tiene representante."


def crear_paciente(datos: dict[str, Any], quien: Caller) -> Paciente:
    """Make a patient and the user. Conflict, Invalid or Unavailable: nothing is made."""
    if quien.alcance in (Scope.PACIENTE, Scope.NINGUNO):
        raise Forbidden()
    cuenta = Cuenta.tomar(ROL, datos)
    avisos = datos.pop("advertencias", [])
    _comprobar(datos, quien)
    exigir_libre(Paciente, datos, UNICOS)
    avisos += advertencias(datos)
    usuario_id = cuenta.obtener(datos)
    return _asentar(datos, usuario_id, quien, avisos)


def registrar_paciente(usuario_id: int, datos: dict[str, Any], quien: Caller) -> Paciente:
    """The patient of a self-registered user: made once, whatever is repeated.

    It is always a record of its own. An identity number that is taken is left out rather than refused, so
    that nobody learns here who is a patient; staff merges the two.
    """
    existente = db.session.scalar(db.select(Paciente).where(Paciente.usuario_id == usuario_id, Paciente.vivos()))
    if existente is not None:
        return existente
    try:
        exigir_libre(Paciente, datos, ("identificacion",))
    except Conflict:
        datos |= {"identificacion": None, "tipo_identificacion": None}
    return _asentar(datos, usuario_id, quien, datos.pop("advertencias", []))


def cambiar_paciente(paciente: Paciente, cambios: dict[str, Any], quien: Caller) -> Paciente:
    """Change what is given; a patient changes only how to be reached, and consents."""
    if quien.alcance is Scope.PACIENTE:
        _exigir_contacto(cambios)
    check_version(paciente)
    paciente.exigir_no_anonimizado()
    avisos = reidentificar(paciente, cambios)
    _comprobar(cambios, quien)
    usuario_id = cambios.pop("usuario_id", paciente.usuario_id)
    if usuario_id != paciente.usuario_id:
        if paciente.usuario_id is not None:
            raise Conflict("usuario_ya_vinculado", "El paciente ya tiene otro usuario.")
        vinculable(usuario_id, ROL)
        paciente.usuario_id = usuario_id
        confirmar_al_guardar(usuario_id, paciente_id=paciente.id)
    estaba = paciente.estado_paciente
    _poner(paciente, cambios, quien)
    se_inactiva = estaba != INACTIVO and paciente.estado_paciente == INACTIVO
    anunciar_paciente(paciente, "inactivado" if se_inactiva else "actualizado")
    paciente.advertencias = avisos
    return paciente


def cambiar_estado(paciente: Paciente, estado: str, motivo: str | None, quien: Caller) -> Paciente:
    """Make active or inactive, for a reason that stays in the audit."""
    if motivo:
        audit.record("paciente", paciente.id, {"motivo": motivo})
    return cambiar_paciente(paciente, {"estado_paciente": estado}, quien)


def advertencias(datos: Mapping[str, Any]) -> list[str]:
    """What is odd about a new patient, but no reason to refuse."""
    nacimiento: date | None = datos.get("fecha_nacimiento")
    if nacimiento is None:
        return []
    avisos = []
    repetido = db.exists().where(Paciente.homonimos(datos["nombres"], datos["apellidos"], nacimiento))
    if db.session.scalar(db.select(repetido)):
        avisos.append(AVISO_DUPLICADO)
    if es_menor(nacimiento, hoy()) and not datos.get("representante"):
        avisos.append(AVISO_MENOR)
    return avisos


def hoy() -> date:
    """Today on the calendar of Ecuador."""
    return now().astimezone(zone("America/Guayaquil")).date()


def _asentar(datos: dict[str, Any], usuario_id: int | None, quien: Caller, avisos: list[str]) -> Paciente:
    paciente = Paciente(usuario_id=usuario_id)
    _poner(paciente, datos, quien)
    db.session.add(paciente)
    db.session.flush()
    anunciar_paciente(paciente, "creado")
    confirmar_al_guardar(usuario_id, paciente_id=paciente.id)
    paciente.advertencias = avisos
    return paciente


def _exigir_contacto(cambios: Mapping[str, Any]) -> None:
    ajenos = set(cambios) - CONTACTO - {"consentimientos"}
    if ajenos:
        raise Problem(
            403,
            "campo_no_permitido",
            "Solo puede cambiar sus datos de contacto.",
            errores={campo: ["No puede cambiarlo usted; pídalo en recepción."] for campo in sorted(ajenos)},
        )


def _comprobar(datos: Mapping[str, Any], quien: Caller) -> None:
    """What is referred to exists and is within reach: to be known before a user is reserved."""
    nacimiento = datos.get("fecha_nacimiento")
    if nacimiento is not None and nacimiento > hoy():
        raise Invalid({"fecha_nacimiento": ["Está en el futuro."]})
    if (centro_id := datos.get("centro_id")) is not None:
        if quien.alcance is Scope.CENTROS and centro_id not in quien.centros:
            raise Forbidden("centro_ajeno", "Solo puede asignar los centros que usted tiene asignados.")
        if not db.session.scalar(db.select(db.exists().where(Centro.id == centro_id, Centro.vivos()))):
            raise Invalid({"centro_id": ["No existe ese centro."]})
    for campo, (catalogo, _relacion) in CATALOGOS.items():
        if datos.get(campo) is not None:
            comprobar(campo, catalogo, [datos[campo]], quien)


def _poner(paciente: Paciente, datos: Mapping[str, Any], quien: Caller) -> None:
    for campo, valor in datos.items():
        if campo == "consentimientos":
            consentir(paciente, valor, quien)
        elif campo in CATALOGOS:
            catalogo, relacion = CATALOGOS[campo]
            ids = {} if valor is None else resolver(campo, catalogo, [valor], quien)
            setattr(paciente, relacion, db.session.get(Entrada, ids[valor]) if ids else None)
        else:
            setattr(paciente, campo, valor)


def consentir(paciente: Paciente, dados: list[dict[str, Any]], quien: Caller) -> None:
    """Keep what the patient allowed or forbade."""
    for datos in dados:
        fecha = datos.get("fecha") or now()
        if fecha.tzinfo is None:
            raise Invalid({"fecha": ["Debe llevar desfase horario."]})
        paciente.consentimientos.append(
            Consentimiento(**{**datos, "fecha": fecha}, registrado_por=quien.nombre_usuario or quien.sujeto)
        )
    paciente.touch()
