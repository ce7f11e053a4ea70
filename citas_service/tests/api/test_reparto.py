"""Workers that offer freed time at once, or are killed while they do: nothing is lost, nothing offered twice."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from citas.casos_de_uso.huecos import ofrecer_huecos
from citas.extensiones import db
from citas.modelos import Oferta
from comun.testing.client import ApiClient, ok
from comun.testing.deaths import Moment, command, turn
from comun.testing.nursery import Twin
from comun.testing.patience import until
from comun.testing.processes import Processes
from comun.testing.together import at_once

from ..conftest import programar, vaciar
from ..esperas import cuenta, dejar_vencer, esperar, incoherencias, mucha_gente, repartir, se_libera, ver

OFERTAS = "SELECT count(*) FROM oferta"
ABIERTAS = f"{OFERTAS} WHERE estado = 'enviada'"


@pytest.mark.postgresql_only
def test_aceptar_varias_veces_a_la_vez_es_una(app: Flask, api: ApiClient) -> None:
    espera = esperar(api)
    cita = programar(api, paciente_id=8)
    ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "cancelada"}))
    repartir(app)

    def responder(accion: str) -> TestResponse:
        return api.post(f"/citas/lista-espera/{espera['id']}/{accion}")

    *aceptadas, respuesta = at_once(*[lambda: responder("aceptar")] * 5, lambda: responder("rechazar"))
    # Either it was declined first, or it is booked, once.
    rechazada = respuesta.status_code == 200
    assert {r.status_code for r in aceptadas} == {409 if rechazada else 200}, [
        r.text for r in (*aceptadas, respuesta)
    ]
    citas = {r.get_json()["cita"]["id"] for r in aceptadas if r.status_code == 200}
    assert len(citas) == cuenta(app, "SELECT count(*) FROM cita WHERE estado = 'programada'") == 1 - rechazada
    assert incoherencias(app) == {}


@pytest.mark.postgresql_only
@pytest.mark.usefixtures("api")
def test_dos_trabajadores_no_ofrecen_lo_mismo(app: Flask) -> None:
    mucha_gente(app, huecos=10, esperas=15)
    at_once(*[lambda: repartir(app)] * 2)
    assert cuenta(app, ABIERTAS) == 10
    assert incoherencias(app) == {}
    # Who may be asked first is asked: five of the most urgent, then five of the next.
    assert cuenta(app, "SELECT min(prioridad) FROM espera WHERE estado = 'ofrecida'") == 1
    # Nobody answers: it goes on, with five who were not asked yet, and nobody is asked again for the same.
    dejar_vencer(app)
    at_once(*[lambda: repartir(app)] * 2)
    at_once(*[lambda: repartir(app)] * 2)
    assert cuenta(app, ABIERTAS) == 10
    assert cuenta(app, OFERTAS) == 20
    assert incoherencias(app) == {}


def olvidar_el_arriendo(app: Flask) -> None:
    """As if the time had gone by after which a dead worker's jobs are another's."""
    with app.app_context():
        db.session.execute(db.text("UPDATE trabajo SET arrendado_hasta = NULL"))
        db.session.commit()


@pytest.mark.processes
@pytest.mark.usefixtures("api")
def test_al_trabajador_lo_matan_y_otro_sigue(app: Flask, tmp_path: Path, processes: Processes) -> None:
    mucha_gente(app, huecos=16, esperas=24)
    latido, nadie = str(tmp_path / "latido"), "http://127.0.0.1:1"
    suya = Twin.of(app, CITAS_WORKER_HEARTBEAT=latido, AUTH_URL=nadie, ADMIN_URL=nadie)
    for al_llegar_a in (5, 11):
        trabajador = processes.start(suya, command, "worker")
        until(lambda meta=al_llegar_a: cuenta(app, OFERTAS) >= meta)  # type: ignore[misc]
        trabajador.kill()
        assert trabajador.wait() == -signal.SIGKILL
        assert incoherencias(app) == {}
        olvidar_el_arriendo(app)
    until(lambda: (repartir(app), cuenta(app, ABIERTAS))[1] == 16)
    assert cuenta(app, OFERTAS) == 16
    assert incoherencias(app) == {}


@pytest.fixture
def mortal(app: Flask, api: ApiClient, processes: Processes) -> Callable[[int], bool]:
    """A worker's turn in a process of its own, which is killed before its n-th write; whether it was."""
    # It has worked before, as workers have: each of its children would else prepare each statement anew.
    for paciente in (1, 2):
        esperar(api, paciente_id=paciente)
    se_libera(api)
    for _ in range(2):
        processes.practise(app, turn, ofrecer_huecos)
        assert cuenta(app, ABIERTAS) == 1
        dejar_vencer(app)
    vaciar(app)
    return lambda paso: processes.killed(app, Moment(step=paso), turn, ofrecer_huecos)


@pytest.mark.processes
def test_lo_maten_donde_lo_maten(app: Flask, api: ApiClient, mortal: Callable[[int], bool]) -> None:
    """Killed before each write and each commit of a turn that takes back an offer and makes the next: the first one,
    which only makes one, has no others.
    """
    esperas = [esperar(api, paciente_id=n) for n in (1, 2, 3)]
    se_libera(api)
    paso = 1
    for vuelta in range(1, 4):
        while vuelta == 2 and mortal(paso):
            paso += 1
            assert incoherencias(app) == {}
            assert cuenta(app, OFERTAS) <= vuelta
        repartir(app)
        assert (cuenta(app, ABIERTAS), cuenta(app, OFERTAS)) == (1, vuelta)
        if vuelta < 3:
            dejar_vencer(app)
    assert paso > 12
    with app.app_context():
        preguntadas = list(db.session.scalars(db.select(Oferta.espera_id).order_by(Oferta.id)))
    assert preguntadas == [espera["id"] for espera in esperas]
    ok(api.post(f"/citas/lista-espera/{esperas[2]['id']}/aceptar"))
    assert [ver(api, espera)["estado"] for espera in esperas] == ["esperando", "esperando", "atendida"]
    assert incoherencias(app) == {}
