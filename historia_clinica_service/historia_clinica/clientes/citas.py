"""citas_service: which appointments there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Flask, current_app

from comun.http import client_of


class CitasCliente:
    """The questions that this service has for citas_service."""

    def __init__(self, app: Flask) -> None:
        self.http = client_of(app, "citas", "citas")

    def cita(self, cita_id: int) -> Mapping[str, Any] | None:
        """What may be copied of an appointment; None when there is none. Unavailable when it is down."""
        datos = self.http.get("/interno/copias/citas", params={"ids": str(cita_id)})["datos"]
        return next((ficha for ficha in datos if not ficha["eliminado"]), None)

    def entre(self, doctor_id: int, pacientes: Collection[int]) -> Sequence[Mapping[str, Any]]:
        """The newest appointments of a doctor with one of these patients. Unavailable when it is down."""
        suyas = {"doctor_id": doctor_id, "pacientes": ",".join(map(str, pacientes))}
        datos: Sequence[Mapping[str, Any]] = self.http.get("/interno/citas-entre", params=suyas)["datos"]
        return datos


def citas() -> CitasCliente:
    """The client of the current application."""
    cliente: CitasCliente = current_app.extensions["citas"]
    return cliente
