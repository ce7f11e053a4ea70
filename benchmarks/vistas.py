"""Asking the views of one service again and again, in this process: what the benchmarks of its data share.

Fresh databases come through the service's own migrations; token, permission, queries and JSON are in the figures; the
network and nginx are not.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask
from sqlalchemy import text

from comun.app import Service
from comun.migrations import upgrade
from comun.testing.client import ApiClient
from comun.testing.databases import postgres_database, postgres_server, sqlite_database
from comun.testing.statements import statements
from comun.testing.tokens import StaticTrust

BASES = ("postgresql", "sqlite")


@contextmanager
def aplicaciones(
    servicio: Service, bd: str, ajustes: Mapping[str, Any] | None = None
) -> Iterator[Callable[[], Flask]]:
    """Makes the service on a fresh database each time that it is called; all of them go at the end."""
    with ExitStack() as abiertos:
        servidor = "" if bd == "sqlite" else abiertos.enter_context(postgres_server())

        def nueva() -> Flask:
            base = postgres_database(servidor) if servidor else sqlite_database()
            app = _crear(servicio, abiertos.enter_context(base), ajustes or {})
            abiertos.callback(_cerrar, app)
            return app

        yield nueva


def _crear(servicio: Service, url: str, ajustes: Mapping[str, Any]) -> Flask:
    confianza = StaticTrust()
    app = replace(servicio, trust_source=lambda _app: confianza).create_app(
        {
            f"{servicio.prefix}_DATABASE_URL": url,
            f"{servicio.prefix}_CLIENT_SECRET": "x",
            "LOG_LEVEL": "ERROR",
            "REVOCATION_POLL_SECONDS": 60.0,
            **ajustes,
        }
    )
    upgrade(app)
    return app


def _cerrar(app: Flask) -> None:
    with app.app_context():
        db = app.extensions["comun"].db
        db.session.remove()
        db.engine.dispose()


def analizar(app: Flask) -> None:
    """Let the planner know what there is, as it does by itself after a while."""
    with app.app_context():
        motor = app.extensions["comun"].db.engine
        with motor.connect().execution_options(isolation_level="AUTOCOMMIT") as conexion:
            conexion.execute(text("VACUUM ANALYZE" if conexion.dialect.name == "postgresql" else "ANALYZE"))


@dataclass(frozen=True)
class Medida:
    """What one question took: milliseconds, statements, size of the answer."""

    p50: float
    p95: float
    sentencias: int
    kilobytes: float


def medir(preguntas: Sequence[tuple[ApiClient, str]], veces: int) -> list[Medida]:
    """Ask one question again and again, each of the variants in turn: what else the machine does meets all."""
    tiempos: list[list[float]] = [[] for _ in preguntas]
    for _ in range(veces + 3):
        for (api, ruta), suyos in zip(preguntas, tiempos, strict=True):
            inicio = time.perf_counter()
            respuesta = api.get(ruta)
            suyos.append((time.perf_counter() - inicio) * 1000)
            if respuesta.status_code != 200:
                raise RuntimeError(f"{ruta}: {respuesta.status_code} {respuesta.get_data(as_text=True)}")
    return [_medida(api, ruta, sorted(t[3:])) for (api, ruta), t in zip(preguntas, tiempos, strict=True)]


def _medida(api: ApiClient, ruta: str, tiempos: list[float]) -> Medida:
    with statements(api.app) as hechas:
        kilobytes = len(api.get(ruta).data) / 1000
    p95 = tiempos[min(len(tiempos) - 1, round(len(tiempos) * 0.95))]
    return Medida(statistics.median(tiempos), p95, len(hechas), kilobytes)


def mostrar(variantes: Sequence[str], medidas: Mapping[str, Sequence[Medida]]) -> None:
    """A line for each question, a group of columns for each variant."""
    print("\n" + " " * 32 + "".join(f"{variante:>32}" for variante in variantes))
    print(" " * 32 + f"{'p50 ms':>10}{'p95 ms':>8}{'SQL':>5}{'kB':>9}" * len(variantes))
    for nombre, de_cada in medidas.items():
        cifras = "".join(f"{m.p50:>10.1f}{m.p95:>8.1f}{m.sentencias:>5}{m.kilobytes:>9.1f}" for m in de_cada)
        print(f"{nombre:32}{cifras}")
