"""`make estado`: what it says and how it ends, in front of a stand-in for the gateway."""

from __future__ import annotations

import io
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import estado
import pytest

ROOT = Path(__file__).resolve().parents[2]

EVENTS = {"pendientes": 0, "fallidos": 0, "atraso_segundos": 0.0, "atascado": False}
JOB = {
    "nombre": "depurar_eventos",
    "ultimo_inicio": "2026-01-15T10:00:00+00:00",
    "ultimo_fin": "2026-01-15T10:00:01+00:00",
    "error": None,
    "en_curso": False,
    "atraso_segundos": 0.0,
    "atrasado": False,
}


def well(**subscribers: dict[str, Any]) -> dict[str, Any]:
    """What a service tells that is ready and has nothing to complain of."""
    return {
        "estado": "listo",
        "comprobaciones": {
            "base_de_datos": {"estado": "bien", "ms": 1},
            "eventos": {"estado": "bien", **EVENTS, "suscriptores": subscribers},
            "trabajos": {
                "estado": "bien",
                "trabajador_activo": True,
                "latido_hace_segundos": 4.2,
                "detalle": [dict(JOB)],
            },
        },
    }


class Gateway:
    """Serves `services`; one that is None is down, and the gateway says so in its own words."""

    def __init__(self) -> None:
        self.services: dict[str, Any] = {"auth": well(citas=dict(EVENTS)), "citas": well()}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = gateway.answer(self.path)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        if path == "/health":
            return 200, {"estado": "degradado", "servicios": {name: {} for name in self.services}}
        found = self.services[path.split("/")[1]]
        if found is None:
            return 503, {"codigo": "servicio_no_disponible"}
        return 200 if found["estado"] == "listo" else 503, found


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.server.shutdown()
    gateway.server.server_close()


def make_estado(url: str) -> tuple[int, str]:
    done = subprocess.run(["make", "-s", "estado", f"URL={url}"], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout


def look(url: str) -> tuple[int, str]:
    """What `make estado` does, without starting anything."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as said:
        patch.setattr(estado, "ASK_SECONDS", 60)  # who only stands still is not absent
        patch.setattr("sys.argv", ["estado.py", "--url", url])
        return estado.main(), said.getvalue()


def complaints(gateway: Gateway) -> list[str]:
    """What is wrong, and that the exit status says so too."""
    status, said = look(gateway.url)
    assert status != 0
    assert "Todo bien." not in said
    return [line.removeprefix("Mal: ") for line in said.splitlines() if line.startswith("Mal: ")]


def test_all_is_well(gateway: Gateway) -> None:
    status, said = make_estado(gateway.url)
    assert status == 0
    lines = [line.split() for line in said.splitlines()]
    assert ["auth", "listo", "bien", "visto", "hace", "4", "s"] in lines
    assert ["auth", "→", "citas", "0", "0", "–"] in lines
    assert "trabajos: 2 de 2 al día" in said
    assert said.endswith("Todo bien.\n")


def test_what_waits_a_moment_is_no_trouble(gateway: Gateway) -> None:
    figures = gateway.services["auth"]["comprobaciones"]["eventos"]["suscriptores"]["citas"]
    figures.update(pendientes=12, atraso_segundos=75.3)
    status, said = look(gateway.url)
    assert status == 0
    assert ["auth", "→", "citas", "12", "0", "1", "min"] in [line.split() for line in said.splitlines()]


def test_a_service_that_is_down_hides_no_other(gateway: Gateway) -> None:
    gateway.services["auth"] = None
    gateway.services["citas"]["comprobaciones"]["base_de_datos"]["estado"] = "mal"
    gateway.services["citas"]["estado"] = "no_listo"
    assert complaints(gateway) == ["auth no responde.", "citas no está listo: base_de_datos."]


def test_events_that_get_stuck_or_were_given_up_on(gateway: Gateway) -> None:
    figures = gateway.services["auth"]["comprobaciones"]["eventos"]["suscriptores"]["citas"]
    figures.update(pendientes=3, atraso_segundos=7300.0, atascado=True)
    assert complaints(gateway) == ["citas no recibe los eventos de auth desde hace 2 h."]
    figures.update(fallidos=1)
    assert complaints(gateway) == ["auth se rindió con 1 evento para citas (python -m auth eventos repetir citas)."]


def test_jobs_that_fail_or_that_nobody_takes(gateway: Gateway) -> None:
    ended = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    failed = {**JOB, "nombre": "a", "error": "ValueError", "ultimo_fin": ended}
    never = {**failed, "nombre": "b", "ultimo_fin": None}
    late = {**JOB, "nombre": "c", "atrasado": True, "atraso_segundos": 600.0}
    gateway.services["citas"]["comprobaciones"]["trabajos"]["detalle"] = [failed, never, late]
    assert complaints(gateway) == [
        "citas: a falló (ValueError); terminó bien hace 3 h.",
        "citas: b falló (ValueError); nunca terminó bien.",
        "citas: c espera su turno desde hace 10 min.",
    ]


def test_without_a_worker_its_jobs_need_not_be_named(gateway: Gateway) -> None:
    work = gateway.services["citas"]["comprobaciones"]["trabajos"]
    work.update(trabajador_activo=False, latido_hace_segundos=None)
    work["detalle"] = [{**JOB, "atrasado": True, "atraso_segundos": 600.0}]
    assert complaints(gateway) == ["nadie trabaja para citas: ni eventos ni trabajos avanzan."]


def test_webhooks_that_nobody_answers(gateway: Gateway) -> None:
    figures = {"activos": 3, "pausados": 1, "fallando": 0, "pendientes": 1, "atraso_segundos": 65.0}
    checks = gateway.services["citas"]["comprobaciones"]
    checks["webhooks"] = {"estado": "bien", **figures}
    status, said = look(gateway.url)
    assert status == 0
    assert "\nwebhooks: 3 activos, 1 en pausa; 1 entrega por hacer, la primera desde hace 1 min\n" in said
    checks["webhooks"]["fallando"] = 1
    assert complaints(gateway) == ["1 webhook de citas sin respuesta desde hace más de 5 min."]


def test_what_is_not_known_is_not_well(gateway: Gateway) -> None:
    checks = gateway.services["citas"]["comprobaciones"]
    checks["eventos"] = checks["trabajos"] = {"estado": "desconocido", "ms": 2000}
    assert complaints(gateway) == ["citas: no se sabe de eventos.", "citas: no se sabe de trabajos."]


def test_nobody_there(gateway: Gateway) -> None:
    gateway.services = {}
    assert complaints(gateway) == [f"no responde ningún OdontoCare en {gateway.url}"]
    status, said = make_estado("http://127.0.0.1:1")
    assert (status != 0, "no responde ningún OdontoCare" in said) == (True, True)


def test_the_page_reads_the_same_fields() -> None:
    """The page judges in the browser; what it reads must be what services tell."""
    script = (ROOT / "gateway" / "html" / "assets" / "estado.js").read_text(encoding="utf-8")
    for field in (*EVENTS, *JOB, "trabajador_activo", "latido_hace_segundos", "suscriptores", "detalle", "fallando"):
        assert field in script, field
