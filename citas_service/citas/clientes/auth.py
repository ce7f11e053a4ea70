"""auth_service: who is of the staff."""

from __future__ import annotations

from flask import Flask

from comun.http import ServiceClient, client_of


def cliente_de_auth(app: Flask) -> ServiceClient:
    """The client that asks auth_service."""
    return client_of(app, "auth", "usuarios")
