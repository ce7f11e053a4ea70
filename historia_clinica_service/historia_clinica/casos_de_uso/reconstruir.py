"""Which copies this service keeps, and how each is put right when news was lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from comun.copies import Copied, unless_used
from historia_clinica.casos_de_uso.referencias import (
    CAMPOS,
    Ficha,
    activa,
    copia,
    fusionar,
    recordar,
    recordar_paciente,
)
from historia_clinica.casos_de_uso.retencion import olvidar
from historia_clinica.modelos import CentroRef, CitaRef, DoctorRef, PacienteRef


def copias(app: Flask) -> Sequence[Copied]:
    """The copies of patients, doctors and centres (admin_service) and of appointments (citas_service)."""
    admin, citas = app.extensions["admin"].http, app.extensions["citas"].http
    return [
        Copied(
            "pacientes", admin, "/interno/copias/pacientes", PacienteRef, _paciente, _anotar_paciente,
            unless_used(PacienteRef), last=lambda ficha: ficha["fusionado_en_id"] is not None,
        ),
        Copied(
            "doctores", admin, "/interno/copias/doctores", DoctorRef, _campos(DoctorRef),
            lambda ficha: recordar(DoctorRef, *activa([ficha])), unless_used(DoctorRef),
        ),
        Copied(
            "centros", admin, "/interno/copias/centros", CentroRef, _campos(CentroRef),
            lambda ficha: recordar(CentroRef, *activa([ficha])), unless_used(CentroRef),
        ),
        Copied(
            "citas", citas, "/interno/copias/citas", CitaRef, _campos(CitaRef),
            lambda ficha: recordar(CitaRef, ficha), unless_used(CitaRef),
        ),
    ]  # fmt: skip


def _paciente(ficha: Ficha) -> dict[str, Any]:
    # Of one who was merged nothing else is shown any more.
    if ficha["fusionado_en_id"]:
        return {"fusionado_en_id": ficha["fusionado_en_id"]}
    return {"fusionado_en_id": None, **{campo: ficha[campo] for campo in CAMPOS[PacienteRef]}}


def _anotar_paciente(ficha: Ficha) -> None:
    recordar_paciente(ficha)
    if ficha["anonimizado"]:
        olvidar(ficha["id"])
    if ficha["fusionado_en_id"] is not None:
        fusionar(ficha["id"], ficha["fusionado_en_id"])


def _campos(modelo: Any) -> Callable[[Ficha], dict[str, Any]]:
    def campos(ficha: Ficha) -> dict[str, Any]:
        viva = activa([ficha])[0] if "activo" in ficha else ficha
        return {campo: valor for campo, valor in copia(modelo, viva).items() if campo in CAMPOS[modelo]}

    return campos
