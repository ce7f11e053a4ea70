"""Many who look at records and write into them at once, in threads and in processes: one unbroken trace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient
from historia_clinica.casos_de_uso.bitacora import cabeza, verificar
from historia_clinica.extensiones import db

from ..conftest import como_medico

ACCESOS = "/historia-clinica/pacientes/1/accesos"
SIGNOS = "/historia-clinica/pacientes/1/signos-vitales"
PULSO = {"pulso_lpm": 70}
HILOS, VUELTAS = 8, 6

# A process that looks at the record of patient 1; one that stands still with its row written but not committed and is
# killed there; and one more that looks, and has to wait for it. Prints how the two were answered.
MIRONES = """
import json, os, signal, sys, time
from dataclasses import replace
from sqlalchemy import event
from comun.testing.client import ApiClient
from comun.testing.tokens import StaticTrust
from historia_clinica.extensiones import db
from historia_clinica.servicio import SERVICIO

app = replace(SERVICIO, trust_source=lambda _app: StaticTrust()).create_app(json.loads(sys.argv[1]))
api = ApiClient(app).as_("admin")
leer, escribir = os.pipe()

def nacer(trabajo):
    if hijo := os.fork():
        return hijo
    os.write(escribir, (trabajo() + " ").encode())
    os._exit(0)

def mirar(veces=15):
    return " ".join(str(api.get("/historia-clinica/pacientes/1/accesos?tamano=1").status_code) for _ in range(veces))

def pararse(_sesion):
    os.write(escribir, b"escrito ")
    time.sleep(600)

def mirar_y_pararse():
    event.listen(db.session, "before_commit", pararse)
    return mirar(1)

uno = nacer(mirar)
victima = nacer(mirar_y_pararse)
dicho = b""
while b"escrito" not in dicho:
    dicho += os.read(leer, 1000)
otro = nacer(mirar)
os.kill(victima, signal.SIGKILL)
finales = [os.waitpid(hijo, 0)[1] for hijo in (uno, victima, otro)]
os.close(escribir)
dicho += os.read(leer, 1000)
print(json.dumps([finales, dicho.decode().split()]))
"""


def entera(app: Flask) -> int:
    """Nothing is wrong with the trace; how many rows it has."""
    with app.app_context():
        assert list(verificar()) == []
        return cabeza()[0]


def a_la_vez(preguntas: Sequence[Callable[[], TestResponse]]) -> Counter[int]:
    """How each was answered."""
    salida = threading.Barrier(len(preguntas))

    def preguntar(una: Callable[[], TestResponse]) -> list[int]:
        salida.wait()
        return [una().status_code for _ in range(VUELTAS)]

    with ThreadPoolExecutor(len(preguntas)) as hilos:
        return Counter(estado for estados in hilos.map(preguntar, preguntas) for estado in estados)


def test_hilos_que_leen_escriben_y_son_rechazados(api: ApiClient, medico: ApiClient, app: Flask) -> None:
    ajeno = como_medico(api, 8)
    clases: list[Callable[[], TestResponse]] = [
        lambda: medico.get(ACCESOS + "?tamano=1"),
        lambda: medico.post(SIGNOS, PULSO),
        lambda: ajeno.get(SIGNOS),
        lambda: api.post(SIGNOS, PULSO),
    ]
    estados = a_la_vez([clases[n % len(clases)] for n in range(HILOS)])
    de_cada = HILOS // len(clases) * VUELTAS
    assert estados == {200: de_cada, 201: de_cada, 404: de_cada, 403: de_cada}
    assert entera(app) == HILOS * VUELTAS
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SELECT pg_stat_force_next_flush()"))
            trabados = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            assert db.session.scalar(trabados) == 0


@pytest.mark.processes
def test_un_proceso_muerto_entre_escribir_y_confirmar_no_rompe_la_cadena(
    consulta: dict[str, int], app: Flask, tmp_path: Path
) -> None:
    ajustes = {
        "HISTORIA_CLINICA_DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "HISTORIA_CLINICA_SECRET_KEY": app.config["HISTORIA_CLINICA_SECRET_KEY"],
        "HISTORIA_CLINICA_ALMACEN": tmp_path.as_uri(),
        "HISTORIA_CLINICA_CLIENT_SECRET": "x",
        "LOG_LEVEL": "ERROR",
    }
    entorno = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    orden = [sys.executable, "-c", MIRONES, json.dumps(ajustes)]
    salida = subprocess.run(orden, env=entorno, check=True, capture_output=True, text=True)
    finales, dicho = json.loads(salida.stdout)
    assert finales == [0, signal.SIGKILL, 0]
    assert Counter(dicho) == {"200": 30, "escrito": 1}
    assert entera(app) == 30
