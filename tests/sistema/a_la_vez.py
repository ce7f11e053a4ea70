"""Requests that leave at the same moment."""

from __future__ import annotations

import http.client
import io
import json
import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from .conftest import Quien

SEGUNDOS = 300
Peticion = tuple[str, str, Any]  # method, path, body
Dicho = tuple[int, dict[str, Any]]  # status and body of an answer


def a_la_vez(quien: Quien, peticiones: Sequence[Peticion], **cabeceras: str) -> list[Dicho]:
    """Each on a connection of its own, written before any answer is read; the answers as they came."""
    destino = urlsplit(quien.url)
    dichas = {
        "Host": destino.netloc,
        "Connection": "close",  # what comes until then is the answer
        "Authorization": f"Bearer {quien.token}",
        "Content-Type": "application/json",
        **cabeceras,
    }
    escritas = [_escrita(peticion, dichas) for peticion in peticiones]
    with ExitStack() as abiertas, selectors.DefaultSelector() as lectura:
        direccion = (str(destino.hostname), destino.port or 80)
        conexiones = [abiertas.enter_context(socket.create_connection(direccion, SEGUNDOS)) for _ in escritas]
        for conexion, escrita in zip(conexiones, escritas, strict=True):
            conexion.sendall(escrita)
        for conexion in conexiones:
            lectura.register(conexion, selectors.EVENT_READ, bytearray())
        return [_leida(dicho) for dicho in _llegadas(lectura)]


def _escrita(peticion: Peticion, cabeceras: dict[str, str]) -> bytes:
    metodo, ruta, cuerpo = peticion
    contenido = json.dumps(cuerpo).encode()
    lineas = [f"{metodo} {ruta} HTTP/1.1", *(f"{nombre}: {valor}" for nombre, valor in cabeceras.items())]
    return "\r\n".join([*lineas, f"Content-Length: {len(contenido)}", "", ""]).encode() + contenido


def _llegadas(lectura: selectors.BaseSelector) -> list[bytes]:
    """All that is said on each of these connections."""
    dichos: list[bytes] = []
    fin = time.monotonic() + SEGUNDOS
    while lectura.get_map():
        assert time.monotonic() < fin, f"{len(lectura.get_map())} were not answered"
        for clave, _ in lectura.select(1):
            assert isinstance(clave.fileobj, socket.socket)
            if trozo := clave.fileobj.recv(65536):
                clave.data.extend(trozo)
            else:
                lectura.unregister(clave.fileobj)
                dichos.append(bytes(clave.data))
    return dichos


class _Dicho(io.BytesIO):
    """What came, as http.client wants to read it."""

    def makefile(self, *_modo: Any) -> io.BytesIO:
        return self


def _leida(dicho: bytes) -> Dicho:
    respuesta = http.client.HTTPResponse(_Dicho(dicho))  # type: ignore[arg-type]
    respuesta.begin()
    return respuesta.status, json.loads(respuesta.read())
