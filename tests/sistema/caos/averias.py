"""What breaks, one thing after the other as the seed says, until it is told to stop."""

from __future__ import annotations

import contextlib
import http.client
import random
import signal
import sqlite3
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from local_system import System
from secretos import SERVICES
from sqlalchemy import create_engine, text

from comun.engine import normalise_url

from .almacen import Almacen

VUELTA = 30.0  # seconds at most until a killed service answers again


@dataclass(frozen=True)
class Averia:
    """One fault: what, of whom, for how many seconds, and how long after the one before.

    `deja_volver`: the next one comes when a killed service answers again. Else little would ever get done on a
    slow machine.
    """

    que: str
    victima: str
    dura: float
    pausa: float
    deja_volver: bool


def plan(semilla: int, hilo: int) -> Iterator[Averia]:
    """The faults of that seed that come one after the other, endless and always the same."""
    azar = random.Random(f"averias {semilla} {hilo}")
    procesos = [nombre for servicio in SERVICES for nombre in (servicio, f"{servicio}-worker")] + ["almacen"]
    while True:
        que = azar.choices(("matar", "parar", "cortar"), (5, 4, 3))[0]
        victima = azar.choice(SERVICES if que == "cortar" else procesos)
        # Now and then longer than a relay waits for an answer.
        dura = azar.uniform(0.2, 1.5) if azar.random() < 0.9 else azar.uniform(6, 13)
        yield Averia(
            que, victima, min(dura, 2.0) if que == "cortar" else dura, azar.uniform(0.3, 2.5), azar.random() < 0.8
        )


class Averias:
    """Lets things break, two at a time. `cortar`: PostgreSQL's connections die, SQLite's file is locked."""

    def __init__(self, sistema: System, almacen: Almacen, semilla: int) -> None:
        self._sistema, self._almacen = sistema, almacen
        self._fin = threading.Event()
        self._hilos = [threading.Thread(target=self._romper, args=(plan(semilla, hilo),)) for hilo in range(2)]
        self.cuenta: Counter[str] = Counter()
        self.fallo: BaseException | None = None

    def empezar(self) -> None:
        for hilo in self._hilos:
            hilo.start()

    def esperar(self, cuantas: int) -> None:
        """Return once so many things broke, or none does any more."""
        while self.cuenta.total() < cuantas and not self._fin.is_set() and not self.fallo:
            time.sleep(0.05)

    def terminar(self) -> None:
        """Break nothing more; what is paused goes on."""
        self._fin.set()
        for hilo in self._hilos:
            hilo.join()
        if self.fallo:
            raise self.fallo

    def _romper(self, averias: Iterator[Averia]) -> None:
        hacer: dict[str, Callable[[Averia], None]] = {
            "matar": self._matar,
            "parar": self._parar,
            "cortar": self._cortar_postgres if self._sistema.db == "postgresql" else self._trancar_sqlite,
        }
        try:
            for averia in averias:
                if self._fin.wait(averia.pausa):
                    return
                hacer[averia.que](averia)
                self.cuenta[averia.que] += 1
        except BaseException as error:  # noqa: BLE001 - told to whoever ends it
            self.fallo = error

    def _matar(self, averia: Averia) -> None:
        if averia.victima == "almacen":
            self._almacen.matar(signal.SIGKILL)
        elif averia.victima in self._sistema.pids:
            self._sistema.kill(averia.victima, signal.SIGKILL)
        fin = time.monotonic() + VUELTA
        while averia.deja_volver and not self._responde(averia.victima) and time.monotonic() < fin:
            if self._fin.wait(0.2):
                return

    def _responde(self, victima: str) -> bool:
        """Whether a service answers; of a worker nobody can tell."""
        if victima not in SERVICES:
            return victima != "almacen" or self._almacen.responde()
        url = f"{self._sistema.env[f'{victima.upper()}_URL']}/{victima}/health"
        with contextlib.suppress(OSError, http.client.HTTPException):
            with urllib.request.urlopen(url, timeout=2) as respuesta:
                return bool(respuesta.status == 200)
        return False

    def _parar(self, averia: Averia) -> None:
        if averia.victima != "almacen" and averia.victima not in self._sistema.pids:
            return
        self._enviar(averia.victima, signal.SIGSTOP)
        self._fin.wait(averia.dura)
        self._enviar(averia.victima, signal.SIGCONT)

    def _enviar(self, victima: str, senal: signal.Signals) -> None:
        if victima == "almacen":
            self._almacen.matar(senal)
        else:
            self._sistema.kill(victima, senal)

    def _cortar_postgres(self, averia: Averia) -> None:
        motor = create_engine(url_de(self._sistema, averia.victima), isolation_level="AUTOCOMMIT")
        with motor.connect() as conexion:
            conexion.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        motor.dispose()

    def _trancar_sqlite(self, averia: Averia) -> None:
        archivo = url_de(self._sistema, averia.victima).removeprefix("sqlite:///")
        conexion = sqlite3.connect(archivo, timeout=10, isolation_level=None)
        with contextlib.closing(conexion), contextlib.suppress(sqlite3.OperationalError):
            conexion.execute("BEGIN IMMEDIATE")
            time.sleep(averia.dura)
            conexion.execute("ROLLBACK")


def url_de(sistema: System, servicio: str) -> str:
    """The database of a service."""
    return normalise_url(sistema.env[f"{servicio.upper()}_DATABASE_URL"])
