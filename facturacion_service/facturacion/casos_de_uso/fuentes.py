"""Asking several services at the same time, and saying which of them did not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from flask import current_app

from comun import context
from comun.errors import Unavailable
from comun.http import RemoteProblem

logger = logging.getLogger(__name__)

OK, NO_RESPONDE = "ok", "no_responde"


class Fuentes:
    """Questions by the name of who is asked. They are under way at once; meanwhile the caller goes on.

    They run outside the request: each has to know all that it needs, and none touches the database.
    """

    def __init__(self, preguntas: Mapping[str, Callable[[], Any]]) -> None:
        self._hasta = time.monotonic() + current_app.config["FACTURACION_TABLERO_SEGUNDOS"]
        pedido = context.request_id(), context.traceparent()
        hilos = ThreadPoolExecutor(len(preguntas), thread_name_prefix="fuente")
        self._futuros = {nombre: hilos.submit(_preguntar, pedido, una) for nombre, una in preguntas.items()}
        hilos.shutdown(wait=False)

    def respuestas(self) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        """What each answered, None who did not; and `fuentes`, which says so. Waits as long as is set."""
        dichas = {nombre: self._esperar(nombre, futuro) for nombre, futuro in self._futuros.items()}
        fuentes = {nombre: {"estado": NO_RESPONDE if dicha is None else OK} for nombre, dicha in dichas.items()}
        return dichas, fuentes

    def _esperar(self, nombre: str, futuro: Future[Any]) -> Any:
        try:
            return futuro.result(max(0.0, self._hasta - time.monotonic()))
        except (TimeoutError, Unavailable):
            return None
        except RemoteProblem as problema:
            logger.warning("%s refused a summary: %s", nombre, problema)
            return None


def _preguntar(pedido: tuple[str, str], pregunta: Callable[[], Any]) -> Any:
    with context.piece_of_work(*pedido):
        return pregunta()
