"""auth_service: who people and services are, and what they may do."""

from collections.abc import Mapping
from typing import Any

from flask import Flask


def crear_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The Flask application; `config` wins over the environment."""
    from auth.servicio import SERVICIO

    return SERVICIO.create_app(config)
