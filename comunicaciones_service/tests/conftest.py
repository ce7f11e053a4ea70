"""The service under test."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from comun.app import Service
from comunicaciones.servicio import SERVICIO


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICIO


@pytest.fixture(scope="session")
def service_overrides() -> dict[str, Any]:
    return {
        "COMUNICACIONES_SECRET_KEY": ["clave-de-prueba-0123456789-0123456789"],
        "COMUNICACIONES_REDES_PERMITIDAS": [ip_network("127.0.0.0/8")],
        "COMUNICACIONES_EVENT_SUBSCRIBERS": {"comunicaciones": "http://127.0.0.1:1"},
    }
