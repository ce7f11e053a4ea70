"""Which request reaches which service, and in what shape."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests


@pytest.mark.parametrize(
    "service", ["auth", "admin", "citas", "comunicaciones", "inventario", "historia-clinica", "facturacion"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_context_goes_to_its_service_unchanged(url: str, service: str, method: str) -> None:
    seen = requests.request(method, f"{url}/{service}/a/7?q=ñ&x=1&x=2").json()
    assert (seen["service"], seen["method"], seen["path"]) == (service, method, f"/{service}/a/7")
    assert seen["args"] == {"q": ["ñ"], "x": ["1", "2"]}


@pytest.mark.parametrize(
    "path",
    [
        "/interno",
        "/interno/eventos",
        "/auth/interno/revocaciones",
        "/auth/%69nterno/revocaciones",
        "/auth%2Finterno/revocaciones",
        "/auth/x/../interno/revocaciones",
        "/auth/./interno/eventos",
        "/auth//interno/eventos",
        "/metrics",
        "/citas/metrics",
        "/citas/metrics/",
        "/citas/metric%73",
    ],
)
def test_internal_paths_are_never_served(url: str, path: str) -> None:
    session = requests.Session()
    request = session.prepare_request(requests.Request("GET", url))
    request.url = url + path  # as written, dots and all
    answer = session.send(request)
    assert (answer.status_code, answer.json()["codigo"]) == (404, "no_encontrado")


@pytest.mark.parametrize(
    "path", ["/nada", "/authx", "/aut", "/docs/", "/health/", "/assets", "/assets/", "/assets/redoc",
             "/auth//login", "//auth", "/_error", "/_interrupted", "/_health/auth", "/_health_down",
             "/index.json", "/docs.html", "/api", "/api/v1"]
)  # fmt: skip
def test_unknown_paths_are_404_without_redirects(url: str, path: str) -> None:
    answer = requests.get(url + path, allow_redirects=False)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_the_service_gets_the_path_that_was_judged(url: str) -> None:
    seen = requests.get(f"{url}/citas/caf%C3%A9%20x%3Fy%23/%25").json()
    assert seen["path"] == "/citas/café x?y#/%"
    session = requests.Session()
    request = session.prepare_request(requests.Request("GET", url))
    request.url = f"{url}/citas/interno/../1"
    assert session.send(request).json()["raw"] == "/citas/1"


class _PeerPort(BaseHTTPRequestHandler):
    """Answers with the port that the connection comes from."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = str(self.client_address[1]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_connections_to_a_service_are_kept(start) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _PeerPort) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with start(GATEWAY_AUTH=f"127.0.0.1:{server.server_port}") as url:
            assert len({requests.get(f"{url}/auth/x").text for _ in range(5)}) == 1
        server.shutdown()


@pytest.mark.skipif("NGINX" in os.environ, reason="names are looked up while running from nginx 1.27.3 on")
def test_a_name_that_does_not_resolve_stops_nothing(start) -> None:
    with start(
        GATEWAY_CITAS="no-existe.invalid:5005", GATEWAY_RESOLVE="resolve", GATEWAY_RESOLVER="127.0.0.1:1"
    ) as url:
        assert requests.get(f"{url}/auth/x").status_code == 200
        answer = requests.get(f"{url}/citas")
        assert (answer.status_code, answer.json()["codigo"]) == (503, "servicio_no_disponible")
        assert "Retry-After" in answer.headers
