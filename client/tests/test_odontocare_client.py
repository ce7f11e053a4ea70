"""The HTTP client: tokens, waiting, and what it must not repeat."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from odontocare_client import ApiError, NotReachable, OdontoCareClient, _seconds


@pytest.fixture
def api(servidor: Any) -> OdontoCareClient:
    cliente = OdontoCareClient(servidor.url, "admin", "Iguana-Chagra-8426")
    cliente.login()
    return cliente


def test_wrong_credentials_are_said_at_once(servidor: Any) -> None:
    with pytest.raises(ApiError) as error:
        OdontoCareClient(servidor.url, "admin", "otra").login()
    assert error.value.status == 401
    assert servidor.peticiones == [("POST", "/auth/login")]


def test_an_expired_token_is_renewed_once(servidor: Any, api: OdontoCareClient) -> None:
    servidor.tokens.clear()
    assert api.get("/admin/centros")["datos"] == []
    assert servidor.peticiones[-3:] == [
        ("GET", "/admin/centros"),
        ("POST", "/auth/refresh"),
        ("GET", "/admin/centros"),
    ]


def test_each_post_has_its_own_key_so_that_repeating_it_is_safe(servidor: Any, api: OdontoCareClient) -> None:
    servidor.guion = {1: "corte"}
    respuesta = api.post("/admin/centros", {"codigo": "UIO"})
    assert (respuesta.attempts, respuesta.replayed) == (2, True)
    api.post("/admin/centros", {"codigo": "GYE"})
    assert len(servidor.respuestas) == 2


def test_a_broken_put_is_not_repeated(servidor: Any, api: OdontoCareClient) -> None:
    servidor.servidor.shutdown()
    servidor.servidor.server_close()
    api._http.close()
    with pytest.raises(NotReachable, match="se perdió la conexión"):
        api.put("/citas/1", {"estado": "cancelada"})


def test_it_waits_as_told_but_not_beyond_its_patience(servidor: Any, api: OdontoCareClient) -> None:
    assert _seconds("3") == 3
    assert 3000 < (_seconds(formatdate(time.time() + 3600, usegmt=True)) or 0) <= 3600
    assert _seconds("pronto") is None
    servidor.guion = dict.fromkeys(range(1, 10_000), "503")
    impaciente = OdontoCareClient(servidor.url, "admin", "Iguana-Chagra-8426", patience=0)
    impaciente.login()
    with pytest.raises(NotReachable, match="503"):
        impaciente.post("/admin/centros", {"codigo": "UIO"})


def test_a_refusal_reads_as_one_line() -> None:
    problema = {
        "codigo": "datos_invalidos",
        "detail": "Revise los datos.",
        "errores": {"identificacion": ["no es válida"], "salas": {"0": {"nombre": ["falta"]}}},
    }
    linea = "422 datos_invalidos: Revise los datos. (identificacion: no es válida; salas: 0: nombre: falta)"
    assert str(ApiError(422, problema)) == linea
