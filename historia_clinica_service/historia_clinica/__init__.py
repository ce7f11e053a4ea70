"""historia_clinica_service: the clinical record, and a trace of every look at it."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from historia_clinica.servicio import SERVICIO


def crear_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The Flask application; `config` wins over the environment."""
    return SERVICIO.create_app(config)
