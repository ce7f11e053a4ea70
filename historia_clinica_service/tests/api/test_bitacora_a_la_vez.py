"""Many who look at records and write into them at once, in threads and in processes: one unbroken trace."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient
from comun.testing.processes import Processes
from comun.testing.together import at_once, deadlocks
from historia_clinica.casos_de_uso.bitacora import cabeza, verificar

from ..conftest import como_medico
from ..mirones import mirar, mirar_y_pararse

ACCESOS = "/historia-clinica/pacientes/1/accesos"
SIGNOS = "/historia-clinica/pacientes/1/signos-vitales"
PULSO = {"pulso_lpm": 70}
HILOS, VUELTAS = 8, 6


def entera(app: Flask) -> int:
    """Nothing is wrong with the trace; how many rows it has."""
    with app.app_context():
        assert list(verificar()) == []
        return cabeza()[0]


def a_la_vez(preguntas: Sequence[Callable[[], TestResponse]]) -> Counter[int]:
    """How each was answered."""

    def preguntar(una: Callable[[], TestResponse]) -> list[int]:
        return [una().status_code for _ in range(VUELTAS)]

    return Counter(chain.from_iterable(at_once(*(partial(preguntar, una) for una in preguntas))))


@pytest.mark.both_databases
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
    assert deadlocks(app) == 0


@pytest.mark.processes
def test_un_proceso_muerto_entre_escribir_y_confirmar_no_rompe_la_cadena(
    consulta: dict[str, int], app: Flask, processes: Processes
) -> None:
    """One looks at the record, one is killed with its row written, and one more has to wait for it."""
    uno = processes.start(app, mirar, 15, output=True)
    victima = processes.start(app, mirar_y_pararse, output=True)
    assert victima.readline() == "escrito\n"
    otro = processes.start(app, mirar, 15, output=True)
    victima.kill()
    assert [proceso.wait() for proceso in (uno, victima, otro)] == [0, -signal.SIGKILL, 0]
    assert [proceso.read() for proceso in (uno, victima, otro)] == ["200\n" * 15, "", "200\n" * 15]
    assert entera(app) == 30
