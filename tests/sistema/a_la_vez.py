"""Requests that leave at the same moment."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from .conftest import Quien

Peticion = tuple[str, str, Any]  # method, path, body
Dicho = tuple[int, dict[str, Any]]  # status and body of an answer


def a_la_vez(quien: Quien, peticiones: Sequence[Peticion], **cabeceras: str) -> list[Dicho]:
    """Each on a connection of its own; the answers as they came."""
    salida = threading.Barrier(len(peticiones))
    respuestas: list[Dicho] = []
    destino = urlsplit(quien.url)
    dichas = {"Authorization": f"Bearer {quien.token}", "Content-Type": "application/json", **cabeceras}

    def pedir(metodo: str, ruta: str, cuerpo: Any) -> None:
        conexion = http.client.HTTPConnection(str(destino.hostname), destino.port, timeout=120)
        conexion.connect()
        salida.wait()
        conexion.request(metodo, ruta, json.dumps(cuerpo), dichas)
        respuesta = conexion.getresponse()
        respuestas.append((respuesta.status, json.loads(respuesta.read())))
        conexion.close()

    hilos = [threading.Thread(target=pedir, args=peticion) for peticion in peticiones]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    return respuestas
