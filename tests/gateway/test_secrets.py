"""Paths that hold a secret (signed links, calendar feeds, invitations): it reaches the service and no log."""

import os
import subprocess
import time
from pathlib import Path

import gateway_conf
import requests
from local_settings import free_port

from .conftest import SECONDS, Start, answers

SECRETO = "WyJjaXRhIiwxXQ.s3cr3to-de_prueba"
RUTAS = [
    f"/citas/enlaces/{SECRETO}",
    f"/citas/%65nlaces/{SECRETO}",
    f"/citas/x/../enlaces/{SECRETO}",
    f"/citas/enlaces/{SECRETO}?x=1",
    f"/citas/calendarios/{SECRETO}.ics",
    f"/auth/invitaciones/{SECRETO}",
]


def pedir(url: str, ruta: str, metodo: str = "GET", **kwargs: object) -> requests.Response:
    sesion = requests.Session()
    solicitud = sesion.prepare_request(requests.Request(metodo, url, **kwargs))  # type: ignore[arg-type]
    solicitud.url = url + ruta  # as written
    return sesion.send(solicitud)


def renglones(carpeta: Path, cuantos: int) -> str:
    """The access log, once it has so many lines: nginx writes it every second."""
    fin = time.monotonic() + SECONDS
    while (texto := (carpeta / "access.log").read_text()).count("\n") < cuantos:
        assert time.monotonic() < fin, f"{texto.count(chr(10))} lines of {cuantos}"
        time.sleep(0.05)
    return texto


def test_the_secret_reaches_the_service(url: str) -> None:
    for ruta in RUTAS:
        assert SECRETO in pedir(url, ruta).json()["path"]


def test_the_access_log_and_errors_do_not_tell_the_secret(start: Start, tmp_path: Path) -> None:
    with start(GATEWAY_ACCESS_LOG=str(tmp_path / "access.log")) as url:
        for ruta in RUTAS:
            pedir(url, ruta)
        grande = pedir(url, RUTAS[0], "POST", data=b"x" * (2**20 + 1))
        assert (grande.status_code, grande.json()["instance"]) == (413, "/citas/enlaces/***")
        larga = pedir(url, RUTAS[0] + "x" * 9000)
        assert (larga.status_code, SECRETO in larga.text) == (414, False)
        requests.get(f"{url}/citas/calendarios/7")
        texto = renglones(tmp_path, len(RUTAS) + 3)
    assert SECRETO not in texto
    assert '"path":"/citas/enlaces/***"' in texto
    assert '"path":"/citas/calendarios/***"' in texto
    assert '"path":"/citas/calendarios/7"' in texto


def test_neither_does_the_log_of_errors(tmp_path: Path) -> None:
    """Services that can't be reached: nginx would quote the request."""
    port = free_port()
    ajustes = {
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "GATEWAY_WORKERS": "1",
        "GATEWAY_ACCESS_LOG": str(tmp_path / "access.log"),
        "NGINX": os.environ.get("NGINX", ""),
        **{
            f"GATEWAY_{servicio}": "127.0.0.1:1"
            for servicio in (
                "AUTH",
                "ADMIN",
                "CITAS",
                "COMUNICACIONES",
                "INVENTARIO",
                "HISTORIA_CLINICA",
                "FACTURACION",
            )
        },
    }
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "errores").open("wb") as errores:
        proceso = subprocess.Popen(gateway_conf.prepare(tmp_path / "nginx", ajustes), stderr=errores)
        try:
            while not answers(url):
                assert proceso.poll() is None
                time.sleep(0.05)
            assert [pedir(url, ruta).status_code for ruta in RUTAS] == [503] * len(RUTAS)
            assert requests.get(f"{url}/citas/otra").status_code == 503
        finally:
            proceso.terminate()
            proceso.wait(SECONDS)
    texto = (tmp_path / "errores").read_text()
    assert "/citas/otra" in texto
    assert SECRETO not in texto
