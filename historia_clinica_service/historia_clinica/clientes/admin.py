"""admin_service: patients, doctors and centres, as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app

from comun.http import client_of


class AdminCliente:
    """The questions that this service has for admin_service."""

    def __init__(self, app: Flask) -> None:
        self.http = client_of(app, "admin", "administración")

    def copia(self, que: str, uno: int) -> Mapping[str, Any] | None:
        """What may be copied of one of `pacientes` or `doctores`; None when there is none. Unavailable when down."""
        datos = self.http.get(f"/interno/copias/{que}", params={"ids": str(uno)})["datos"]
        return next((ficha for ficha in datos if not ficha["eliminado"]), None)

    def fichas(self, paciente_id: int, doctor_id: int | None, centro_id: int | None) -> Mapping[str, Any]:
        """What documents say of a patient, a doctor and a centre (`paciente`, `doctor`, `centro`; None of whom there
        is none). Unavailable when it is down.
        """
        pedidos = {"paciente_id": paciente_id, "doctor_id": doctor_id, "centro_id": centro_id}
        answer: Mapping[str, Any] = self.http.get(
            "/interno/fichas", params={nombre: uno for nombre, uno in pedidos.items() if uno is not None}
        )
        return answer


def admin() -> AdminCliente:
    """The client of the current application."""
    cliente: AdminCliente = current_app.extensions["admin"]
    return cliente
