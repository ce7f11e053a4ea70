"""Whatever is killed, paused or cut off: every event arrives, in order, and has its effect once.

A short run on PostgreSQL, whose transactions interleave; `make caos` does the full size, on either database. The
store of almacen_service stands for services to come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest
import requests

from comun.testing.events import envelope
from comun.testing.plugin import is_chosen

from .caos.almacen import SECRETO
from .caos.comprobar import filas
from .caos.corrida import Corrida
from .conftest import bien

SEMILLA, OPERACIONES = 7, 120


@pytest.fixture(scope="module", params=["postgresql"])
def corrida(request: pytest.FixtureRequest) -> Iterator[Corrida]:
    """A system of its own whose news pass carriers that lose answers, with the store among its receivers."""
    db = str(request.param)
    if not is_chosen(request.config, db):
        pytest.skip(f"not on {db}")
    with Corrida(SEMILLA, OPERACIONES, db) as corrida:
        yield corrida


def test_nada_se_pierde_ni_se_dobla(corrida: Corrida) -> None:
    faltas = corrida.correr()
    repetir = f'make caos ARGS="--seed {SEMILLA} --operaciones {OPERACIONES} --db {corrida.db} --apurar"'
    assert faltas == [], f"para repetirlo: {repetir}"
    # It was chaos indeed.
    averias: Any = corrida.cifras["averías"]
    assert sum(averias.values()) >= 3


# ---- A service that acts on appointments, and undoes it


def movimientos(corrida: Corrida, cita: int) -> list[int]:
    """What left the store (-1) and came back (+1) for an appointment."""
    consulta = f"SELECT cantidad FROM movimiento WHERE cita_id = {cita} ORDER BY id"
    return [fila.cantidad for fila in filas(corrida.base_del_almacen, consulta)]


def test_en_cualquier_orden_queda_lo_ultimo(corrida: Corrida) -> None:
    """Old news that somebody repeats by hand, each twice: the last one counts, and the balance is right."""
    entregar = mensajero(corrida)
    sucesos = [("completada", 1), ("reabierta", 2), ("completada", 3), ("reabierta", 4)]
    for numero, orden in enumerate(permutations(sucesos), 1):
        cita = 1_000_000 + numero
        for tipo, secuencia in orden:
            documento = noticia(tipo, cita, secuencia)
            assert entregar([documento, documento]) == ["aplicado", "duplicado"]
        assert sum(movimientos(corrida, cita)) == 0, orden
        entregar([noticia("completada", cita, 5)])
        assert sum(movimientos(corrida, cita)) == -1, orden


def noticia(tipo: str, cita: int, secuencia: int) -> dict[str, Any]:
    return envelope("/citas", f"cita.{tipo}.v1", f"cita/{cita}", {"id": cita}, secuencia)


def mensajero(corrida: Corrida) -> Callable[[list[dict[str, Any]]], list[str]]:
    """Who delivers to the store as a relay does."""
    credenciales = {"grant_type": "client_credentials", "client_id": "almacen", "client_secret": SECRETO}
    token = bien(requests.post(f"{corrida.sistema.url}/auth/token", json=credenciales, timeout=120))["access_token"]
    sesion = requests.Session()
    sesion.trust_env = False
    sesion.headers["Authorization"] = f"Bearer {token}"

    def entregar(documentos: list[dict[str, Any]]) -> list[str]:
        url = f"{corrida.url_del_almacen}/interno/eventos"
        resultados: list[str] = bien(sesion.post(url, json=documentos, timeout=120))["resultados"]
        return resultados

    return entregar
