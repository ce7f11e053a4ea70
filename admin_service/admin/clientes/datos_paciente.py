"""Other services that hold data of patients: what each of them has of one."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app

from admin.config import FUENTES_EXPORTACION
from comun.errors import Unavailable
from comun.http import RemoteProblem, client_of


class DatosPacienteCliente:
    """Asks every service that holds data of patients."""

    def __init__(self, app: Flask) -> None:
        self._servicios = {nombre: client_of(app, nombre) for nombre in FUENTES_EXPORTACION}

    def reunir(self, paciente_id: int) -> tuple[dict[str, Any], list[str]]:
        """Service → what it holds of the patient; and the names of those that did not answer."""
        datos: dict[str, Any] = {}
        sin_respuesta: list[str] = []
        for nombre, servicio in self._servicios.items():
            try:
                datos[nombre] = servicio.get(f"/interno/pacientes/{paciente_id}/datos")
            except (Unavailable, RemoteProblem):
                sin_respuesta.append(nombre)
        return datos, sin_respuesta


def datos_paciente() -> DatosPacienteCliente:
    """The client of the current application."""
    cliente: DatosPacienteCliente = current_app.extensions["datos_paciente"]
    return cliente
