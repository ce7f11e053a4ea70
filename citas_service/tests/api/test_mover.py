"""Moving an appointment: the new one takes the old one's place, or nothing changes."""

from typing import Any

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Ocupacion
from comun.testing.client import ApiClient, ok, problem

from ..conftest import AdminDePrueba, datos_de_cita, manana, programar


def mover(api: ApiClient, cita: dict[str, Any], **cambios: Any) -> Any:
    return api.put(f"/citas/{cita['id']}", cambios)


def test_a_otra_hora(api: ApiClient) -> None:
    vieja = programar(api, sala_id=1)
    respuesta = ok(mover(api, vieja, fecha_hora=manana("16:00")))
    assert respuesta["mensaje"] == "Cita reprogramada."
    anterior, nueva = respuesta["cita_anterior"], respuesta["cita"]
    assert (anterior["id"], anterior["estado"]) == (vieja["id"], "cancelada")
    assert anterior["reprogramada_en_id"] == nueva["id"]
    assert nueva["reprograma_a_id"] == vieja["id"]
    assert nueva["fecha_hora"] == manana("16:00") + "-05:00"
    assert (nueva["estado"], nueva["sala_id"], nueva["motivo_consulta"]) == ("programada", 1, "Control")
    programar(api, paciente_id=2, sala_id=1)


@pytest.mark.parametrize("cambio", [{"doctor_id": 2}, {"centro_id": 2}, {"paciente_id": 2}])
def test_a_otro_doctor_centro_o_paciente(api: ApiClient, cambio: dict[str, int]) -> None:
    vieja = programar(api)
    nueva = ok(mover(api, vieja, **cambio))["cita"]
    assert cambio.items() <= nueva.items()


@pytest.mark.both_databases
def test_a_una_hora_que_se_solapa_con_ella_misma(api: ApiClient) -> None:
    vieja = programar(api, duracion_minutos=60)
    assert ok(mover(api, vieja, fecha_hora=manana("10:30")))["cita"]["duracion_minutos"] == 60


@pytest.mark.both_databases
def test_si_no_hay_lugar_nada_cambia(api: ApiClient, app: Flask) -> None:
    vieja = programar(api, fecha_hora=manana("09:00"))
    programar(api, paciente_id=2, fecha_hora=manana("11:00"))
    error = problem(mover(api, vieja, fecha_hora=manana("11:15")), 409, "doctor_ocupado")
    assert error["detail"].startswith("No se pudo reprogramar la cita: ")
    assert ok(api.get(f"/citas/{vieja['id']}")) == vieja
    problem(api.post("/citas", datos_de_cita(paciente_id=3, fecha_hora=manana("09:00"))), 409, "doctor_ocupado")
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Ocupacion)) == 4


def test_a_un_doctor_inactivo_no(api: ApiClient) -> None:
    vieja = programar(api)
    error = problem(mover(api, vieja, doctor_id=5), 409, "doctor_inactivo")
    assert error["detail"].startswith("No se pudo reprogramar")


def test_al_pasado_no(api: ApiClient) -> None:
    vieja = programar(api)
    assert "fecha_hora" in problem(mover(api, vieja, fecha_hora="2020-01-01T10:00:00"), 422)["errores"]


def test_dos_veces_la_misma_no(api: ApiClient) -> None:
    vieja = programar(api)
    ok(mover(api, vieja, fecha_hora=manana("16:00")))
    problem(mover(api, vieja, fecha_hora=manana("17:00")), 409, "transicion_ilegal")


def test_sin_admin_service_se_queda_como_estaba(api: ApiClient, admin: AdminDePrueba) -> None:
    vieja = programar(api)
    admin.caido = True
    problem(mover(api, vieja, fecha_hora=manana("16:00")), 503)
    assert ok(api.get(f"/citas/{vieja['id']}")) == vieja


def test_un_paciente_mueve_la_suya_pero_no_la_pasa_a_otro(api: ApiClient) -> None:
    vieja = programar(api)
    paciente = api.as_("paciente", paciente_id=1)
    problem(mover(paciente, vieja, paciente_id=2), 403, "paciente_ajeno")
    ok(mover(paciente, vieja, fecha_hora=manana("16:00")))


def test_una_secretaria_no_la_lleva_a_un_centro_ajeno(api: ApiClient) -> None:
    vieja = programar(api)
    problem(mover(api.as_("secretaria", centros=[1]), vieja, centro_id=2), 403, "centro_ajeno")


def test_mover_pide_su_permiso(api: ApiClient) -> None:
    vieja = programar(api)
    medico = api.as_("medico", ["citas:leer", "citas:editar"], doctor_id=1)
    problem(mover(medico, vieja, fecha_hora=manana("16:00")), 403)


def test_if_match_se_respeta_tambien_al_mover(api: ApiClient) -> None:
    vieja = programar(api)
    respuesta = api.put(f"/citas/{vieja['id']}", {"fecha_hora": manana("16:00")}, headers={"If-Match": '"7"'})
    problem(respuesta, 412)
