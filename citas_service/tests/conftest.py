"""The service under test, and a stand-in for admin_service that speaks its contract over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from citas.clientes.inventario import InventarioCliente
from citas.extensiones import db
from citas.modelos.reglas import AgendaVigente
from citas.servicio import SERVICIO
from comun.app import Service
from comun.testing.client import ApiClient, ok
from comun.testing.databases import empty
from comun.testing.peers import DOWN, TOKEN, Peer, Reply, Seen, named

QUITO = ZoneInfo("America/Guayaquil")
SEMBRADAS = frozenset({"alembic_version", "version_agenda"})


class AdminDePrueba:
    """Answers `/interno/reserva` as admin_service does, for the people and places that a test needs."""

    def __init__(self) -> None:
        self._peer = Peer(self._responder)
        self.url = self._peer.url
        self.reset()

    def _responder(self, seen: Seen) -> Reply:
        if seen.route == "/auth/token":
            return TOKEN
        self.consultas += 1
        if self.caido:
            return DOWN
        pedidas = {campo: self.fichas[campo].get(int(valor)) for campo, valor in seen.args.items()}
        return Reply(json={campo.removesuffix("_id"): ficha for campo, ficha in pedidas.items()})

    def reset(self) -> None:
        """Doctors 1–5, patients 1–9 (9 inactive), centres 1 (mainland), 2 (Galápagos), 3 (New York), rooms 1–2."""
        self.caido, self.consultas = False, 0
        persona = {"usuario_id": None, "telefono": "0991234567", "email": "p@example.com", "secuencia": 1}
        self.fichas: dict[str, dict[int, dict[str, Any]]] = {
            "doctor_id": {
                n: {"id": n, "nombres": "Ana", "apellidos": f"Doctora {n}", "activo": n != 5, **persona}
                for n in range(1, 6)
            },
            "paciente_id": {
                n: {
                    "id": n,
                    "nombres": "José",
                    "apellidos": f"Núñez {n}",
                    "estado_paciente": "inactivo" if n == 9 else "activo",
                    **persona,
                }
                for n in range(1, 10)
            },
            "centro_id": {
                n: {"id": n, "nombre": f"Centro {n}", "zona_horaria": zona, "activo": n != 4, "secuencia": 1}
                for n, zona in enumerate(
                    ["America/Guayaquil", "Pacific/Galapagos", "America/New_York", "America/Guayaquil"], 1
                )
            },
            "sala_id": {n: {"id": n, "nombre": f"Sillón {n}", "centro_id": 1, "activa": n != 3} for n in range(1, 4)},
        }

    def stop(self) -> None:
        self._peer.close()


@pytest.fixture(scope="session")
def _admin() -> Iterator[AdminDePrueba]:
    servidor = AdminDePrueba()
    yield servidor
    servidor.stop()


@pytest.fixture
def admin(_admin: AdminDePrueba) -> AdminDePrueba:
    """The stand-in, as at the start."""
    _admin.reset()
    return _admin


class InventarioDePrueba:
    """Answers `/interno/tratamientos` as inventario_service does."""

    def __init__(self) -> None:
        self._peer = Peer(self._responder)
        self.url = self._peer.url
        self.reset()

    def _responder(self, seen: Seen) -> Reply:
        self.consultas += 1
        if self.caido:
            return DOWN
        return Reply(json={"datos": named(self.fichas, seen.args)})

    def reset(self) -> None:
        """Treatments 1–9 of half an hour (1 inactive), 10 of an hour and a quarter."""
        self.caido, self.consultas = False, 0
        self.fichas: dict[int, dict[str, Any]] = {
            n: {
                "id": n,
                "codigo": f"T{n:03}",
                "nombre": f"Tratamiento {n}",
                "precio": 20.125 + n,
                "duracion_minutos": 75 if n == 10 else 30,
                "tarifa_iva": 15 if n == 10 else 0,
                "activo": n != 1,
            }
            for n in range(1, 11)
        }

    def stop(self) -> None:
        self._peer.close()


@pytest.fixture(scope="session")
def _inventario() -> Iterator[InventarioDePrueba]:
    servidor = InventarioDePrueba()
    yield servidor
    servidor.stop()


@pytest.fixture
def inventario(_inventario: InventarioDePrueba, app: Flask) -> InventarioDePrueba:
    """The stand-in, as at the start; calls to it are not held back by what failed in another test."""
    _inventario.reset()
    app.extensions["inventario"] = InventarioCliente(app)
    return _inventario


@pytest.fixture(scope="session")
def service() -> Service:
    return SERVICIO


@pytest.fixture(scope="session")
def service_overrides(_admin: AdminDePrueba, _inventario: InventarioDePrueba) -> dict[str, Any]:
    return {
        "AUTH_URL": _admin.url,
        "ADMIN_URL": _admin.url,
        "INVENTARIO_URL": _inventario.url,
        "CITAS_SECRET_KEY": ["clave-de-prueba-0123456789-0123456789"],
        "CITAS_EVENT_SUBSCRIBERS": {"admin": "http://127.0.0.1:1"},
    }


@pytest.fixture(scope="session")
def seeded_tables() -> frozenset[str]:
    return SEMBRADAS


def vaciar(app: Flask) -> None:
    """Forget all rows, and what was worked out from them."""
    with app.app_context():
        empty(db.engine, db.metadata, SEMBRADAS | {"cache_remota"})
    app.extensions["agenda"] = AgendaVigente()


@pytest.fixture
def api(app: Flask, admin: AdminDePrueba, inventario: InventarioDePrueba) -> ApiClient:
    """An administrator; `api.as_(…)` is somebody else."""
    app.extensions["agenda"] = AgendaVigente()
    return ApiClient(app).as_("admin")


def manana(hora: str = "10:00", dias: int = 1) -> str:
    """A naive time on the mainland's clock, some days ahead."""
    return f"{(datetime.now(QUITO) + timedelta(days=dias)).date()}T{hora}:00"


def datos_de_cita(**cambios: Any) -> dict[str, Any]:
    """A booking that can be had."""
    return {
        "paciente_id": 1,
        "doctor_id": 1,
        "centro_id": 1,
        "fecha_hora": manana(),
        "motivo_consulta": "Control",
    } | {k: v for k, v in cambios.items() if v is not None}


def programar(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    """Book, and give the appointment."""
    cita: dict[str, Any] = ok(api.post("/citas", datos_de_cita(**cambios)), 201)
    return cita
