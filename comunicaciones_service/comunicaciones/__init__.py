"""comunicaciones_service: people and automation; to begin with, news of the network to whoever subscribes."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from comunicaciones.servicio import SERVICIO


def crear_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The Flask application; `config` wins over the environment."""
    return SERVICIO.create_app(config)
