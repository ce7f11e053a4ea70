"""Whole systems for tests: every service, worker and the gateway as processes, on both databases.

One system per database and test run (../conftest.py sees to it); tests make their own people, so that they
don't meet.
"""

from __future__ import annotations

import csv
import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import local_system
import pytest
from local_settings import REPOSITORY, free_ports
from local_system import System
from sqlalchemy import create_engine, text

from comun.engine import normalise_url
from comun.testing.databases import BACKENDS, CARELESS
from comun.testing.plugin import is_chosen

from .llamadas import Respuesta, conexiones
from .sin_limites import SIN_LIMITES

T = TypeVar("T")
QUITO = ZoneInfo("America/Guayaquil")
AJUSTES = {
    **SIN_LIMITES,
    "AUTH_REGISTRATIONS_PER_ADDRESS": "10000",
    # A thousand requests at once, on a machine that does other things too, wait for each other.
    "GATEWAY_TIMEOUT": "300s",
    "GATEWAY_CONNECT_TIMEOUT": "60s",
    "GATEWAY_CLIENT_TIMEOUT": "60s",
    "GATEWAY_HEALTH_TIMEOUT": "60s",
    "PEER_TIMEOUT_SECONDS": "60",
    "FACTURACION_TABLERO_SEGUNDOS": "60",
    # Nobody is shunned: what one test took down is up again for the next.
    "PEER_BREAKER_SECONDS": "0",
}
# Those of which many ask at once have two processes, on PostgreSQL; each works all statements out for itself.
VARIOS_PROCESOS = {f"{servicio}_WORKERS": "2" for servicio in ("ADMIN", "CITAS", "FACTURACION")}
# On such a machine a start takes its time, too.
local_system.START_SECONDS = 300
# Seconds after which the administrator signs in anew: most of a token's life is left to each test.
DE_NUEVO = 120
_numeros = itertools.count(1)
_administradores: dict[Path, tuple[float, Quien]] = {}
_en_marcha: list[System] = []


@dataclass
class Quien:
    """Somebody who calls the API through the gateway."""

    url: str
    token: str | None = None

    def call(self, method: str, path: str, **kwargs: Any) -> Respuesta:
        headers = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **kwargs.pop("headers", {})}
        return conexiones(self.url).pedir(method, path, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Respuesta:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> Respuesta:
        return self.call("POST", path, json=json, **kwargs)

    def put(self, path: str, json: Any = None, **kwargs: Any) -> Respuesta:
        return self.call("PUT", path, json=json, **kwargs)

    def patch(self, path: str, json: Any = None, **kwargs: Any) -> Respuesta:
        return self.call("PATCH", path, json=json, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Respuesta:
        return self.call("DELETE", path, **kwargs)


def bien(respuesta: Respuesta, status: int = 200) -> Any:
    """Assert success and give the body."""
    assert respuesta.status_code == status, f"{respuesta.status_code}: {respuesta.text}"
    return respuesta.json() if respuesta.content else None


def problema(respuesta: Respuesta, status: int, codigo: str | None = None) -> dict[str, Any]:
    """Assert a problem of the contract and give its body."""
    assert respuesta.status_code == status, f"{respuesta.status_code}: {respuesta.text}"
    assert respuesta.headers["Content-Type"] == "application/problem+json"
    cuerpo: dict[str, Any] = respuesta.json()
    assert {"type", "title", "status", "detail", "instance", "codigo", "errores", "traza"} <= set(cuerpo)
    assert codigo is None or cuerpo["codigo"] == codigo, cuerpo
    return cuerpo


def esperar(condicion: Callable[[], T], segundos: float = 240) -> T:
    """What it gives once that is something."""
    fin = time.monotonic() + segundos
    while not (dado := condicion()):
        assert time.monotonic() < fin, "did not happen in time"
        time.sleep(0.1)
    return dado


class Red:
    """The network of clinics of one system: who may sign in, and new people for a test."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.admin = self._administrador()
        self.publico = Quien(system.url)

    def _administrador(self) -> Quien:
        """Signed in not long ago: passwords are slow to verify, and all tests want one."""
        desde, quien = _administradores.get(self.system.folder, (0.0, None))
        if quien is None or time.monotonic() - desde > DE_NUEVO:
            with (REPOSITORY / "data" / "usuarios.csv").open(encoding="utf-8") as file:
                fila = next(fila for fila in csv.DictReader(file) if fila["rol"] == "admin")
            quien = self.entrar(fila["nombre_usuario"], fila["contrasena"])
            _administradores[self.system.folder] = time.monotonic(), quien
        return quien

    def entrar(self, nombre_usuario: str, contrasena: str) -> Quien:
        """Sign in."""
        cuerpo = {"nombre_usuario": nombre_usuario, "contrasena": contrasena}
        respuesta = bien(Quien(self.system.url).post("/auth/login", cuerpo))
        return Quien(self.system.url, respuesta["access_token"])

    def centro(self, **campos: Any) -> int:
        return int(
            bien(self.admin.post("/admin/centros", {"nombre": f"Centro {next(_numeros)}", **campos}), 201)["id"]
        )

    def doctor(self, **campos: Any) -> int:
        cuerpo = {"nombres": "Ana", "apellidos": f"Doctora {next(_numeros)}", "crear_usuario": False, **campos}
        return int(bien(self.admin.post("/admin/doctores", cuerpo), 201)["id"])

    def paciente(self, **campos: Any) -> int:
        cuerpo = {"nombres": "José", "apellidos": f"Paciente {next(_numeros)}", "crear_usuario": False, **campos}
        return int(bien(self.admin.post("/admin/pacientes", cuerpo), 201)["id"])

    def con_usuario(self, recurso: str, **campos: Any) -> tuple[int, Quien]:
        """A doctor or patient with an account, signed in."""
        nombre = f"persona.{next(_numeros)}"
        cuenta = {"nombre_usuario": nombre, "contrasena": "Un4-clave-larga!"}
        cuerpo = {"nombres": "Eva", "apellidos": f"Persona {next(_numeros)}", **cuenta, **campos}
        persona = bien(self.admin.post(f"/admin/{recurso}", cuerpo), 201)
        return int(persona["id"]), self.entrar(**cuenta)

    def secretaria(self, *centros: int) -> Quien:
        """A secretary of those centres, signed in."""
        cuenta = {"nombre_usuario": f"secretaria.{next(_numeros)}", "contrasena": "Un4-clave-larga!"}
        cuerpo = {
            **cuenta,
            "nombres": "Rosa",
            "apellidos": "Recepción",
            "rol": "secretaria",
            "centros": list(centros),
        }
        bien(self.admin.post("/auth/usuarios", cuerpo), 201)
        return self.entrar(**cuenta)

    def cita(self, **campos: Any) -> dict[str, Any]:
        """A body that books, for new people unless they are given."""
        quienes = {"doctor_id": self.doctor, "paciente_id": self.paciente, "centro_id": self.centro}
        cuerpo: dict[str, Any] = {k: campos.pop(k) if k in campos else nuevo() for k, nuevo in quienes.items()}
        return cuerpo | {"fecha_hora": manana(), **campos}


def unico_numero() -> int:
    """A number that no other test of this run has."""
    return next(_numeros)


def manana(hora: str = "10:00", dias: int = 1) -> str:
    """A naive time on the mainland's clock, some days ahead."""
    return f"{(datetime.now(QUITO) + timedelta(days=dias)).date()}T{hora}:00"


@pytest.fixture(scope="session", params=BACKENDS)
def sistema(request: pytest.FixtureRequest) -> Iterator[System]:
    """A running system. A test that stops a part of it starts it again."""
    db = str(request.param)
    if not is_chosen(request.config, db):
        pytest.skip(f"not on {db}")
    # PostgreSQL started by root runs as another user, who must be able to enter the folder.
    folder = Path(tempfile.mkdtemp(prefix=f"odontocare-{db}-"))
    folder.chmod(0o755)
    ajustes = AJUSTES if db == "sqlite" else AJUSTES | VARIOS_PROCESOS
    with System(folder, db=db, workers=1, ports=free_ports(), env=ajustes) as system:
        if db == "postgresql":
            _sin_esperar_al_disco(system.env["AUTH_DATABASE_URL"])
        _en_marcha.append(system)
        yield system
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Stop it as soon as the next test is none of these, not when all others have run."""
    if nextitem is None or not nextitem.path.is_relative_to(Path(__file__).parent):
        while _en_marcha:
            _en_marcha.pop().stop()


def _sin_esperar_al_disco(url: str) -> None:
    """These tests kill services, never the database server; and tables fill before it would look at them."""
    motor = create_engine(normalise_url(url), isolation_level="AUTOCOMMIT")
    with motor.connect() as conexion:
        for ajuste in (*CARELESS, "autovacuum_naptime = '10s'"):
            conexion.execute(text(f"ALTER SYSTEM SET {ajuste}"))
        conexion.execute(text("SELECT pg_reload_conf()"))
    motor.dispose()


@pytest.fixture
def en_un_dia() -> None:
    """What the test does falls on one day of the centres: just before midnight it waits for the next one."""
    while (ahora := datetime.now(QUITO)) + timedelta(minutes=3) >= _medianoche(ahora):
        time.sleep(1)


def _medianoche(ahora: datetime) -> datetime:
    return datetime.combine(ahora.date() + timedelta(days=1), datetime.min.time(), QUITO)


@pytest.fixture
def red(sistema: System) -> Red:
    """The network of that system, with everything up."""
    sistema.wait_ready()
    return Red(sistema)
