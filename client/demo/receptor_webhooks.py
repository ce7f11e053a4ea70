#!/usr/bin/env python3
"""Receives OdontoCare's events, as an n8n flow or another program would: verifies, recognises, prints.

    python client/demo/receptor_webhooks.py --registrar [TIPO …]     subscribes itself, and ends that at Ctrl-C
    python client/demo/receptor_webhooks.py --secreto whsec_…        receives for a subscription that exists

A delivery counts only when its signature (https://www.standardwebhooks.com) is of one of the secrets and
its time is at most five minutes off; else 401. An event that comes again, with the same `webhook-id`, is
acknowledged and not acted on twice. TIPO are patterns such as `cita.*` or `paciente.creado.v1`; without
any it hears of everything.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ayuda import CLIENTE, Demo, Inesperado, Json
from standardwebhooks import Webhook, WebhookVerificationError

from odontocare_client import ApiError, NotReachable, OdontoCareClient

LARGO_MAXIMO = 2**20  # bytes of a body
RECORDADOS = 10_000  # ids of the last events; a copy comes soon after its original
RUTA = "/comunicaciones/webhooks"


class Rechazo(Exception):
    """A delivery that is not accepted."""

    def __init__(self, estado: HTTPStatus, motivo: str) -> None:
        self.estado, self.motivo = estado, motivo
        super().__init__(motivo)


class Receptor:
    """What a receiver knows: its secrets, and which events it has already had.

    `al_llegar` is called once with each new event. When it fails the event counts as not received, and
    OdontoCare sends it again.
    """

    def __init__(self, secretos: Sequence[str], al_llegar: Callable[[Json], None]) -> None:
        self._verificadores: list[Webhook] = []
        self._al_llegar = al_llegar
        self._vistos: OrderedDict[str, None] = OrderedDict()
        self._candado = threading.Lock()
        for secreto in secretos:
            self.aceptar(secreto)

    def aceptar(self, secreto: str) -> None:
        """One more secret to verify with. Raises ValueError when it can't be one."""
        self._verificadores.append(Webhook(secreto))

    def recibir(self, cuerpo: bytes, cabeceras: Mapping[str, str]) -> bool:
        """Take a delivery: True when it is new, False when it was here before. Raises Rechazo."""
        evento = self._verificar(cuerpo, dict(cabeceras.items()))
        clave = cabeceras["webhook-id"]
        with self._candado:
            if clave in self._vistos:
                return False
            self._al_llegar(evento)
            self._vistos[clave] = None
            if len(self._vistos) > RECORDADOS:
                self._vistos.popitem(last=False)
        return True

    def _verificar(self, cuerpo: bytes, cabeceras: dict[str, str]) -> Json:
        motivo = "no hay ningún secreto"
        for verificador in self._verificadores:
            try:
                evento = verificador.verify(cuerpo, cabeceras)
            except (WebhookVerificationError, ValueError) as error:  # ValueError: what is not base64, text or JSON
                motivo = str(error)
            else:
                if not isinstance(evento, dict):
                    raise Rechazo(HTTPStatus.BAD_REQUEST, "no es un evento")
                return evento
        raise Rechazo(HTTPStatus.UNAUTHORIZED, motivo)


class Servidor(ThreadingHTTPServer):
    """An HTTP server on 127.0.0.1 that hands POSTs to `receptor`; port 0 is any free one."""

    def __init__(self, receptor: Receptor, puerto: int = 0) -> None:
        self.receptor = receptor
        super().__init__(("127.0.0.1", puerto), _Manejador)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Manejador(BaseHTTPRequestHandler):
    timeout = 15
    server: Servidor

    def do_POST(self) -> None:
        try:
            nuevo = self.server.receptor.recibir(self._cuerpo(), self.headers)
        except Rechazo as rechazo:
            decir(f"RECHAZADO ({rechazo.estado.value}): {rechazo.motivo}")
            return self._responder(rechazo.estado, {"detail": rechazo.motivo})
        except Exception as error:
            decir(f"NO SE PUDO: {type(error).__name__}: {error}")
            return self._responder(HTTPStatus.INTERNAL_SERVER_ERROR, {"detail": "vuelva a enviarlo"})
        if not nuevo:
            decir(f"repetido: {self.headers['webhook-id']}")
        return self._responder(HTTPStatus.OK, {"repetido": not nuevo})

    def _cuerpo(self) -> bytes:
        largo = self.headers.get("Content-Length", "")
        if not largo.isdigit():
            raise Rechazo(HTTPStatus.LENGTH_REQUIRED, "falta Content-Length")
        if int(largo) > LARGO_MAXIMO:
            raise Rechazo(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "demasiado grande")
        return self.rfile.read(int(largo))

    def _responder(self, estado: HTTPStatus, cuerpo: Json) -> None:
        contenido = json.dumps(cuerpo, ensure_ascii=False).encode()
        self.send_response(estado)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(contenido)))
        self.end_headers()
        self.wfile.write(contenido)

    def log_message(self, *_: Any) -> None:
        """Events are printed instead."""


def suscribir(admin: OdontoCareClient, url: str, tipos: Sequence[str]) -> Json:
    """Subscribe `url` to events of these types; the answer holds the secret, which is shown only there."""
    pedido = {"nombre": "Receptor de demostración", "url": url, "tipos": list(tipos)}
    webhook: Json = admin.post(RUTA, pedido).body
    return webhook


def imprimir(evento: Json) -> None:
    """An event as a person reads it."""
    momento = datetime.fromisoformat(evento["time"]).astimezone()
    numero = f" (n.º {evento['sequence']})" if "sequence" in evento else ""
    lineas = [f"{momento:%Y-%m-%d %H:%M:%S}  {evento['type']}  {evento.get('subject', '')}{numero}"]
    for campo, valor in evento.get("data", {}).items():
        lineas.append(f"    {campo}: {valor if isinstance(valor, str) else json.dumps(valor, ensure_ascii=False)}")
    decir("\n".join(lineas))


def decir(texto: str) -> None:
    """Prints at once, also into a pipe."""
    sys.stdout.write(f"{texto}\n")
    sys.stdout.flush()


def main() -> int:
    """Receive until Ctrl-C. Returns the exit status."""
    opciones = _opciones()
    receptor = Receptor(opciones.secreto, imprimir)
    signal.signal(signal.SIGTERM, _como_ctrl_c)
    with Servidor(receptor, opciones.puerto) as escucha:
        try:
            if not opciones.registrar:
                return _atender(escucha)
            admin = Demo(opciones.url, opciones.datos).entrar("admin")
            webhook = suscribir(admin, escucha.url, opciones.tipos)
            receptor.aceptar(webhook["secreto"])
            decir(f"* Suscrito con el número {webhook['id']} a {', '.join(webhook['tipos'])}")
            try:
                return _atender(escucha)
            finally:
                admin.delete(f"{RUTA}/{webhook['id']}")
                decir("* La suscripción terminó")
        except (Inesperado, ApiError, NotReachable) as error:
            decir(f"FALLÓ: {error}")
            return 1


def _atender(escucha: Servidor) -> int:
    decir(f"* Escucha en {escucha.url}; Ctrl-C termina")
    try:
        escucha.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        decir("")
    return 0


def _como_ctrl_c(_numero: int, _marco: object) -> None:
    raise KeyboardInterrupt


def _opciones() -> argparse.Namespace:
    analizador = argparse.ArgumentParser(description="Recibe, verifica y muestra los eventos de OdontoCare.")
    analizador.add_argument(
        "tipos", nargs="*", metavar="TIPO", help="p. ej. cita.* o paciente.creado.v1; todos si falta"
    )
    analizador.add_argument("--puerto", type=int, default=8099, help="en 127.0.0.1; 0: cualquiera libre")
    analizador.add_argument("--secreto", action="append", help="de la suscripción; varias veces durante un cambio")
    analizador.add_argument("--registrar", action="store_true", help="se suscribe como el admin de los datos")
    analizador.add_argument("--url", default="http://127.0.0.1:8080", help="puerta de entrada del sistema")
    analizador.add_argument("--datos", type=Path, default=CLIENTE.parent / "data")
    opciones = analizador.parse_args()
    opciones.tipos = opciones.tipos or ["*"]
    opciones.secreto = opciones.secreto or os.environ.get("ODONTOCARE_WEBHOOK_SECRETO", "").split()
    if not opciones.registrar and not opciones.secreto:
        analizador.error("hace falta --registrar o --secreto (o ODONTOCARE_WEBHOOK_SECRETO)")
    return opciones


if __name__ == "__main__":
    sys.exit(main())
