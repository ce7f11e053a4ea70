"""Patients who wait, or have a slot put aside, and are inactivated, forgotten or merged meanwhile."""

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..conftest import datos_de_cita, manana, programar
from ..contratos.test_eventos import PACIENTE, entregar
from ..esperas import cuenta, esperar, incoherencias, repartir, se_libera, ver


def noticia(api: ApiClient, suceso: str, paciente_id: int, **datos: Any) -> None:
    """admin_service tells of a patient."""
    ficha = {"id": paciente_id, "nombres": "José", "apellidos": "Núñez", **PACIENTE, **datos}
    ok(entregar(api, f"paciente.{suceso}.v1", f"paciente/{paciente_id}", ficha))


def fusionar(api: ApiClient) -> None:
    """Patient 2's records become patient 1's."""
    noticia(api, "fusionado", 1, absorbido_id=2)


def apartar(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    datos = {campo: valor for campo, valor in datos_de_cita(**cambios).items() if campo != "motivo_consulta"}
    apartado: dict[str, Any] = ok(api.post("/citas/apartados", datos), 201)
    return apartado


@pytest.mark.parametrize("suceso", ["inactivado", "eliminado"])
def test_un_paciente_inactivo_o_eliminado_ya_no_espera(api: ApiClient, app: Flask, suceso: str) -> None:
    espera, otra = esperar(api), esperar(api, paciente_id=2)
    se_libera(api)
    repartir(app)
    noticia(api, suceso, 1, estado_paciente="inactivo")
    assert ver(api, espera)["estado"] == "cancelada"
    repartir(app)
    assert ver(api, otra)["oferta"] is not None
    assert incoherencias(app) == {}


def test_la_noticia_vieja_de_que_estuvo_inactivo_no_le_quita_lo_que_espera(api: ApiClient) -> None:
    ficha = {"id": 1, "nombres": "José", "apellidos": "Núñez", **PACIENTE}
    ok(entregar(api, "paciente.actualizado.v1", "paciente/1", ficha, 4))
    espera = esperar(api)
    ok(entregar(api, "paciente.inactivado.v1", "paciente/1", {**ficha, "estado_paciente": "inactivo"}, 3))
    assert ver(api, espera)["estado"] == "esperando"


def test_de_un_paciente_olvidado_no_queda_contacto_ni_nota(api: ApiClient, app: Flask) -> None:
    espera = esperar(api, notas="Solo con su hija")
    se_libera(api)
    repartir(app)
    noticia(api, "anonimizado", 1, telefono=None, email=None)
    assert ver(api, espera)["notas"] is None
    datos = cuenta(app, "SELECT datos FROM evento_saliente WHERE tipo = 'espera.ofrecida.v1'")
    assert "0991234567" not in str(datos)


def test_lo_que_esperaba_el_absorbido_es_del_que_queda(api: ApiClient, app: Flask) -> None:
    espera = esperar(api, paciente_id=2)
    se_libera(api)
    repartir(app)
    fusionar(api)
    assert ver(api, espera)["paciente_id"] == 1
    cita = ok(api.as_("paciente", paciente_id=1).post(f"/citas/lista-espera/{espera['id']}/aceptar"))["cita"]
    assert cita["paciente_id"] == 1
    assert incoherencias(app) == {}


def test_lo_que_los_dos_esperaban_se_espera_una_vez(api: ApiClient, app: Flask) -> None:
    una, otra = esperar(api, paciente_id=1), esperar(api, paciente_id=2)
    fusionar(api)
    assert [ver(api, espera)["estado"] for espera in (una, otra)] == ["esperando", "cancelada"]


def test_una_oferta_para_cuando_ya_tiene_cita_se_retira(api: ApiClient, app: Flask) -> None:
    espera = esperar(api, paciente_id=2)
    se_libera(api)
    repartir(app)
    programar(api, paciente_id=1, doctor_id=2)
    fusionar(api)
    vista = ver(api, espera)
    assert (vista["estado"], vista["oferta"], vista["paciente_id"]) == ("esperando", None, 1)
    assert incoherencias(app) == {}


def test_los_apartados_tambien_pasan(api: ApiClient) -> None:
    apartado = apartar(api, paciente_id=2)
    fusionar(api)
    assert ok(api.get(f"/citas/apartados/{apartado['id']}"))["paciente_id"] == 1
    problem(api.post("/citas", datos_de_cita(doctor_id=2)), 409, "paciente_ocupado")


def test_un_apartado_no_impide_que_le_llegue_una_cita(api: ApiClient) -> None:
    apartado = apartar(api, paciente_id=1, doctor_id=2)
    cita = programar(api, paciente_id=2)
    fusionar(api)
    problem(api.get(f"/citas/apartados/{apartado['id']}"), 404)
    assert ok(api.get(f"/citas/{cita['id']}"))["paciente_id"] == 1


def test_quien_pide_sus_datos_ve_lo_que_espera(api: ApiClient) -> None:
    espera = esperar(api)
    apartado = apartar(api, fecha_hora=manana("15:00"))
    datos = ok(api.as_("servicio").get("/interno/pacientes/1/datos"))
    assert [e["id"] for e in datos["espera"]] == [espera["id"]]
    assert [a["id"] for a in datos["apartados"]] == [apartado["id"]]
