"""citas_service: how many appointments there are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from flask import Flask, current_app

from facturacion.clientes.breve import brief_client, params_de


class CitasCliente:
    """The questions that this service has for citas_service."""

    def __init__(self, app: Flask) -> None:
        self.breve = brief_client("citas", app, "citas")

    def resumen(
        self,
        desde: date | None = None,
        hasta: date | None = None,
        centros: Collection[int] | None = None,
        doctor_id: int | None = None,
    ) -> Any:
        """Appointments by state on these days, or today; of all or of these centres, of all or of one doctor."""
        return self.breve.get("/interno/resumen", params=params_de(desde, hasta, centros, doctor_id))


def citas() -> CitasCliente:
    """The client of the current application."""
    cliente: CitasCliente = current_app.extensions["citas"]
    return cliente
