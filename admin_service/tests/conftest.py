"""The service under test."""

import pytest

from admin.servicio import SERVICIO
from comun.app import Service


@pytest.fixture(scope="session")
def service() -> Service:
    """admin_service."""
    return SERVICIO
