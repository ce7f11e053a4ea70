"""The waitlist: who waits for what. What became free is offered in `ofertas`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from citas.casos_de_uso.ofertas import retirar_oferta
from citas.casos_de_uso.tratamientos import consultar_tratamientos
from citas.clientes.admin import Involucrados, admin
from citas.eventos.emitidos import anunciar_espera
from citas.extensiones import db
from citas.modelos import CentroRef, Espera
from citas.modelos.espera import EstadoEspera, EstadoOferta
from citas.modelos.reglas import ZONA
from comun.auth.caller import Caller, Scope
from comun.db import now, release
from comun.errors import Conflict, Forbidden, Invalid
from comun.preconditions import check_version
from comun.times import zone

A_LO_SUMO = timedelta(days=366)
# What can be changed while an offer waits for its answer.
SIN_EFECTO_EN_OFERTAS = frozenset({"prioridad", "notas"})


def registrar(datos: Mapping[str, Any], quien: Caller) -> Espera:
    """Put a patient on the waitlist.

    Raises Forbidden (somebody else, another centre or agenda, a priority that is not theirs to set), Invalid (no
    such patient, doctor, centre or treatment; days or hours that make no sense), Conflict (inactive; waits for the
    same already) and Unavailable (admin_service is down, or with a treatment inventario_service).
    """
    datos = dict(datos)
    if quien.alcance is Scope.PACIENTE:
        datos.setdefault("paciente_id", quien.paciente_id)
    if datos.get("paciente_id") is None:
        raise Invalid({"paciente_id": ["Es obligatorio."]})
    puede_anotar(datos, quien)
    _algo_se_desea(datos)
    zona_horaria = _consultar(datos, ("paciente_id", "doctor_id", "centro_id", "tratamiento_id"))
    datos.setdefault("desde", hoy(zona_horaria))
    _comprobar_fechas(datos, hoy(zona_horaria), datos)
    datos["dias_semana"] = _dias(datos.get("dias_semana"))
    espera = Espera(**datos, estado=EstadoEspera.ESPERANDO, registrado_por=quien.nombre_usuario or quien.sujeto)
    db.session.add(espera)
    db.session.flush()
    anunciar_espera(espera, "registrada")
    return leer(espera.id)


def cambiar(espera: Espera, cambios: Mapping[str, Any], quien: Caller) -> Espera:
    """Another wish in its place. Raises as `registrar` does; Conflict too when it is settled or has an offer."""
    check_version(espera)
    cambios = {campo: valor for campo, valor in cambios.items() if valor != getattr(espera, campo)}
    if "dias_semana" in cambios:
        cambios["dias_semana"] = _dias(cambios["dias_semana"])
    datos = {campo: getattr(espera, campo) for campo in (*_CAMPOS, "paciente_id")} | cambios
    puede_anotar(datos | {"prioridad": cambios.get("prioridad", 0)}, quien)
    _algo_se_desea(datos)
    nuevos = [campo for campo in ("doctor_id", "centro_id", "tratamiento_id") if cambios.get(campo) is not None]
    if nuevos:
        release(db.session)
        _consultar(datos, nuevos)
    espera = Espera.bloquear(espera.id)
    check_version(espera)
    _exigir_abierta(espera)
    if espera.estado == EstadoEspera.OFRECIDA and not set(cambios) <= SIN_EFECTO_EN_OFERTAS:
        raise Conflict(
            "oferta_pendiente", "Tiene una oferta por responder; respóndala antes de cambiar lo que espera."
        )
    _comprobar_fechas(datos, hoy(_zona_de(espera.centro_id)), cambios)
    for campo, valor in cambios.items():
        setattr(espera, campo, valor)
    db.session.flush()
    return leer(espera.id)


def cancelar(espera: Espera) -> None:
    """Take it off the list; what was offered goes to the next one. NotFound when somebody just did."""
    espera = Espera.bloquear(espera.id)
    espera.exigir_vivo()
    check_version(espera)
    retirar_espera(espera)
    espera.eliminar()


def retirar_espera(espera: Espera) -> None:
    """The patient waits no more, whatever the reason: an open offer goes with it."""
    if espera.estado == EstadoEspera.OFRECIDA:
        retirar_oferta(espera, EstadoOferta.RETIRADA)
    if espera.esta_abierta():
        espera.estado = EstadoEspera.CANCELADA


def leer(espera_id: int) -> Espera:
    """With all that is shown of it, as the transaction has it."""
    consulta = db.select(Espera).where(Espera.id == espera_id).options(*Espera.cargar())
    return db.session.scalars(consulta.execution_options(populate_existing=True)).one()


def hoy(zona_horaria: str) -> date:
    """The day on that calendar."""
    return now().astimezone(zone(zona_horaria)).date()


def puede_anotar(datos: Mapping[str, Any], quien: Caller) -> None:
    """Forbidden for what the caller's scope does not reach; before any look-up."""
    match quien.alcance:
        case Scope.RED:
            return
        case Scope.CENTROS if datos.get("centro_id") is None or datos["centro_id"] in quien.centros:
            return
        case Scope.CENTROS:
            raise Forbidden("centro_ajeno", "Solo puede anotar a quien espera en los centros que tiene asignados.")
        case Scope.MEDICO if quien.doctor_id is not None and datos.get("doctor_id") == quien.doctor_id:
            return
        case Scope.PACIENTE if quien.paciente_id is None or datos["paciente_id"] != quien.paciente_id:
            raise Forbidden("paciente_ajeno", "Un paciente solo puede anotarse a sí mismo.")
        case Scope.PACIENTE if datos.get("prioridad"):
            raise Forbidden("campo_no_permitido", "La prioridad la pone la clínica.")
        case Scope.PACIENTE:
            return
    raise Forbidden("agenda_ajena", "Solo puede anotar a quien espera por su propia agenda.")


_CAMPOS = (
    "doctor_id",
    "centro_id",
    "especialidad",
    "tratamiento_id",
    "desde",
    "hasta",
    "hora_desde",
    "hora_hasta",
    "dias_semana",
)


def _consultar(datos: Mapping[str, Any], campos: Iterable[str]) -> str:
    """Ask the services once about those named, and keep what they say; the time zone that counts."""
    de_admin = {campo: datos.get(campo) for campo in campos if campo != "tratamiento_id"}
    quienes = admin().involucrados(**de_admin) if de_admin else Involucrados()
    quienes.comprobar_activos()
    if "tratamiento_id" in campos:
        quienes = replace(quienes, tratamientos=consultar_tratamientos(datos))
    quienes.recordar()
    return str(quienes.centro.get("zona_horaria", ZONA))


def _zona_de(centro_id: int | None) -> str:
    centro = db.session.get(CentroRef, centro_id) if centro_id is not None else None
    return centro.zona_horaria if centro else ZONA


def _algo_se_desea(datos: Mapping[str, Any]) -> None:
    if all(datos.get(campo) is None for campo in ("doctor_id", "centro_id", "especialidad")):
        raise Invalid({"doctor_id": ["Diga doctor, centro o especialidad."]})


def _comprobar_fechas(datos: Mapping[str, Any], dia: date, dados: Mapping[str, Any]) -> None:
    """Invalid unless days and hours make sense. Only of what was given is it asked that it lies ahead."""
    errores = {}
    if "desde" in dados and datos["desde"] < dia:
        errores["desde"] = ["Está en el pasado."]
    if "hasta" in dados and datos["hasta"] < dia:
        errores["hasta"] = ["Está en el pasado."]
    elif datos["hasta"] < datos["desde"]:
        errores["hasta"] = ["Es anterior a «desde»."]
    elif datos["hasta"] - dia > A_LO_SUMO:
        errores["hasta"] = ["Se espera a lo sumo un año."]
    horas = datos.get("hora_desde"), datos.get("hora_hasta")
    if horas[0] is not None and horas[1] is not None and horas[1] <= horas[0]:
        errores["hora_hasta"] = ["Debe ser posterior a «hora_desde»."]
    if errores:
        raise Invalid(errores)


def _dias(dias: list[int] | None) -> list[int] | None:
    return sorted(set(dias)) if dias else None


def _exigir_abierta(espera: Espera) -> None:
    if not espera.esta_abierta():
        raise Conflict("espera_cerrada", f"La espera está {espera.estado} y ya no cambia.")
