"""Booking and moving: where the agenda, admin_service and the caller's rights meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from citas.casos_de_uso.acomodar import (
    Condiciones,
    acomodar,
    asistente_activo,
    condiciones_de,
    duracion_de,
    exigir_plazo,
    usar_apartado,
)
from citas.casos_de_uso.recordatorios import prever_recordatorios
from citas.casos_de_uso.tratamientos import (
    con_otro_tratamiento,
    con_tratamientos,
    consultar_tratamientos,
    nuevas_lineas,
)
from citas.clientes.admin import Involucrados, admin
from citas.dominio.estados import Estado
from citas.eventos.emitidos import anunciar
from citas.extensiones import db, restricciones
from citas.modelos import Cita
from citas.modelos.guardas import esperar_turno
from citas.modelos.referencias import recordar_juntos, recordar_tratamientos
from citas.modelos.reglas import agenda_vigente
from comun.auth.caller import Caller, Scope
from comun.db import now, release
from comun.errors import Conflict, Forbidden, Invalid, as_problem
from comun.preconditions import check_version
from comun.times import AmbiguousTime, SkippedTime, localise

# What can be said of an appointment beside who, where and when.
DETALLES = ("telefono_contacto", "email_contacto")
LUGAR = ("paciente_id", "doctor_id", "centro_id", "fecha_hora")


def programar(datos: Mapping[str, Any], quien: Caller) -> Cita:
    """Book an appointment.

    Raises Forbidden (not the caller's to book), Invalid (no such doctor, centre, patient, room, treatment or time;
    the past), Conflict (inactive, busy or not offered) and Unavailable (admin_service is down, or with treatments
    inventario_service). Nothing is kept then.
    """
    datos = con_tratamientos(datos)
    puede_agendar(datos, quien)
    condiciones = condiciones_de(datos, quien)
    cuando_y_quienes = consultar(datos)
    return asentar(datos, *cuando_y_quienes, quien, condiciones)


def reprogramar(cita: Cita, cambios: Mapping[str, Any], quien: Caller) -> Cita:
    """Move an appointment: the old one is cancelled and a new one takes its place, or nothing changes.

    Conflict's `detail` says that it could not be moved, and why.
    """
    if not quien.can("citas:mover"):
        raise Forbidden()
    check_version(cita)
    if not cita.esta_pendiente():
        raise Conflict("transicion_ilegal", f"No se pudo reprogramar: la cita está {cita.estado}.")
    exigir_plazo(cita, quien)
    datos = {**datos_de(cita), **cambios, **con_otro_tratamiento(cita, cambios)}
    puede_agendar(datos, quien)
    condiciones = condiciones_de(datos, quien)
    release(db.session)
    try:
        cuando_y_quienes = consultar(datos)
        nueva = reemplazar(cita, datos, *cuando_y_quienes, quien, condiciones)
    except (Conflict, db.exc.IntegrityError) as error:
        motivo = as_problem(error, restricciones)
        raise Conflict(motivo.codigo, f"No se pudo reprogramar la cita: {motivo.detail}") from None
    return nueva


def cambia_de_lugar(cita: Cita, cambios: Mapping[str, Any]) -> bool:
    """Whether these changes move the appointment to another time, doctor, centre or patient."""
    pedido = dict(cambios)
    if "fecha_hora" in pedido and pedido["fecha_hora"].tzinfo is None:
        pedido["fecha_hora"] = pedido["fecha_hora"].replace(tzinfo=cita.fecha_hora.tzinfo)
    return any(campo in pedido and pedido[campo] != getattr(cita, campo) for campo in LUGAR)


def puede_agendar(datos: Mapping[str, Any], quien: Caller) -> None:
    """Forbidden for what the caller's scope does not reach; before any look-up."""
    match quien.alcance:
        case Scope.RED:
            return
        case Scope.CENTROS if datos["centro_id"] in quien.centros:
            return
        case Scope.CENTROS:
            raise Forbidden("centro_ajeno", "Solo puede agendar en los centros que tiene asignados.")
        case Scope.MEDICO if quien.doctor_id is not None and datos["doctor_id"] == quien.doctor_id:
            return
        case Scope.MEDICO:
            raise Forbidden("agenda_ajena", "Solo puede agendar en su propia agenda.")
        case Scope.PACIENTE if quien.paciente_id is not None and datos.get("paciente_id") == quien.paciente_id:
            return
        case Scope.PACIENTE:
            raise Forbidden("paciente_ajeno", "Un paciente solo puede agendar sus propias citas.")
    raise Forbidden()


def consultar(datos: Mapping[str, Any]) -> tuple[datetime, Involucrados]:
    """Ask admin_service once, and inventario_service when there are treatments; the start as an instant, and
    everybody involved.

    Invalid when one of them does not exist or the time can't be; Conflict when one is inactive.
    """
    quienes = admin().involucrados(
        doctor_id=datos["doctor_id"],
        centro_id=datos["centro_id"],
        paciente_id=datos.get("paciente_id"),
        sala_id=datos.get("sala_id"),
    )
    inicio = instante(datos["fecha_hora"], quienes.centro["zona_horaria"])
    if inicio <= now():
        raise Invalid({"fecha_hora": ["Está en el pasado."]}, "fecha_pasada")
    quienes.comprobar_activos()
    return inicio, replace(quienes, tratamientos=consultar_tratamientos(datos))


def instante(fecha_hora: datetime, zona_horaria: str) -> datetime:
    """The instant of a wall clock time; Invalid when the clock skips it or shows it twice. Seconds are cut off."""
    try:
        return localise(fecha_hora.replace(second=0, microsecond=0), zona_horaria)
    except SkippedTime:
        codigo, mensaje = "hora_inexistente", "Esa hora no existe: el reloj del centro la salta ese día."
    except AmbiguousTime:
        codigo, mensaje = "hora_ambigua", "Esa hora ocurre dos veces ese día; envíela con desfase horario."
    raise Invalid({"fecha_hora": [mensaje]}, codigo)


def asentar(
    datos: Mapping[str, Any], inicio: datetime, quienes: Involucrados, quien: Caller, condiciones: Condiciones
) -> Cita:
    """Write the appointment and take its doctor, patient, room and assistant; from a hold, if `datos` names one."""
    cita = nueva_cita(datos, inicio, quienes, quien)
    if datos.get("apartado_id") is not None:
        condiciones = usar_apartado(datos["apartado_id"], cita, condiciones)
    acomodar(cita, condiciones)
    anotar_alta(cita, quien, None)
    return cita


def reemplazar(
    cita: Cita,
    datos: Mapping[str, Any],
    inicio: datetime,
    quienes: Involucrados,
    quien: Caller,
    condiciones: Condiciones,
) -> Cita:
    """Cancel one appointment and put a new one into its place, in the current transaction."""
    nueva = nueva_cita(datos, inicio, quienes, quien)
    esperar_turno(db.session, [*cita.recursos(), *nueva.recursos()])
    anterior = Estado(cita.estado)
    cita.liberar()
    cita.dejar_hueco()
    cita.estado = Estado.CANCELADA
    cita.motivo_cancelacion = "Reprogramada"
    nueva.reprograma_a_id = cita.id
    nueva.serie_id = cita.serie_id
    acomodar(nueva, condiciones)
    cita.reprogramada_en_id = nueva.id
    cita.anotar(anterior, quien.actor, "Reprogramada")
    anunciar(cita, "reprogramada")
    anotar_alta(nueva, quien, f"Reprograma la cita {cita.id}")
    return nueva


def anotar_alta(cita: Cita, quien: Caller, nota: str | None) -> None:
    """What goes with every new appointment: its first state, its reminders, the news of it."""
    cita.anotar(None, quien.actor, nota)
    prever_recordatorios(cita)
    anunciar(cita, "programada")


def nueva_cita(datos: Mapping[str, Any], inicio: datetime, quienes: Involucrados, quien: Caller) -> Cita:
    """The appointment as `datos` and its policy say, not yet with its time. Invalid when they make no sense."""
    doctor, centro, paciente = recordar_juntos(quienes.doctor, quienes.centro, quienes.paciente)
    recordar_tratamientos(quienes.tratamientos.values())
    agenda = agenda_vigente()
    politica = agenda.politica(centro.id, datos.get("tratamiento_id"))
    duracion = duracion_de(datos, agenda, quien)
    cita = Cita(
        doctor=doctor,
        doctor_id=doctor.id,
        centro=centro,
        centro_id=centro.id,
        paciente=paciente,
        paciente_id=paciente.id,
        sala_id=datos.get("sala_id"),
        asistente=asistente_activo(datos.get("asistente_id")),
        asistente_id=datos.get("asistente_id"),
        tratamiento_id=datos.get("tratamiento_id"),
        tratamientos=nuevas_lineas(datos, quienes.tratamientos),
        holgura_antes_minutos=politica.holgura_antes_minutos,
        holgura_despues_minutos=politica.holgura_despues_minutos,
        estado=Estado.PROGRAMADA,
        sobreturno=False,
        registrado_por=quien.nombre_usuario or quien.sujeto,
        registrado_por_id=quien.usuario_id,
        telefono_contacto=datos.get("telefono_contacto") or paciente.telefono,
        email_contacto=datos.get("email_contacto") or paciente.email,
    )
    cita.ubicar(inicio, duracion, quienes.centro["zona_horaria"])
    cita.describir(datos.get("motivo_consulta"))
    return cita


def datos_de(cita: Cita) -> dict[str, Any]:
    """What one would ask for to get an appointment like it."""
    campos = (
        *LUGAR,
        "sala_id",
        "asistente_id",
        "tratamiento_id",
        "duracion_minutos",
        "motivo_consulta",
        *DETALLES,
    )
    return {
        **{campo: getattr(cita, campo) for campo in campos},
        "duracion_acordada": cita.duracion_minutos,
        "lineas": [linea.convenido() for linea in cita.lineas],
    }
