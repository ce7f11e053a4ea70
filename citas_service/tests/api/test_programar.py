"""Booking an appointment."""

from comun.testing.client import ApiClient, ok

from ..conftest import datos_de_cita, manana


def test_una_cita_queda_programada(api: ApiClient) -> None:
    respuesta = api.post("/citas", datos_de_cita())
    cita = ok(respuesta, 201)
    assert cita["estado"] == "programada"
    assert cita["fecha_hora"] == manana() + "-05:00"
    assert cita["duracion_minutos"] == 30
    assert cita["paciente"] == {"id": 1, "nombres": "José", "apellidos": "Núñez 1", "telefono": "0991234567"}
    assert cita["doctor"] == {"id": 1, "nombres": "Ana", "apellidos": "Doctora 1"}
    assert respuesta.headers["Location"] == f"/citas/{cita['id']}"
    assert respuesta.headers["ETag"] == '"1"'
    assert ok(api.get(f"/citas/{cita['id']}")) == cita
