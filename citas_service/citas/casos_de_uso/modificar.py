"""PUT /citas/{id}: one request that cancels, moves or corrects, as its fields say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citas.casos_de_uso.acomodar import Condiciones, asistente_activo, condiciones_de, exigir_plazo, exigir_reglas
from citas.casos_de_uso.agendar import DETALLES, LUGAR, cambia_de_lugar, reprogramar
from citas.clientes.admin import admin
from citas.dominio.estados import Estado
from citas.eventos.emitidos import anunciar
from citas.extensiones import db
from citas.modelos import Cita
from comun.auth.caller import Caller, Scope
from comun.db import release
from comun.errors import Conflict, Forbidden, Invalid
from comun.preconditions import check_version, require_if_match


def modificar(cita: Cita, cambios: Mapping[str, Any], quien: Caller) -> Any:
    """Do what the fields ask for. Answers the appointment, or what was cancelled or moved with a `mensaje`."""
    estado = cambios.get("estado")
    if estado is not None and (estado == Estado.CANCELADA or estado != cita.estado):
        return _cancelar(cita, cambios, quien)
    if cambia_de_lugar(cita, cambios):
        nueva = reprogramar(cita, {k: v for k, v in cambios.items() if not k.endswith("cancelacion")}, quien)
        return {"mensaje": "Cita reprogramada.", "cita_anterior": cita, "cita": nueva}
    return _corregir(cita, cambios, quien)


def _cancelar(cita: Cita, cambios: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    if cambios["estado"] != Estado.CANCELADA:
        raise Invalid({"estado": ["Aquí solo se cancela; los demás pasos van a PATCH /citas/{id}/estado."]})
    if sobrantes := set(cambios) - {"estado", "motivo_cancelacion"}:
        raise Invalid({campo: ["No se puede cambiar al cancelar."] for campo in sorted(sobrantes)})
    check_version(cita)
    exigir_plazo(cita, quien)
    motivo = cambios.get("motivo_cancelacion")
    cita.cancelar(quien, motivo)
    anunciar(cita, "cancelada", motivo)
    return {"mensaje": "Cita cancelada.", "cita": cita}


def _corregir(cita: Cita, cambios: Mapping[str, Any], quien: Caller) -> Cita:
    """Edit in place what does not move the appointment."""
    require_if_match()
    check_version(cita)
    datos = {k: v for k, v in cambios.items() if k not in (*LUGAR, "estado")}
    if "motivo_cancelacion" in datos:
        raise Invalid({"motivo_cancelacion": ["Solo acompaña a una cancelación."]})
    if quien.alcance is Scope.PACIENTE and not set(datos) <= {*DETALLES, "motivo_consulta"}:
        raise Forbidden("campo_no_permitido", "Un paciente solo corrige el motivo y sus datos de contacto.")
    if datos.get("tratamiento_id", cita.tratamiento_id) != cita.tratamiento_id:
        raise Invalid({"tratamiento_id": ["Los tratamientos se cambian en /citas/{id}/tratamientos."]})
    if not cita.esta_pendiente() and datos:
        raise Conflict("transicion_ilegal", f"Una cita {cita.estado} ya no se corrige.")
    if datos.get("sala_id") is not None and datos["sala_id"] != cita.sala_id:
        release(db.session)
        admin().involucrados(
            doctor_id=cita.doctor_id,
            centro_id=cita.centro_id,
            paciente_id=cita.paciente_id,
            sala_id=datos["sala_id"],
        ).comprobar_activos()
    for campo in DETALLES:
        if campo in datos:
            setattr(cita, campo, datos[campo])
    if "motivo_consulta" in datos:
        cita.describir(datos["motivo_consulta"])
    if {"sala_id", "duracion_minutos", "asistente_id"} & set(datos):
        reacomodar_cita(cita, datos, condiciones_de(datos, quien))
    return cita


def reacomodar_cita(cita: Cita, datos: Mapping[str, Any], condiciones: Condiciones) -> None:
    """Another room, assistant or length at the same start. Raises as `acomodar` does."""
    if cita.sesion_id is not None:
        raise Conflict("cita_de_grupo", "Una cita de grupo tiene la sala y la duración de su sesión.")
    cita.reacomodar(
        datos.get("sala_id", cita.sala_id),
        asistente_activo(datos.get("asistente_id", cita.asistente_id)),
        datos.get("duracion_minutos", cita.duracion_minutos),
        comprobar=lambda: exigir_reglas(cita, condiciones),
    )
