"""nginx's own errors follow the contract of the services: RFC 9457, in Spanish, with a trace."""

import http.client
import re
import socket
import threading
from http import HTTPStatus

import gateway_conf
import pytest
import requests

FIELDS = {"type", "title", "status", "detail", "instance", "codigo", "errores", "traza"}


def check(answer: requests.Response, status: int, codigo: str) -> None:
    body = answer.json()
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(body) == FIELDS
    assert (body["status"], body["codigo"], body["errores"]) == (status, codigo, {})
    assert body["type"] == f"/docs/errores#{codigo}"
    assert body["detail"].endswith(".")
    assert body["traza"] == answer.headers["X-Request-ID"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ("Retry-After" in answer.headers) == (status in {429, 502, 503, 504})


def test_each_error_that_a_client_can_cause(url: str) -> None:
    check(requests.get(f"{url}/nada"), 404, "no_encontrado")
    check(requests.post(f"{url}/docs"), 405, "metodo_no_permitido")
    check(requests.request("TRACE", f"{url}/citas"), 405, "metodo_no_permitido")
    check(requests.post(f"{url}/citas", data=b"x" * (2**20 + 1)), 413, "cuerpo_demasiado_grande")
    check(requests.get(f"{url}/citas/" + "x" * 9000), 414, "uri_demasiado_larga")
    check(requests.get(f"{url}/citas", headers={"X": "y" * 9000}), 431, "encabezados_demasiado_grandes")


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"NADA\r\n\r\n", 400),
        (b"GET /citas HTTP/1.1\r\n\r\n", 400),
        (b"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505),
        (b"POST /citas HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /citas HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
)
def test_what_is_not_http_is_answered_in_json_too(url: str, request_text: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))) as connection:
        connection.sendall(request_text)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = answer.read().decode()
    assert (answer.version, answer.status) == (11, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert f'"status":{status}' in body


def test_a_slow_service_is_504(start, services) -> None:
    gave_up = services["auth"].app.gave_up = threading.Event()  # until then it says nothing
    with start(GATEWAY_TIMEOUT="1s") as impatient:
        check(requests.get(f"{impatient}/auth/lento"), 504, "servicio_sin_respuesta")
    gave_up.set()


def test_a_dead_service_is_503_and_one_that_dies_answering_502(url: str, start) -> None:
    check(requests.get(f"{url}/auth/cortado"), 502, "respuesta_interrumpida")
    with start(GATEWAY_AUTH="127.0.0.1:1") as other:
        check(requests.post(f"{other}/auth/login", json={}), 503, "servicio_no_disponible")
        assert requests.get(f"{other}/citas").status_code == 200


def test_the_answer_of_a_service_is_its_own(url: str) -> None:
    answer = requests.get(f"{url}/auth/ocupado")
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (
        503,
        {"codigo": "propio"},
        "7",
    )


@pytest.mark.parametrize("path", ['/a"b', "/a\\b", "/a%22b", "/<script>", "/a?clave=secreta", "/a\x7fb"])
def test_the_instance_is_valid_json_and_shows_no_query(url: str, path: str) -> None:
    session = requests.Session()
    request = session.prepare_request(requests.Request("GET", url))
    request.url = url + path
    instance = session.send(request).json()["instance"]
    assert re.fullmatch(r"/[^?\"\\<>]*", instance)
    assert "secreta" not in instance


def test_titles_are_the_standard_phrases_and_codes_are_explained() -> None:
    template = gateway_conf.TEMPLATE.read_text(encoding="utf-8")
    codes = dict(re.findall(r"^        (\d{3}) (\w+);$", template, re.MULTILINE))
    titles = dict(re.findall(r'^        (\d{3}) "([^".]+)";$', template, re.MULTILINE))
    details = dict(re.findall(r'^        (\d{3}) "([^"]+\.)";$', template, re.MULTILINE))
    assert set(codes) == set(titles) == set(details)
    page = (gateway_conf.FOLDER / "html" / "errores.html").read_text(encoding="utf-8")
    for status, title in titles.items():
        same = {"Content Too Large": "Request Entity Too Large", "URI Too Long": "Request-URI Too Long"}
        phrase = HTTPStatus(int(status)).phrase
        assert title in {phrase, same.get(phrase), "Requested Range Not Satisfiable"}
        assert f'<tr id="{codes[status]}"><td>{status}</td>' in page
