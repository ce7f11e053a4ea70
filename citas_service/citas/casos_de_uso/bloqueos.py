"""Blocks of doctors and closures of centres and rooms: time at which nobody is to be booked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from citas.casos_de_uso.calendarios_centro import consultar_centro
from citas.casos_de_uso.citas_fuera import cambiar_reglas
from citas.casos_de_uso.horarios import exigir_agenda, exigir_centro
from citas.clientes.admin import Involucrados, admin
from citas.dominio.recurrencia import ReglaInvalida, normalizar, ultima
from citas.extensiones import db
from citas.modelos import Bloqueo, CentroRef, Cita, Horario
from citas.modelos.reglas import ZONA
from comun.auth.caller import Caller, Scope
from comun.db import now, release
from comun.errors import Forbidden, Invalid
from comun.preconditions import check_version
from comun.times import zone

# What comes again and again is counted from its start each time, so that must not lie too far back.
ANTIGUEDAD_DE_REGLA = timedelta(days=5 * 366)
LARGO_CON_REGLA = timedelta(days=366)


def crear_bloqueo(datos: Mapping[str, Any], quien: Caller, *, confirmar: bool) -> Bloqueo:
    """Block a doctor (`doctor_id`), or close a centre or one of its rooms; `citas_fuera` are left outside by it.

    Raises Forbidden, Invalid (no such doctor, centre or room; times or rule that make no sense), Conflict (it leaves
    appointments outside and that is not confirmed) and Unavailable.
    """
    datos = {"doctor_id": None, **datos}
    exigir_permiso(datos["doctor_id"], datos.get("centro_id"), quien)
    quienes = _consultar(datos)
    bloqueo = Bloqueo(
        **{campo: datos.get(campo) for campo in ("doctor_id", "centro_id", "sala_id", "tipo", "motivo")}
    )

    def cambio() -> None:
        quienes.recordar()
        _fijar(bloqueo, datos, datos.get("zona_horaria") or _zona_de(bloqueo))
        db.session.add(bloqueo)

    bloqueo.citas_fuera = cambiar_reglas(_de_quienes(bloqueo), bloqueo.doctor_id, cambio, confirmar=confirmar)
    return bloqueo


def cambiar_bloqueo(bloqueo: Bloqueo, cambios: Mapping[str, Any], quien: Caller, *, confirmar: bool) -> Bloqueo:
    """Change what is given. Raises as `crear_bloqueo`."""
    exigir_permiso(bloqueo.doctor_id, bloqueo.centro_id, quien)
    check_version(bloqueo)
    campos = ("doctor_id", "centro_id", "sala_id", "inicio", "fin", "rrule")
    datos = {campo: cambios.get(campo, getattr(bloqueo, campo)) for campo in campos}
    exigir_permiso(datos["doctor_id"], datos["centro_id"], quien)
    quienes = None
    if any(datos[campo] != getattr(bloqueo, campo) for campo in ("centro_id", "sala_id")):
        quienes = _consultar(datos)

    def cambio() -> None:
        if quienes is not None:
            quienes.recordar()
        for campo in ("centro_id", "sala_id", "tipo", "motivo"):
            if campo in cambios:
                setattr(bloqueo, campo, cambios[campo])
        if {"inicio", "fin", "rrule", "zona_horaria"} & set(cambios):
            _fijar(bloqueo, datos, cambios.get("zona_horaria", bloqueo.zona_horaria))

    bloqueo.citas_fuera = cambiar_reglas(_de_quienes(bloqueo), bloqueo.doctor_id, cambio, confirmar=confirmar)
    return bloqueo


def quitar_bloqueo(bloqueo: Bloqueo, quien: Caller) -> None:
    """Delete it: the time can be booked again."""
    exigir_permiso(bloqueo.doctor_id, bloqueo.centro_id, quien)
    check_version(bloqueo)
    bloqueo.eliminar()


def exigir_permiso(doctor_id: int | None, centro_id: int | None, quien: Caller) -> None:
    """Forbidden for what is not the caller's to block.

    Who works in some centres blocks a doctor there; everywhere only when all the doctor's hours are in them.
    """
    if doctor_id is None:
        exigir_centro(centro_id, quien)
        return
    exigir_agenda(doctor_id, quien)
    if quien.alcance is not Scope.CENTROS:
        return
    if centro_id is not None:
        exigir_centro(centro_id, quien)
        return
    suyos = set(
        db.session.scalars(db.select(Horario.centro_id).where(Horario.doctor_id == doctor_id, Horario.vivos()))
    )
    if not suyos or not suyos <= quien.centros:
        raise Forbidden("centro_ajeno", "El doctor atiende también en otros centros; diga en cuál de los suyos.")


def _de_quienes(bloqueo: Bloqueo) -> ColumnElement[bool]:
    if bloqueo.doctor_id is not None:
        return Cita.doctor_id == bloqueo.doctor_id
    return Cita.centro_id == bloqueo.centro_id


def _consultar(datos: Mapping[str, Any]) -> Involucrados:
    # An inactive doctor or centre can be blocked: that takes nothing from anybody.
    release(db.session)
    if datos["doctor_id"] is None:
        return consultar_centro(datos["centro_id"], datos.get("sala_id"))
    return admin().involucrados(doctor_id=datos["doctor_id"], centro_id=datos.get("centro_id"))


def _zona_de(bloqueo: Bloqueo) -> str:
    """The centre's; else that of the centre of the doctor's first hours."""
    consulta = db.select(CentroRef.zona_horaria)
    if bloqueo.centro_id is not None:
        return db.session.scalars(consulta.where(CentroRef.id == bloqueo.centro_id)).one()
    primera = (
        consulta.join(Horario, Horario.centro_id == CentroRef.id)
        .where(Horario.doctor_id == bloqueo.doctor_id, Horario.vivos())
        .order_by(Horario.dia_semana, Horario.desde, Horario.id)
        .limit(1)
    )
    return db.session.scalar(primera) or ZONA


def _fijar(bloqueo: Bloqueo, datos: Mapping[str, Any], zona_horaria: str) -> None:
    """Set when it is. What is stored are readings of the clock; Invalid when they make no sense."""
    zona = zone(zona_horaria)
    lecturas = {}
    for campo in ("inicio", "fin"):
        lectura = datos[campo] if datos[campo].tzinfo is None else datos[campo].astimezone(zona).replace(tzinfo=None)
        if lectura.second or lectura.microsecond:
            raise Invalid({campo: ["Debe ser un minuto en punto."]})
        lecturas[campo] = lectura
    if lecturas["fin"] <= lecturas["inicio"]:
        raise Invalid({"fin": ["Debe ser posterior a «inicio»."]})
    bloqueo.inicio, bloqueo.fin, bloqueo.zona_horaria = lecturas["inicio"], lecturas["fin"], zona_horaria
    bloqueo.rrule, bloqueo.termina = None, bloqueo.fin.replace(tzinfo=zona).astimezone(UTC)
    if datos.get("rrule") is not None:
        _repetir(bloqueo, datos["rrule"])


def _repetir(bloqueo: Bloqueo, regla: str) -> None:
    zona, largo = zone(bloqueo.zona_horaria), bloqueo.fin - bloqueo.inicio
    if largo > LARGO_CON_REGLA:
        raise Invalid({"fin": ["Lo que se repite dura a lo más un año."]})
    if bloqueo.inicio.replace(tzinfo=zona) < now() - ANTIGUEDAD_DE_REGLA:
        raise Invalid({"inicio": ["Lo que se repite empieza a lo más hace cinco años."]})
    try:
        bloqueo.rrule = normalizar(regla, bloqueo.inicio, zona)
    except ReglaInvalida as error:
        raise Invalid({"rrule": [str(error)]}) from None
    final: datetime | None = ultima(bloqueo.rrule, bloqueo.inicio)
    bloqueo.termina = None if final is None else (final + largo).replace(tzinfo=zona).astimezone(UTC)
