"""The gateway's own pages: index, health, documentation."""

import contextlib

import pytest
import requests

PAGES = {
    "/": "application/json",
    "/health": "application/json",
    "/openapi.json": "application/json",
    "/docs": "text/html; charset=utf-8",
    "/redoc": "text/html; charset=utf-8",
    "/docs/errores": "text/html; charset=utf-8",
    "/enlace.html": "text/html; charset=utf-8",
    "/estado": "text/html; charset=utf-8",
    "/assets/estado.js": "text/javascript; charset=utf-8",
    "/assets/enlace.js": "text/javascript; charset=utf-8",
    "/assets/docs.js": "text/javascript; charset=utf-8",
}


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_get_and_head_only(url: str, path: str) -> None:
    answer = requests.get(url + path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, PAGES[path])
    head = requests.head(url + path)
    assert (head.status_code, head.content, head.headers["Content-Type"]) == (200, b"", PAGES[path])
    refused = requests.post(url + path, json={})
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


def test_the_index_names_pages_that_exist(url: str) -> None:
    index = requests.get(url).json()
    for path in [index["salud"], index["estado"], *index["documentacion"].values()]:
        assert requests.get(url + path).status_code == 200


def test_health_tells_each_service(url: str, services, start) -> None:
    up = {"estado": "listo"}
    assert requests.get(f"{url}/health").json() == {
        "estado": "listo",
        "servicios": {
            service: up
            for service in (
                "auth",
                "admin",
                "citas",
                "comunicaciones",
                "inventario",
                "historia-clinica",
                "facturacion",
            )
        },
    }
    with not_ready(services["admin"]), start(GATEWAY_CITAS="127.0.0.1:1") as other:
        answer = requests.get(f"{other}/health")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "estado": "degradado",
        "servicios": {
            "auth": up,
            "admin": {"estado": "no_listo"},
            "citas": {"estado": "no_disponible"},
            "comunicaciones": up,
            "inventario": up,
            "historia-clinica": up,
            "facturacion": up,
        },
    }


@contextlib.contextmanager
def not_ready(service):
    service.app.ready = False
    yield
    service.app.ready = True


@pytest.mark.parametrize("page", ["/docs", "/redoc", "/docs/errores", "/enlace.html", "/estado"])
def test_documentation_loads_nothing_from_elsewhere(url: str, page: str) -> None:
    html = requests.get(url + page)
    assert "://" not in html.text
    assert "script-src 'self';" in html.headers["Content-Security-Policy"]
    for part in html.text.split('"'):
        if part.startswith("/assets/"):
            assert requests.get(url + part).status_code == 200
