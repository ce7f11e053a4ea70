"""Request ids, addresses, CORS and security headers."""

import re

import pytest
import requests

A = "https://a.example"


def test_every_answer_carries_the_security_headers(url: str) -> None:
    for path in ("/citas", "/nada", "/inventario", "/docs", "/health", "/"):
        headers = requests.get(url + path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "nginx/" not in headers["Server"]
    assert requests.get(f"{url}/citas").headers["Cache-Control"] == "no-store"


def test_a_valid_request_id_is_kept_and_passed_on(url: str) -> None:
    answer = requests.get(f"{url}/citas", headers={"X-Request-ID": "mi.id_unico-1"})
    assert answer.headers["X-Request-ID"] == "mi.id_unico-1"
    assert answer.json()["headers"]["x-request-id"] == "mi.id_unico-1"


@pytest.mark.parametrize("bad", ["corto", "x" * 65, 'comilla"dentro', "con espacio", ""])
def test_any_other_request_id_is_replaced(url: str, bad: str) -> None:
    answer = requests.get(f"{url}/citas", headers={"X-Request-ID": bad})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])
    assert answer.json()["headers"]["x-request-id"] == answer.headers["X-Request-ID"]


def test_trace_context_passes(url: str) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert requests.get(f"{url}/citas", headers={"traceparent": trace}).json()["headers"]["traceparent"] == trace


def test_a_client_cannot_forge_its_address(url: str) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "malo.example",
    }
    seen = requests.get(f"{url}/citas", headers=forged).json()["headers"]
    assert seen["x-forwarded-for"] == seen["x-real-ip"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert seen["x-forwarded-host"] == seen["host"]
    assert "forwarded" not in seen


def test_a_trusted_proxy_tells_the_address_and_the_scheme(start) -> None:
    with start(GATEWAY_TRUSTED_PROXY="127.0.0.0/8") as url:
        answer = requests.get(
            f"{url}/citas", headers={"X-Forwarded-For": "9.9.9.9, 8.8.8.8", "X-Forwarded-Proto": "https"}
        )
    assert answer.json()["headers"]["x-forwarded-for"] == "8.8.8.8"
    assert answer.json()["headers"]["x-forwarded-proto"] == "https"
    assert "Strict-Transport-Security" in answer.headers


def preflight(url: str, origin: str) -> requests.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    return requests.options(f"{url}/citas/1/estado", headers=asked)


def test_preflight_is_answered_at_the_gateway(url: str) -> None:
    answer = preflight(url, A)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == A
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"]
    for name in (
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "X-Request-ID",
        "traceparent",
    ):
        assert name in allowed
    assert "Origin" in answer.headers["Vary"]


def test_answers_and_errors_to_a_listed_origin_can_be_read(url: str) -> None:
    for origin in (A, "https://b.example"):
        for path in ("/citas", "/nada", "/inventario"):
            headers = requests.get(url + path, headers={"Origin": origin}).headers
            assert headers["Access-Control-Allow-Origin"] == origin
            for name in ("ETag", "Location", "Retry-After", "Idempotent-Replayed", "X-Request-ID"):
                assert name in headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "origin",
    ["https://c.example", "https://a.example.malo.example", "https://a.exampl", "http://a.example", "null",
     "https://a.example, https://b.example", "x,|x", ",|,", "https://a.example,"],
)  # fmt: skip
def test_other_origins_get_nothing(url: str, origin: str) -> None:
    for answer in (preflight(url, origin), requests.get(f"{url}/citas", headers={"Origin": origin})):
        assert not [name for name in answer.headers if name.startswith("Access-Control-Allow")]


def test_cors_for_everybody_and_for_nobody(start) -> None:
    with start(CORS_ORIGINS="*") as everybody, start() as nobody:
        assert preflight(everybody, "https://x.example").headers["Access-Control-Allow-Origin"] == "*"
        for origin in (A, ""):
            assert "Access-Control-Allow-Origin" not in preflight(nobody, origin).headers
