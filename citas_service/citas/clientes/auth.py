"""auth_service: who is of the staff."""

from __future__ import annotations

from flask import Flask

from comun.http import ServiceClient


def cliente_de_auth(app: Flask) -> ServiceClient:
    """The client that asks auth_service."""
    return ServiceClient("auth", app.config["AUTH_URL"], label="usuarios", token=app.extensions["service_tokens"])
