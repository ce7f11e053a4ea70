"""admin_service: centres, doctors, patients, catalogues and configuration of the network."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from admin.servicio import SERVICIO


def crear_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The Flask application; `config` wins over the environment."""
    return SERVICIO.create_app(config)
