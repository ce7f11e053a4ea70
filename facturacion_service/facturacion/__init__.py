"""facturacion_service: invoices, payments, tills, expenses, doctors' fees, and the figures."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from facturacion.servicio import SERVICIO


def crear_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The Flask application; `config` wins over the environment."""
    return SERVICIO.create_app(config)
