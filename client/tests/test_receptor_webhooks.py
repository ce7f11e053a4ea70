"""The receiver of the demonstrations: what it accepts, once, and what it refuses."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from receptor_webhooks import LARGO_MAXIMO, Receptor, Servidor, imprimir
from standardwebhooks import Webhook

SECRETO, OTRO = "whsec_dW4gc2VjcmV0byBkZSBwcnVlYmE=", "whsec_b3RybyBzZWNyZXRvIGRlIHBydWViYQ=="
EVENTO = {
    "id": "evento-1",
    "source": "/citas",
    "type": "cita.programada.v1",
    "subject": "cita/7",
    "time": "2026-01-15T15:00:00+00:00",
    "sequence": "1",
    "data": {"id": 7, "motivo_consulta": "Dolor de muela", "sala_id": None},
}
Enviar = Callable[..., requests.Response]


@pytest.fixture
def llegados() -> list[Any]:
    return []


@contextmanager
def en_marcha(al_llegar: Callable[[Any], None]) -> Iterator[str]:
    """A receiver that knows one secret; its URL."""
    with Servidor(Receptor([SECRETO], al_llegar)) as escucha:
        threading.Thread(target=escucha.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield escucha.url
        escucha.shutdown()


@pytest.fixture
def enviar(llegados: list[Any]) -> Iterator[Enviar]:
    """Send a delivery; what is given differs from a good one."""
    with en_marcha(llegados.append) as url:

        def enviar(cuerpo: bytes = b"", **cabeceras: str | None) -> requests.Response:
            bueno = json.dumps(EVENTO, ensure_ascii=False).encode()
            todas = {**firmadas(bueno.decode()), **{k.replace("_", "-"): v for k, v in cabeceras.items()}}
            return requests.post(url, data=cuerpo or bueno, headers=todas, timeout=60)

        yield enviar


def firmadas(cuerpo: str, *, secreto: str = SECRETO, hace: float = 0, clave: str = "evento-1") -> dict[str, str]:
    momento = datetime.now(UTC) - timedelta(seconds=hace)
    return {
        "webhook-id": clave,
        "webhook-timestamp": f"{int(momento.timestamp())}",
        "webhook-signature": Webhook(secreto).sign(clave, momento, cuerpo),
    }


def con(**cambios: Any) -> dict[str, str]:
    """Headers of the good event, signed otherwise, as arguments of `enviar`."""
    return {k.replace("-", "_"): v for k, v in firmadas(json.dumps(EVENTO, ensure_ascii=False), **cambios).items()}


def test_un_evento_firmado_llega(enviar: Enviar, llegados: list[Any]) -> None:
    respuesta = enviar()
    assert (respuesta.status_code, respuesta.json()) == (200, {"repetido": False})
    assert llegados == [EVENTO]


def test_el_que_llega_otra_vez_se_contesta_y_no_cuenta(enviar: Enviar, llegados: list[Any]) -> None:
    enviar()
    respuesta = enviar(**con(hace=20))  # a retry is signed anew
    assert (respuesta.status_code, respuesta.json()) == (200, {"repetido": True})
    assert enviar(**con(clave="evento-2")).json() == {"repetido": False}
    assert len(llegados) == 2


def test_mientras_se_cambia_el_secreto_basta_una_firma(enviar: Enviar, llegados: list[Any]) -> None:
    firmas = " ".join(con(secreto=secreto)["webhook_signature"] for secreto in (OTRO, SECRETO))
    assert enviar(webhook_signature=firmas).status_code == 200
    assert llegados == [EVENTO]


@pytest.mark.parametrize(
    "cabeceras",
    [
        con(secreto=OTRO),
        con(hace=3600),
        con(hace=-86400),  # reckoned when tests are collected
        {"webhook_id": "otro"},
        {"webhook_id": None},
        {"webhook_timestamp": None},
        {"webhook_timestamp": "ayer"},
        {"webhook_signature": None},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v1,#"},
        {"webhook_signature": "v1,a,b"},
        {"webhook_signature": "v1a,AAAA"},
    ],
    # By the names alone: signatures differ from second to second, and all workers must find the same tests.
    ids="-".join,
)
def test_lo_que_no_firmo_odontocare_ahora_se_rechaza(
    enviar: Enviar, llegados: list[Any], cabeceras: dict[str, str | None]
) -> None:
    assert enviar(**cabeceras).status_code == 401
    assert llegados == []


@pytest.mark.parametrize("cuerpo", [json.dumps({**EVENTO, "data": {"id": 8}}).encode(), b"\xff", b"{"])
def test_un_cuerpo_cambiado_se_rechaza(enviar: Enviar, llegados: list[Any], cuerpo: bytes) -> None:
    assert enviar(cuerpo).status_code == 401
    assert llegados == []


@pytest.mark.parametrize(("largo", "estado"), [(str(LARGO_MAXIMO + 1), 413), ("muchos", 411), (None, 411)])
def test_un_cuerpo_sin_medida_no_se_lee(llegados: list[Any], largo: str | None, estado: int) -> None:
    with en_marcha(llegados.append) as url, closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as conexion:
        conexion.putrequest("POST", "/")
        if largo:
            conexion.putheader("Content-Length", largo)
        conexion.endheaders()
        assert conexion.getresponse().status == estado
    assert llegados == []


def test_lo_que_no_se_pudo_atender_no_cuenta_como_llegado() -> None:
    intentos: list[Any] = []

    def atender(evento: Any) -> None:
        intentos.append(evento)
        if len(intentos) == 1:
            raise OSError("no hay espacio")

    cuerpo = json.dumps(EVENTO)
    with en_marcha(atender) as url:
        respuestas = [requests.post(url, data=cuerpo, headers=firmadas(cuerpo), timeout=60) for _ in range(3)]
    assert [respuesta.status_code for respuesta in respuestas] == [500, 200, 200]
    assert [respuesta.json().get("repetido") for respuesta in respuestas] == [None, False, True]


def test_se_lee_bien(capsys: pytest.CaptureFixture[str]) -> None:
    imprimir(EVENTO)
    primera, *campos = capsys.readouterr().out.splitlines()
    assert primera.endswith("  cita.programada.v1  cita/7 (n.º 1)")
    assert campos == ["    id: 7", "    motivo_consulta: Dolor de muela", "    sala_id: null"]
