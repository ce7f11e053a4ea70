"""A real nginx in front of stand-ins that say what reached them."""

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import gateway_conf
import pytest
import requests
from flask import Flask, Response, jsonify, request
from local_settings import free_port
from werkzeug.serving import WSGIRequestHandler, make_server

# For what takes no time, but on a machine that stands still now and then.
SECONDS = 60


class _Http11(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object, **__: object) -> None:
        pass


def stand_in(name: str) -> Flask:
    """Answers everything below its context with what it received."""
    app = Flask(name)
    app.ready = True  # type: ignore[attr-defined]

    @app.get(f"/{name}/health/ready")
    def ready() -> tuple[dict[str, str], int]:
        return {"estado": "ok"}, 200 if app.ready else 503  # type: ignore[attr-defined]

    @app.get(f"/{name}/lento")
    def slow() -> str:
        app.gave_up.wait(SECONDS)  # type: ignore[attr-defined]
        return "tarde"

    @app.get(f"/{name}/cortado")
    def cut() -> Response:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response("nunca llega")

    @app.route(f"/{name}/ocupado")
    def busy() -> tuple[dict[str, str], int, dict[str, str]]:
        return {"codigo": "propio"}, 503, {"Retry-After": "7"}

    def echo(path: str = "") -> Response:
        answer = jsonify(
            service=name,
            method=request.method,
            path=request.path,
            raw=request.environ["RAW_URI"],
            args=request.args.to_dict(flat=False),
            headers={k.lower(): v for k, v in request.headers.items()},
            size=len(request.get_data()),
        )
        answer.headers["X-Request-ID"] = "del-servicio"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    app.add_url_rule(f"/{name}", view_func=echo, methods=methods, endpoint="root")
    app.add_url_rule(f"/{name}/<path:path>", view_func=echo, methods=methods, endpoint="below")
    return app


class StandIn:
    """A stand-in service on a port of its own; `ready` says what its readiness answers."""

    def __init__(self, name: str) -> None:
        self.app = stand_in(name)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_Http11)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def answers(url: str) -> bool:
    """Whether a gateway listens there."""
    with contextlib.suppress(requests.RequestException):
        requests.get(url, timeout=SECONDS)
        return True
    return False


@contextlib.contextmanager
def running_gateway(folder: Path, **settings: str) -> Iterator[str]:
    """nginx with these settings over generous limits; yields its address."""
    port = free_port()
    base = {
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "GATEWAY_WORKERS": "1",
        "GATEWAY_RATE": "10000r/s",
        "GATEWAY_BURST": "10000",
        "GATEWAY_LOGIN_RATE": "10000r/s",
        "GATEWAY_LOGIN_BURST": "10000",
        # A busy machine makes stand-ins wait; those who try patience say how much of it there is.
        "GATEWAY_CONNECT_TIMEOUT": "60s",
        "GATEWAY_TIMEOUT": "60s",
        "GATEWAY_HEALTH_TIMEOUT": "60s",
        "GATEWAY_ACCESS_LOG": str(folder / "access.log"),
        "GATEWAY_AUTH": "127.0.0.1:1",
        "GATEWAY_ADMIN": "127.0.0.1:1",
        "GATEWAY_CITAS": "127.0.0.1:1",
        "NGINX": os.environ.get("NGINX", ""),
    }
    process = subprocess.Popen(gateway_conf.prepare(folder, {**base, **settings}), stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + SECONDS
        while not answers(url):
            if process.poll() is not None:
                assert process.stderr
                pytest.fail(process.stderr.read().decode())
            assert time.monotonic() < end, "it does not answer"
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(SECONDS)
        assert process.stderr
        process.stderr.close()


@pytest.fixture(scope="session")
def services() -> Iterator[dict[str, StandIn]]:
    standing = {
        name: StandIn(name)
        for name in ("auth", "admin", "citas", "comunicaciones", "inventario", "historia-clinica", "facturacion")
    }
    yield standing
    for service in standing.values():
        service.stop()


Start = Callable[..., contextlib.AbstractContextManager[str]]


@pytest.fixture(scope="session")
def start(services: dict[str, StandIn], tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Start a gateway of one's own, with settings, in front of the stand-ins."""

    def run(**settings: str) -> contextlib.AbstractContextManager[str]:
        upstreams = {
            f"GATEWAY_{name.upper().replace('-', '_')}": f"127.0.0.1:{s.port}" for name, s in services.items()
        }
        return running_gateway(tmp_path_factory.mktemp("gateway"), **{**upstreams, **settings})

    return run


@pytest.fixture(scope="session")
def url(start: Start) -> Iterator[str]:
    """The gateway that most tests share."""
    with start(CORS_ORIGINS="https://a.example, https://b.example") as address:
        yield address
