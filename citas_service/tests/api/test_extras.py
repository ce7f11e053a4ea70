"""Extras: what is charged on an appointment beside its treatments."""

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..conftest import programar


def test_agregar_corregir_y_quitar(api: ApiClient) -> None:
    cita = programar(api)
    url = f"/citas/{cita['id']}/extras"
    alta = api.post(url, {"descripcion": "Cepillo", "cantidad": "2", "precio_unitario": 3.255})
    linea = ok(alta, 201)
    assert (linea["cantidad"], linea["precio_unitario"], linea["subtotal"]) == (2, 3.255, 6.51)
    assert alta.headers["Location"] == f"/citas/extras/{linea['id']}"
    corregida = ok(api.put(f"/citas/extras/{linea['id']}", {"cantidad": 1}, headers={"If-Match": '"1"'}))
    assert (corregida["cantidad"], corregida["descripcion"]) == (1, "Cepillo")
    ok(api.post(url, {"descripcion": "Hilo", "precio_unitario": 1.5}), 201)
    lista = ok(api.get(url))
    assert ([x["descripcion"] for x in lista["datos"]], lista["total"]) == (["Cepillo", "Hilo"], 4.76)
    assert api.delete(f"/citas/extras/{linea['id']}").status_code == 204
    assert ok(api.get(url))["total"] == 1.5


@pytest.mark.parametrize(
    "cambio",
    [{"cantidad": 0}, {"cantidad": -1}, {"precio_unitario": -1}, {"precio_unitario": "1.0000001"},
     {"precio_unitario": "mucho"}, {"precio_unitario": "NaN"}, {"descripcion": "  "}, {"cantidad": True}],
)  # fmt: skip
def test_lo_que_no_tiene_sentido_se_rechaza(api: ApiClient, cambio: dict[str, object]) -> None:
    cita = programar(api)
    cuerpo = {"descripcion": "Cepillo", "precio_unitario": 3} | cambio
    assert list(problem(api.post(f"/citas/{cita['id']}/extras", cuerpo), 422)["errores"]) == list(cambio)


def test_un_extra_cambia_la_version_de_la_cita(api: ApiClient) -> None:
    cita = programar(api)
    ok(api.post(f"/citas/{cita['id']}/extras", {"descripcion": "Hilo", "precio_unitario": 1}), 201)
    assert api.get(f"/citas/{cita['id']}").headers["ETag"] == '"2"'


def test_una_cita_completada_no_cambia_de_extras(api: ApiClient) -> None:
    cita = programar(api)
    ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "completada"}))
    nuevo = api.post(f"/citas/{cita['id']}/extras", {"descripcion": "Hilo", "precio_unitario": 1})
    problem(nuevo, 409, "cita_cerrada")


def test_los_extras_de_una_cita_ajena_no_se_ven(api: ApiClient) -> None:
    cita = programar(api)
    linea = ok(api.post(f"/citas/{cita['id']}/extras", {"descripcion": "Hilo", "precio_unitario": 1}), 201)
    otro = api.as_("medico", doctor_id=2)
    problem(otro.get(f"/citas/{cita['id']}/extras"), 404)
    problem(otro.get(f"/citas/extras/{linea['id']}"), 404)
