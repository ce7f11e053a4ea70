"""A repository of stand-in services, so that the supervision is tested apart from what it supervises."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import local_system
import pytest
from local_settings import free_ports
from local_system import System

STAND_IN = """
import http.server, os, signal, sys, time

name, command = __spec__.parent, sys.argv[1]
if command == "serve":
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
    port = int(os.environ[f"{name.upper()}_PORT"])
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
elif command == "worker":
    time.sleep(3600)
elif "fallar" in sys.argv:
    sys.exit("no se pudo")
else:
    print(name, *sys.argv[1:], os.environ[f"{name.upper()}_DATABASE_URL"])
"""


def pretending(folder: Path) -> Path:
    """A clone in the folder whose services and loader only pretend."""
    root = Path(__file__).resolve().parents[2]
    clone = folder / "repo"
    for service in ("auth", "admin", "citas", "comunicaciones", "inventario", "historia_clinica", "facturacion"):
        package = clone / f"{service}_service" / service
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(STAND_IN)
    shutil.copytree(root / "deploy" / "local", clone / "deploy" / "local")
    shutil.copy(root / "Makefile", clone)
    (clone / "gateway").symlink_to(root / "gateway")
    (clone / ".venv").symlink_to(sys.prefix)
    (clone / "client").mkdir()
    (clone / "client" / "carga_inicial.py").touch()
    return clone


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone whose services and loader only pretend."""
    return pretending(tmp_path)


@pytest.fixture
def stand_ins(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Systems of this test run the services of `repository`; returns a folder for a system's data."""
    monkeypatch.setattr(local_system, "REPOSITORY", repository)
    monkeypatch.setenv("GATEWAY_HEALTH_TIMEOUT", "60s")  # on a busy machine they may take their time
    return repository.parent / "var"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One such system, for tests that leave it as they found it."""
    repository = pretending(tmp_path_factory.mktemp("running"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_system, "REPOSITORY", repository)
        other = {"CITAS_DATABASE_URL": "sqlite:////otra"}
        with System(repository.parent / "var", ports=free_ports(), env=other) as system:
            yield system
