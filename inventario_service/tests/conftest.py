"""The service under test."""

from __future__ import annotations

from typing import Any

import pytest

from comun.app import Service
from inventario.servicio import SERVICIO


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICIO


@pytest.fixture(scope="session")
def service_overrides() -> dict[str, Any]:
    return {"INVENTARIO_EVENT_SUBSCRIBERS": {"comunicaciones": "http://127.0.0.1:1"}}
