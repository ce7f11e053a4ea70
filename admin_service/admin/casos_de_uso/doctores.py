"""Making and changing doctors, with their users."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from admin.casos_de_uso.cuenta import Cuenta, confirmar_al_guardar, vinculable
from admin.casos_de_uso.personas import exigir_libre, reidentificar
from admin.clientes.inventario import inventario
from admin.eventos.emitidos import anunciar_doctor
from admin.extensiones import db
from admin.modelos import Catalogo, Doctor
from admin.modelos.catalogo import comprobar, resolver
from comun.auth.caller import Caller, Scope
from comun.db import release
from comun.errors import Conflict, Forbidden, Invalid
from comun.preconditions import check_version

ROL = "medico"


def crear_doctor(datos: dict[str, Any], quien: Caller, *, servicios_conocidos: bool = False) -> Doctor:
    """Make a doctor and the user. Conflict, Invalid or Unavailable: nothing is made.

    `servicios_conocidos`: inventario_service was asked about the treatments already.
    """
    cuenta = Cuenta.tomar(ROL, datos)
    avisos = datos.pop("advertencias", [])
    _exigir_alcance(datos, quien)
    _comprobar(datos, quien)
    exigir_libre(Doctor, datos, ("identificacion",))
    if not servicios_conocidos:
        exigir_servicios(datos.get("servicios", ()))
    usuario_id = cuenta.obtener(datos)
    doctor = Doctor(usuario_id=usuario_id)
    _poner(doctor, datos, quien)
    db.session.add(doctor)
    db.session.flush()
    anunciar_doctor(doctor, "creado")
    confirmar_al_guardar(usuario_id, doctor_id=doctor.id)
    doctor.advertencias = avisos
    return doctor


def cambiar_doctor(doctor: Doctor, cambios: dict[str, Any], quien: Caller) -> Doctor:
    """Change what is given."""
    check_version(doctor)
    avisos = reidentificar(doctor, cambios)
    _exigir_alcance(cambios, quien)
    exigir_servicios(cambios.get("servicios", ()))
    usuario_id = cambios.pop("usuario_id", doctor.usuario_id)
    if usuario_id != doctor.usuario_id:
        if doctor.usuario_id is not None:
            raise Conflict("usuario_ya_vinculado", "El doctor ya tiene otro usuario.")
        vinculable(usuario_id, ROL)
        doctor.usuario_id = usuario_id
        confirmar_al_guardar(usuario_id, doctor_id=doctor.id)
    _poner(doctor, cambios, quien)
    anunciar_doctor(doctor, "actualizado")
    doctor.advertencias = avisos
    return doctor


def ofrecer_servicios(doctor: Doctor, tratamiento_ids: Collection[int]) -> Doctor:
    """Set the treatments that a doctor offers. Invalid or Unavailable: they stay."""
    check_version(doctor)
    exigir_servicios(tratamiento_ids)
    doctor.ofrecer(tratamiento_ids)
    anunciar_doctor(doctor, "actualizado")
    return doctor


def exigir_servicios(tratamiento_ids: Collection[int]) -> None:
    """Invalid when one of the treatments does not exist, Unavailable when inventario_service can't be asked.

    Ends the current transaction, unless there are none.
    """
    if not tratamiento_ids:
        return
    release(db.session)
    if desconocidos := inventario().desconocidos(tratamiento_ids):
        raise Invalid({"servicios": [no_existe(uno) for uno in desconocidos]})


def no_existe(tratamiento_id: int) -> str:
    """What a person is told of a treatment that is not there."""
    return f"No existe el tratamiento {tratamiento_id}."


def _exigir_alcance(datos: Mapping[str, Any], quien: Caller) -> None:
    """Who acts in some centres only can place a doctor only there."""
    if quien.alcance is Scope.RED:
        return
    if "centros" in datos and not all(quien.acts_in(centro_id) for centro_id in datos["centros"]):
        raise Forbidden("centro_ajeno", "Solo puede asignar los centros que usted tiene asignados.")


def _comprobar(datos: Mapping[str, Any], quien: Caller) -> None:
    """What is referred to exists: to be known before a user is reserved."""
    if "especialidades" in datos:
        comprobar("especialidades", Catalogo.ESPECIALIDADES, datos["especialidades"], quien)
    Doctor.centros_existentes(datos.get("centros", ()))


def _poner(doctor: Doctor, datos: Mapping[str, Any], quien: Caller) -> None:
    for campo, valor in datos.items():
        match campo:
            case "especialidades":
                ids = resolver(campo, Catalogo.ESPECIALIDADES, valor, quien).values()
                doctor.practicar(ids)
            case "centros":
                doctor.atender_en(valor)
            case "servicios":
                doctor.ofrecer(valor)
            case _:
                setattr(doctor, campo, valor)
