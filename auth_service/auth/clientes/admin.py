"""admin_service: the persons behind users, and the centres where they work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, current_app

from auth.dominio.personas import Persona
from comun.http import client_of


class AdminCliente:
    """What this service asks of admin_service."""

    def __init__(self, app: Flask) -> None:
        self._http = client_of(app, "admin", "administración")

    def centros_existentes(self, ids: Iterable[int]) -> set[int]:
        """Those of the ids that are centres."""
        pedidos = ",".join(str(uno) for uno in sorted(set(ids)))
        return set(self._http.get("/interno/centros", params={"ids": pedidos})["centros"])

    def persona_de(self, usuario_id: int) -> Persona:
        """Who has that user: a doctor, a patient, or nobody."""
        respuesta = self._http.get(f"/interno/personas/por-usuario/{usuario_id}")
        return Persona(respuesta["doctor_id"], respuesta["paciente_id"])

    def crear_paciente(self, usuario_id: int, datos: Mapping[str, Any]) -> int:
        """The id of the new patient of that user; the same one again when asked twice.

        RemoteProblem 409 when the identification is another patient's, 422 when the data are not valid.
        """
        respuesta = self._http.put(f"/interno/pacientes/por-usuario/{usuario_id}", json=dict(datos))
        return int(respuesta["paciente_id"])


def admin() -> AdminCliente:
    """The client of the current application."""
    cliente: AdminCliente = current_app.extensions["admin"]
    return cliente
