"""inventario_service: products and their stock, treatments and what they use."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from inventario.servicio import SERVICIO


def crear_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The Flask application; `config` wins over the environment."""
    return SERVICIO.create_app(config)
