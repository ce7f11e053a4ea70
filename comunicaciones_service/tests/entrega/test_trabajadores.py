"""Real workers: killed, stopped, several at once; and endpoints that are dead or slow beside one that is well."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from comun.testing.deaths import command
from comun.testing.nursery import Twin
from comun.testing.patience import PATIENCE, until
from comun.testing.peers import Reply, closed_port
from comun.testing.processes import Process, Processes
from comunicaciones.secretos import descifrar

from ..mundo import Mundo, Receptor, todo_en_orden

Trabajador = Callable[[], Process]


@pytest.fixture
def trabajador(mundo: Mundo, tmp_path: Path, processes: Processes) -> Iterator[Trabajador]:
    """Starts real workers, and waits until they work; those that are left are killed at the end."""
    empezados: list[Process] = []

    def empezar() -> Process:
        latido = tmp_path / f"latido-{len(empezados)}"
        suya = Twin.of(mundo.app, COMUNICACIONES_WORKER_HEARTBEAT=str(latido))
        empezados.append(processes.start(suya, command, "worker"))
        until(latido.exists)
        return empezados[-1]

    yield empezar
    for proceso in empezados:
        proceso.kill()
        proceso.wait()


@pytest.mark.processes
def test_lo_matan_entre_enviar_y_anotar_y_va_de_nuevo_con_el_mismo_id(
    mundo: Mundo, receptor: Receptor, trabajador: Trabajador
) -> None:
    seguir = threading.Event()
    receptor.problema = lambda _evento: seguir.wait(PATIENCE) and None
    quien = mundo.webhook(receptor)
    mundo.llegan(veces=3)
    victima = trabajador()
    until(lambda: len(receptor.seen) == 1)
    victima.kill()
    assert victima.wait() == -signal.SIGKILL
    seguir.set()
    until(lambda: len(receptor.recibidos) == 1)
    assert mundo.estados(quien) == ["pendiente"] * 3
    mundo.repartir()
    assert len(receptor.seen) == 1  # until its lease ends nobody else sends it
    mundo.olvidar_arriendos()
    mundo.repartir_hasta(lambda: mundo.estados(quien) == ["entregada"] * 3)
    assert (receptor.repetidos, receptor.por_sujeto()) == (1, todo_en_orden(1, 3))
    assert receptor.seen[0].headers["webhook-id"] == receptor.seen[1].headers["webhook-id"]


@pytest.mark.processes
def test_dos_trabajadores_no_mandan_nada_dos_veces_y_al_acabar_terminan_lo_que_tienen_en_la_mano(
    mundo: Mundo, receptor: Receptor, trabajador: Trabajador
) -> None:
    with Receptor() as otro:
        procesos = [trabajador(), trabajador()]
        quienes = [mundo.webhook(receptor), mundo.webhook(otro)]
        mundo.llegan(sujetos=8, veces=6)
        until(lambda: all(set(mundo.estados(quien)) == {"entregada"} for quien in quienes))
        for uno in (receptor, otro):
            assert (uno.repetidos, uno.por_sujeto()) == (0, todo_en_orden(8, 6))
            assert uno.lo_mas_a_la_vez <= 4

    seguir = threading.Event()
    receptor.problema = lambda _evento: seguir.wait(PATIENCE) and None
    mundo.llegan(sujetos=2, veces=4)
    until(lambda: receptor.a_la_vez == 2)
    for proceso in procesos:
        proceso.send_signal(signal.SIGTERM)
    until(lambda: any(proceso.poll() == 0 for proceso in procesos))  # who has nothing in hand
    assert any(proceso.poll() is None for proceso in procesos)
    seguir.set()
    assert [proceso.wait() for proceso in procesos] == [0, 0]
    # All that was sent is put down: the two in hand, and what began before the signal was heard.
    assert mundo.estados(quienes[0]).count("entregada") == len(receptor.seen) >= 48 + 2
    assert mundo.ver(quienes[0]).arrendado_por is None
    mundo.repartir_hasta(lambda: set(mundo.estados(quienes[0])) == {"entregada"})
    orden = {n: list(range(1, 11 if n in ("cita/1", "cita/2") else 7)) for n in todo_en_orden(8, 6)}
    assert (receptor.repetidos, receptor.por_sujeto()) == (0, orden)


def test_al_acabar_termina_lo_que_tiene_en_la_mano_y_no_empieza_nada(mundo: Mundo, receptor: Receptor) -> None:
    seguir = threading.Event()
    receptor.problema = lambda _evento: seguir.wait(PATIENCE) and None
    quien = mundo.webhook(receptor)
    mundo.llegan(sujetos=2, veces=4)
    reparto: Any = mundo.reparto()
    reparto.start()
    until(lambda: receptor.a_la_vez == 2)
    fin = threading.Thread(target=reparto.stop)
    fin.start()
    until(reparto._fin.is_set)
    seguir.set()
    fin.join()
    assert len(receptor.seen) == 2
    assert sorted(mundo.estados(quien)) == ["entregada"] * 2 + ["pendiente"] * 6
    assert mundo.ver(quien).arrendado_por is None


def test_un_extremo_muerto_y_uno_lento_no_retrasan_al_que_esta_bien(mundo: Mundo) -> None:
    sujetos, veces = 12, 5
    seguir = threading.Event()
    puerto_muerto = closed_port()
    with Receptor() as sano, Receptor() as lento:
        lento.problema = lambda _evento: seguir.wait(PATIENCE) and None
        bien, despacio = mundo.webhook(sano), mundo.webhook(lento)
        muerto = mundo.webhook(f"http://127.0.0.1:{puerto_muerto}/gancho")
        reparto = mundo.reparto()
        reparto.start()
        mundo.llegan(sujetos, veces)
        until(lambda: len(sano.recibidos) == sujetos * veces)
        # All of it, while the slow one has not answered a single call and the dead one is still tried.
        assert sano.por_sujeto() == todo_en_orden(sujetos, veces)
        until(lambda: lento.a_la_vez == 4)
        assert lento.recibidos == []
        assert set(mundo.estados(despacio)) == set(mundo.estados(muerto)) == {"pendiente"}
        until(lambda: mundo.ver(muerto).ultimo_error == "ConexionRechazada")

        vuelto = Receptor(puerto_muerto)
        with vuelto:
            _conoce_su_secreto(mundo, muerto, vuelto)
            until(lambda: len(vuelto.recibidos) == sujetos * veces)
            assert vuelto.por_sujeto() == todo_en_orden(sujetos, veces)
            assert vuelto.repetidos == 0
            assert lento.recibidos == []
        seguir.set()
        until(lambda: len(lento.recibidos) == sujetos * veces)
        assert lento.por_sujeto() == todo_en_orden(sujetos, veces)
        for quien in (bien, muerto, despacio):
            until(lambda quien=quien: set(mundo.estados(quien)) == {"entregada"})  # type: ignore[misc]
        reparto.stop()


def _conoce_su_secreto(mundo: Mundo, quien: int, receptor: Receptor) -> None:
    with mundo.app.app_context():
        receptor.secreto = descifrar(mundo.ver(quien).secreto)


def test_reparto_que_no_encuentra_la_base_sigue_vivo(mundo: Mundo, receptor: Receptor) -> None:
    """It goes on as soon as the database is back."""
    quien = mundo.webhook(receptor)
    reparto: Any = mundo.reparto()
    autentico, caidas = reparto._con_algo_pendiente, []

    def caida() -> list[int]:
        caidas.append(1)
        raise ConnectionError

    reparto._con_algo_pendiente = caida
    reparto.start()
    mundo.llegan()
    until(lambda: len(caidas) > 0)
    reparto._con_algo_pendiente = autentico
    until(lambda: mundo.estados(quien) == ["entregada"])
    assert reparto.alive()
    reparto.stop()


def test_un_receptor_que_contesta_algo_raro_no_detiene_a_los_demas(mundo: Mundo, receptor: Receptor) -> None:
    with Receptor() as raro:
        raro.problema = lambda _evento: Reply(200, body=bytes(range(256)))
        quien, otro = mundo.webhook(raro), mundo.webhook(receptor)
        mundo.llegan(sujetos=3)
        mundo.repartir_hasta(lambda: {*mundo.estados(quien), *mundo.estados(otro)} == {"entregada"})
