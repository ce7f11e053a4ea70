"""Which copies this service keeps, and how each is put right when news was lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Flask

from citas.casos_de_uso.pacientes import anotar_paciente, fusionar
from citas.modelos import AsistenteRef, CentroRef, DoctorRef, PacienteRef
from citas.modelos.referencias import Ficha, Ref, asiste, asistente, recordar
from comun.copies import Copied, unless_used


def copias(app: Flask) -> Sequence[Copied]:
    """The copies of patients, doctors and centres (admin_service) and of those who assist (auth_service)."""
    admin, auth = app.extensions["admin"].http, app.extensions["auth"]
    return [
        Copied(
            "pacientes", admin, "/interno/copias/pacientes", PacienteRef, _paciente, _anotar_paciente,
            unless_used(PacienteRef), last=lambda ficha: ficha["fusionado_en_id"] is not None,
        ),
        Copied(
            "doctores", admin, "/interno/copias/doctores", DoctorRef, _que_ofrece(DoctorRef),
            lambda ficha: _anotar(DoctorRef, _activa(ficha)), unless_used(DoctorRef),
        ),
        Copied(
            "centros", admin, "/interno/copias/centros", CentroRef, _que_ofrece(CentroRef),
            lambda ficha: _anotar(CentroRef, _activa(ficha)), unless_used(CentroRef),
        ),
        Copied(
            "asistentes", auth, "/interno/copias/usuarios", AsistenteRef, lambda ficha: _campos(asistente(ficha)),
            lambda ficha: _anotar(AsistenteRef, {**asistente(ficha), "secuencia": ficha["secuencia"]}),
            unless_used(AsistenteRef), needed=lambda ficha: asiste(ficha) and not ficha["eliminado"],
        ),
    ]  # fmt: skip


def _paciente(ficha: Ficha) -> dict[str, Any]:
    # Of one who was merged nothing else is shown any more.
    campos = ("fusionado_en_id",) if ficha["fusionado_en_id"] else (*PacienteRef.CAMPOS, "fusionado_en_id")
    return {campo: ficha[campo] for campo in campos}


def _anotar_paciente(ficha: Ficha) -> None:
    inactivo = ficha["estado_paciente"] != "activo" or ficha["eliminado"]
    anotar_paciente(ficha, ficha["secuencia"], inactivo=inactivo, anonimo=ficha["anonimizado"])
    if ficha["fusionado_en_id"] is not None:
        fusionar(ficha["id"], ficha["fusionado_en_id"])


def _que_ofrece(modelo: type[DoctorRef] | type[CentroRef]) -> Any:
    return lambda ficha: {campo: _activa(ficha)[campo] for campo in (*modelo.CAMPOS, *modelo.TAMBIEN)}


def _activa(ficha: Ficha) -> dict[str, Any]:
    """What is gone is offered to nobody."""
    return {**ficha, "activo": ficha["activo"] and not ficha["eliminado"]}


def _campos(copia: dict[str, Any]) -> dict[str, Any]:
    return {campo: valor for campo, valor in copia.items() if campo != "id"}


def _anotar(modelo: type[Ref], ficha: Ficha) -> None:
    recordar(modelo, ficha, ficha["secuencia"])
