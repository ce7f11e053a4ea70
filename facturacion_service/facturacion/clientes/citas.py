"""citas_service: the appointments of the day."""

from __future__ import annotations

from flask import Flask, current_app

from comun.http import ServiceClient


class CitasCliente:
    """The questions that this service has for citas_service."""

    def __init__(self, app: Flask) -> None:
        self.http = ServiceClient(
            "citas", app.config["CITAS_URL"], label="citas", token=app.extensions["service_tokens"]
        )


def citas() -> CitasCliente:
    """The client of the current application."""
    cliente: CitasCliente = current_app.extensions["citas"]
    return cliente
