"""The service under test, and stand-ins for its neighbours that speak their contracts over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from comun.app import Service
from comun.testing.client import ApiClient
from facturacion.clientes.admin import AdminCliente
from facturacion.clientes.citas import CitasCliente
from facturacion.clientes.inventario import InventarioCliente
from facturacion.servicio import SERVICIO

from .fabricas import conocer_clinica
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
        "FACTURACION_ALMACEN": tmp_path_factory.mktemp("archivos").as_uri(),
        "AUTH_URL": _vecinos.url,
        "ADMIN_URL": _vecinos.url,
        "CITAS_URL": _vecinos.url,
        "INVENTARIO_URL": _vecinos.url,
        "FACTURACION_EVENT_SUBSCRIBERS": {"comunicaciones": "http://127.0.0.1:1"},
    }


@pytest.fixture
def clinica(app: Flask, vecinos: Vecinos) -> dict[str, int]:
    """Centres 1, 2 and 3 (Galápagos), doctors 7 and 8, patients 1 and 2 are known."""
    conocer_clinica(app)
    return {"paciente_id": 1, "doctor_id": 7, "centro_id": 1}


@pytest.fixture
def admin(api: ApiClient, clinica: dict[str, int]) -> ApiClient:
    """An administrator, signed in; the clinic is known."""
    return api.as_("admin")


@pytest.fixture
def secretaria(api: ApiClient, clinica: dict[str, int]) -> ApiClient:
    """The secretary of centre 1, signed in; the clinic is known."""
    return como_secretaria(api, 1)


def como_secretaria(api: ApiClient, *centros: int, sub: str = "20") -> ApiClient:
    """A secretary of these centres, signed in."""
    permisos = [permiso for permiso in SERVICIO.permissions if permiso in DE_SECRETARIA]
    return api.as_("secretaria", permisos, sub=sub, centros=list(centros), nombre_usuario=f"secretaria.{sub}")


def como_paciente(api: ApiClient, paciente_id: int = 1) -> ApiClient:
    """A patient, signed in."""
    permisos = ["facturacion:facturas:leer", "facturacion:cotizaciones:leer", "facturacion:pagos:leer"]
    quien = {"sub": str(200 + paciente_id), "paciente_id": paciente_id, "nombre_usuario": f"paciente.{paciente_id}"}
    return api.as_("paciente", permisos, **quien)


def como_medico(api: ApiClient, doctor_id: int = 7) -> ApiClient:
    """A doctor, signed in."""
    quien = {"sub": str(100 + doctor_id), "doctor_id": doctor_id, "nombre_usuario": f"dra.{doctor_id}"}
    return api.as_("medico", ["facturacion:honorarios:leer"], **quien)


# As auth_service gives them out at the start.
DE_SECRETARIA = frozenset(
    f"facturacion:{permiso}"
    for permiso in (
        "puntos:leer",
        "facturas:leer",
        "facturas:crear",
        "facturas:editar",
        "facturas:eliminar",
        "facturas:emitir",
        "facturas:anular",
        "facturas:acreditar",
        "cotizaciones:leer",
        "cotizaciones:editar",
        "pagos:leer",
        "pagos:crear",
        "pagos:reembolsar",
        "cajas:leer",
        "cajas:operar",
        "transacciones:leer",
        "transacciones:crear",
        "transacciones:editar",
        "transacciones:eliminar",
        "cartera:leer",
    )
)
