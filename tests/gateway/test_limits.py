"""Body sizes and rates, each a setting."""

import pytest
import requests

MIB = 2**20


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/citas", MIB),
        ("/admin/pacientes/carga", 10 * MIB),
        ("/historia-clinica/pacientes/1/adjuntos", 20 * MIB),
    ],
)
def test_bodies_up_to_the_limit_of_their_path(url: str, path: str, limit: int) -> None:
    assert requests.post(url + path, data=b"x" * limit).status_code in {200, 503}
    too_much = requests.post(url + path, data=b"x" * (limit + 1))
    assert (too_much.status_code, too_much.json()["codigo"]) == (413, "cuerpo_demasiado_grande")


def test_limits_are_settings(start) -> None:
    with start(GATEWAY_BODY="10", GATEWAY_RETRY_AFTER="9", GATEWAY_RATE="1r/m", GATEWAY_BURST="3") as url:
        assert requests.post(f"{url}/citas", data=b"x" * 11).status_code == 413
        last = [requests.get(f"{url}/citas") for _ in range(5)][-1]
    assert (last.status_code, last.json()["codigo"]) == (429, "demasiadas_solicitudes")
    assert last.headers["Retry-After"] == "9"


def test_login_is_throttled_apart_whatever_its_name(start) -> None:
    with start(GATEWAY_LOGIN_RATE="1r/m", GATEWAY_LOGIN_BURST="2") as url:
        paths = ["/auth/login", "/api/v1/auth/login", "/api/auth/login", "/auth/login"]
        assert [requests.post(url + path, json={}).status_code for path in paths] == [200, 200, 200, 429]
        assert requests.get(f"{url}/auth/perfil").status_code == 200
