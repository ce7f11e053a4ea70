"""One appointment takes doctor, assistant and room at once, or nothing of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Ocupacion
from comun.testing.client import ApiClient, ok, problem

from ..conftest import QUITO, datos_de_cita, manana, programar
from ..fabricas import conocer_asistentes, poner_horario, poner_politica

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def asistentes(app: Flask) -> None:
    conocer_asistentes(app, 1, 2)
    conocer_asistentes(app, 3, activo=False)


def ocupado(app: Flask) -> list[tuple[str, int]]:
    with app.app_context():
        return [
            (fila.tipo, fila.recurso_id)
            for fila in db.session.scalars(db.select(Ocupacion).order_by(Ocupacion.tipo, Ocupacion.recurso_id))
        ]


def test_los_toma_todos(api: ApiClient, app: Flask) -> None:
    cita = programar(api, sala_id=1, asistente_id=2)
    assert cita["asistente"] == {"id": 2, "nombres": "Luz", "apellidos": "Asistente 2"}
    assert ocupado(app) == [("asistente", 2), ("doctor", 1), ("paciente", 1), ("sala", 1)]


@pytest.mark.parametrize(
    ("otra", "codigo"),
    [
        ({"asistente_id": 1}, "asistente_ocupado"),
        ({"asistente_id": 2, "sala_id": 1}, "sala_ocupada"),
    ],
)
def test_si_uno_no_puede_no_se_toma_ninguno(api: ApiClient, app: Flask, otra: dict[str, Any], codigo: str) -> None:
    programar(api, sala_id=1, asistente_id=1)
    antes = ocupado(app)
    problem(api.post("/citas", datos_de_cita(doctor_id=2, paciente_id=2, **otra)), 409, codigo)
    assert ocupado(app) == antes


def test_quien_no_asiste_no_se_agenda(api: ApiClient) -> None:
    problem(api.post("/citas", datos_de_cita(asistente_id=77)), 422)
    problem(api.post("/citas", datos_de_cita(asistente_id=3)), 409, "asistente_inactivo")


def test_cancelar_los_suelta_y_mover_los_lleva(api: ApiClient, app: Flask) -> None:
    cita = programar(api, sala_id=1, asistente_id=1)
    movida = ok(api.put(f"/citas/{cita['id']}", {"fecha_hora": manana("16:00")}))["cita"]
    assert (movida["asistente_id"], movida["sala_id"]) == (1, 1)
    programar(api, doctor_id=2, paciente_id=2, sala_id=1, asistente_id=1)
    ok(api.patch(f"/citas/{movida['id']}/estado", {"estado": "cancelada"}))
    assert len(ocupado(app)) == 4


def test_otro_asistente_en_la_misma_cita(api: ApiClient, app: Flask) -> None:
    cita = programar(api, asistente_id=1)
    programar(api, doctor_id=2, paciente_id=2, asistente_id=2)
    ruta, cabeceras = f"/citas/{cita['id']}", {"If-Match": "*"}
    problem(api.put(ruta, {"asistente_id": 2}, headers=cabeceras), 409, "asistente_ocupado")
    assert ok(api.put(ruta, {"asistente_id": None}, headers=cabeceras))["asistente"] is None
    assert ("asistente", 1) not in ocupado(app)


def test_se_ofrecen_solo_los_turnos_del_asistente(api: ApiClient, app: Flask) -> None:
    poner_horario(app, desde="08:00", hasta="10:00")
    poner_politica(app, holgura_despues_minutos=15)
    dia = f"{datetime.now(QUITO).year + 1}-06-08"
    programar(api, doctor_id=2, paciente_id=2, asistente_id=1, fecha_hora=f"{dia}T08:00:00")
    turnos = ok(api.get(f"/citas/disponibilidad?doctor_id=1&fecha={dia}&asistente_id=1"))["datos"]
    horas = [turno["fecha_hora"][11:16] for turno in turnos]
    # Busy until 8:45, tidying up included.
    assert horas == ["09:00", "09:30"]
    assert len(ok(api.get(f"/citas/disponibilidad?doctor_id=1&fecha={dia}&asistente_id=2"))["datos"]) == 4
