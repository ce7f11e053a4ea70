"""The store of tests/sistema/almacen_service as a process: one more service that listens to citas_service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from local_settings import REPOSITORY
from local_system import System, die_with_parent
from sqlalchemy import create_engine, make_url, text

from comun.engine import normalise_url

CARPETA = REPOSITORY / "tests" / "sistema" / "almacen_service"
SECRETO = "secreto-del-almacen-de-prueba"


class Almacen:
    """Serves until `parar`; whoever kills it, it is started again."""

    def __init__(self, puerto: int) -> None:
        self.url = f"http://127.0.0.1:{puerto}"
        self._puerto = puerto
        self.base = ""
        self._env: dict[str, str] = {}
        self._registro = Path(os.devnull)
        self._fin = threading.Event()
        self._proceso: subprocess.Popen[bytes] | None = None
        self._vigia = threading.Thread(target=self._vigilar, daemon=True)

    def arrancar(self, sistema: System) -> None:
        """In the same kind of database as that system's services; returns once it is ready."""
        self.base = _otra_base(sistema, "almacen")
        self._registro = sistema.folder / "log" / "almacen.log"
        caminos = [str(CARPETA), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._env = {
            **sistema.env,
            "PYTHONPATH": os.pathsep.join(caminos),
            "ALMACEN_DATABASE_URL": self.base,
            "ALMACEN_PORT": str(self._puerto),
            "ALMACEN_CLIENT_SECRET": SECRETO,
        }
        subprocess.run(self._orden("migrate"), cwd=CARPETA, env=self._env, check=True, capture_output=True)
        self._lanzar()
        self._vigia.start()
        fin = time.monotonic() + 300
        while not self.responde():
            assert time.monotonic() < fin, self._registro.read_text(errors="replace")[-2000:]
            time.sleep(0.1)

    def matar(self, senal: int = signal.SIGKILL) -> None:
        """Send all its processes a signal."""
        if self._proceso is not None and self._proceso.poll() is None:
            os.killpg(self._proceso.pid, senal)

    def responde(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/almacen/health", timeout=2) as respuesta:
                return bool(respuesta.status == 200)
        except OSError:
            return False

    def parar(self) -> None:
        """End it, if it ever ran."""
        self._fin.set()
        self.matar()
        if self._vigia.is_alive():
            self._vigia.join()

    def _lanzar(self) -> None:
        with self._registro.open("ab") as registro:
            self._proceso = subprocess.Popen(
                self._orden("serve"),
                cwd=CARPETA,
                env=self._env,
                stdout=registro,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def _vigilar(self) -> None:
        while self._proceso is not None:
            self._proceso.wait()
            if self._fin.wait(0.3):
                return
            self._lanzar()

    def _orden(self, orden: str) -> list[str]:
        return [sys.executable, "-m", "almacen", orden]


def clientes(secretos: Mapping[str, str]) -> str:
    """The services that may get a token, with the store among them."""
    return ",".join(f"{nombre}:{secreto}" for nombre, secreto in {**secretos, "almacen": SECRETO}.items())


def _otra_base(sistema: System, nombre: str) -> str:
    if sistema.db == "sqlite":
        return f"sqlite:///{sistema.folder}/{nombre}.sqlite3"
    url = make_url(normalise_url(sistema.env["CITAS_DATABASE_URL"]))
    motor = create_engine(url, isolation_level="AUTOCOMMIT")
    with motor.connect() as conexion:
        conexion.execute(text(f"CREATE DATABASE {nombre}"))
    motor.dispose()
    return url.set(database=nombre).render_as_string(hide_password=False)
