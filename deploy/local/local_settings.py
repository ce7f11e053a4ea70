"""The settings of a system on one machine: what each process finds in its environment."""

import contextlib
import random
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from secretos import SERVICES

REPOSITORY = Path(__file__).resolve().parents[2]
PORTS = {
    "gateway": 8080,
    "auth": 5001,
    "inventario": 5002,
    "historia_clinica": 5003,
    "facturacion": 5004,
    "citas": 5005,
    "admin": 5006,
    "comunicaciones": 5007,
}

# In the environment of a program under the supervisor: the file that its output goes to.
LOG = "ODONTOCARE_LOG"

_reserved: list[socket.socket] = []

# Who is told of whose events. Where one takes but a few types of many, only of these.
_ALL: tuple[str, ...] = ()
_TREATMENTS = ("tratamiento.actualizado.v1", "tratamiento.creado.v1", "tratamiento.eliminado.v1")
_MATERIALS = ("consumo.registrado.v1", "consumo.revertido.v1", "stock.faltante_resuelto.v1")
SUBSCRIBERS = {
    "auth": {"citas": _ALL, "comunicaciones": _ALL},
    "admin": dict.fromkeys(
        ("auth", "citas", "inventario", "historia_clinica", "facturacion", "comunicaciones"), _ALL
    ),
    "citas": {
        "admin": _ALL,
        "inventario": _ALL,
        "historia_clinica": _ALL,
        "facturacion": ("cita.completada.v1", "cita.reabierta.v1"),
        "comunicaciones": _ALL,
    },
    "inventario": {
        "citas": _TREATMENTS[:2],
        "historia_clinica": _TREATMENTS,
        "facturacion": (*_MATERIALS, *_TREATMENTS),
        "comunicaciones": _ALL,
    },
    "historia_clinica": {"comunicaciones": _ALL},
    "facturacion": {"comunicaciones": _ALL},
    "comunicaciones": {"comunicaciones": _ALL},
}


def told(service: str, urls: Mapping[str, str]) -> str:
    """What `<SERVICE>_EVENT_SUBSCRIBERS` is set to, when the subscribers are at these URLs."""
    pairs = (" ".join((f"{to}={urls[to]}", *types)) for to, types in SUBSCRIBERS[service].items())
    return ",".join(pairs)


def free_ports() -> dict[str, int]:
    """A free port for each server, for a second system beside another."""
    return {name: free_port() for name in PORTS}


def free_port() -> int:
    """One where nobody listens, and that nobody else is given here as long as this process lives.

    Below those that systems give to outgoing connections: one of these may have the port by the time it is needed.
    """
    while True:
        port = random.randrange(11000, 32000)  # noqa: S311 - not a secret
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            _reserve(port)
            return port


def _reserve(port: int) -> None:
    """OSError when another process has it, or this one. Where names need no files: on Linux."""
    if sys.platform == "linux":
        mark = socket.socket(socket.AF_UNIX)
        try:
            mark.bind(f"\0odontocare-port-{port}")
        except OSError:
            mark.close()
            raise
        _reserved.append(mark)


def settings(
    folder: Path, ports: Mapping[str, int], databases: Mapping[str, str], workers: int, given: Mapping[str, str]
) -> dict[str, str]:
    """The environment of all processes: our defaults, over them whatever is `given`.

    `folder` holds the data of this system, `databases` maps service to database URL, `workers` is the number
    of gunicorn processes of each service.
    """
    urls = {service: f"http://127.0.0.1:{ports[service]}" for service in SERVICES}
    secrets = folder / "secretos"
    ours = {
        "AUTH_SECRET_KEY_FILE": str(secrets / "auth_secret_key"),
        "CITAS_SECRET_KEY_FILE": str(secrets / "citas_secret_key"),
        "COMUNICACIONES_SECRET_KEY_FILE": str(secrets / "comunicaciones_secret_key"),
        "HISTORIA_CLINICA_SECRET_KEY_FILE": str(secrets / "historia_clinica_secret_key"),
        "HISTORIA_CLINICA_ALMACEN": f"file://{folder}/archivos",
        "FACTURACION_ALMACEN": f"file://{folder}/comprobantes",
        "CITAS_ENLACES_URL": f"http://localhost:{ports['gateway']}/enlace.html#",
        "AUTH_SERVICE_CLIENTS_FILE": str(secrets / "auth_service_clients"),
        # So that a receiver of webhooks on this machine can be tried.
        "COMUNICACIONES_REDES_PERMITIDAS": "127.0.0.0/8,::1/128",
        "GATEWAY_WORKERS": str(workers),
        "GATEWAY_LISTEN": f"127.0.0.1:{ports['gateway']}",
        "GATEWAY_ACCESS_LOG": str(folder / "log" / "gateway-access.log"),
        "PYTHONUNBUFFERED": "1",
        # glibc gives the 19 MiB of each password hash back at once, instead of keeping them per thread
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_MMAP_THRESHOLD_": str(2**20),
    }
    for service in SERVICES:
        name = service.upper()
        ours |= {
            f"{name}_URL": urls[service],
            f"{name}_HOST": "127.0.0.1",
            f"{name}_PORT": str(ports[service]),
            f"{name}_WORKERS": str(workers),
            f"{name}_DATABASE_URL": databases[service],
            f"{name}_CLIENT_ID": service,
            f"{name}_CLIENT_SECRET_FILE": str(secrets / f"{service}_client_secret"),
            f"{name}_EVENT_SUBSCRIBERS": told(service, urls),
            f"GATEWAY_{name}": f"127.0.0.1:{ports[service]}",
        }
    return {**ours, **given}
