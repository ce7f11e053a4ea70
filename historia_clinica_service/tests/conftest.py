"""The service under test, and stand-ins for its neighbours that speak their contracts over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from comun.app import Service
from comun.testing.client import ApiClient
from historia_clinica.clientes.admin import AdminCliente
from historia_clinica.clientes.citas import CitasCliente
from historia_clinica.clientes.inventario import InventarioCliente
from historia_clinica.servicio import SERVICIO

from .fabricas import conocer_consulta
from .vecinos import Vecinos


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICIO


@pytest.fixture(scope="session")
def _vecinos() -> Iterator[Vecinos]:
    with Vecinos() as vecinos:
        yield vecinos


@pytest.fixture
def vecinos(_vecinos: Vecinos, app: Flask) -> Vecinos:
    """The neighbours, as at the start; calls to them are not held back by what failed in another test."""
    _vecinos.reset()
    app.extensions["admin"] = AdminCliente(app)
    app.extensions["citas"] = CitasCliente(app)
    app.extensions["inventario"] = InventarioCliente(app)
    return _vecinos


@pytest.fixture(scope="session")
def service_overrides(_vecinos: Vecinos, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {
        "HISTORIA_CLINICA_ALMACEN": tmp_path_factory.mktemp("archivos").as_uri(),
        "AUTH_URL": _vecinos.url,
        "ADMIN_URL": _vecinos.url,
        "CITAS_URL": _vecinos.url,
        "INVENTARIO_URL": _vecinos.url,
        "HISTORIA_CLINICA_SECRET_KEY": ["clave-de-prueba-0123456789-0123456789"],
        "HISTORIA_CLINICA_EVENT_SUBSCRIBERS": {"comunicaciones": "http://127.0.0.1:1"},
    }


@pytest.fixture(scope="session")
def seeded_tables() -> frozenset[str]:
    return frozenset({"alembic_version", "cie10", "texto_consentimiento"})


@pytest.fixture
def consulta(app: Flask, vecinos: Vecinos) -> dict[str, int]:
    """Patient 1 is with doctor 7 (user 107) at centre 1, appointment 1. Doctor 8 never saw her. All are known."""
    conocer_consulta(app)
    return {"paciente_id": 1, "doctor_id": 7, "centro_id": 1, "cita_id": 1}


@pytest.fixture
def medico(api: ApiClient, consulta: dict[str, int]) -> ApiClient:
    """Doctor 7, whose patient 1 is."""
    return como_medico(api)


def como_medico(api: ApiClient, doctor_id: int = 7) -> ApiClient:
    """A doctor, signed in."""
    return api.as_("medico", sub=str(100 + doctor_id), doctor_id=doctor_id, nombre_usuario=f"dra.{doctor_id}")


def como_paciente(api: ApiClient, paciente_id: int = 1) -> ApiClient:
    """A patient, signed in."""
    permisos = ["historia:leer", "historia:imprimir", "historia:exportar", "historia:accesos:leer"]
    quien = {"sub": str(200 + paciente_id), "paciente_id": paciente_id, "nombre_usuario": f"paciente.{paciente_id}"}
    return api.as_("paciente", permisos, **quien)
