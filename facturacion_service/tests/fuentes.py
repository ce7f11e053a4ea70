"""citas_service, admin_service and inventario_service as dashboards ask them, each at an address of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from typing import Any

import pytest
from flask import Flask

from comun.testing.peers import Peer, Reply, Seen, closed_port
from facturacion.clientes.admin import AdminCliente
from facturacion.clientes.citas import CitasCliente
from facturacion.clientes.inventario import InventarioCliente

ESTADOS = ("programada", "confirmada", "en_sala", "en_curso", "completada", "cancelada", "no_asistio")
CLIENTES: dict[str, Any] = {"citas": CitasCliente, "admin": AdminCliente, "inventario": InventarioCliente}


def respuestas() -> dict[str, dict[str, Any]]:
    """What each of them tells."""
    return {
        "citas": {
            "total": 5,
            "por_estado": {**dict.fromkeys(ESTADOS, 0), "programada": 3, "completada": 2},
            "reprogramadas": 1,
            "pacientes_atendidos": 2,
        },
        "admin": {"pacientes_nuevos": 4},
        "inventario": {
            "stock_bajo": {"total": 1, "primeros": [{"id": 3, "codigo": "P-3", "nombre": "Guantes"}]},
        },
    }


class Fuentes:
    """They answer with `dicho`; `preguntas` is what each was asked. However long that takes, they are waited for."""

    def __init__(self, app: Flask, abiertos: ExitStack) -> None:
        self._app = app
        self._paciencia = abiertos.enter_context(pytest.MonkeyPatch.context())
        self._paciencia.setitem(app.config, "FACTURACION_TABLERO_SEGUNDOS", 60.0)
        self.dicho = respuestas()
        self.preguntas: dict[str, list[dict[str, str]]] = {nombre: [] for nombre in CLIENTES}
        self._peers = {nombre: abiertos.enter_context(Peer(self._de(nombre))) for nombre in CLIENTES}
        for nombre, peer in self._peers.items():
            self._dirigir(nombre, peer.url)

    def apagar(self, nombre: str) -> None:
        """Nobody listens at its address any more."""
        self._dirigir(nombre, f"http://127.0.0.1:{closed_port()}")

    def contestar(self, nombre: str, reply: Reply) -> None:
        """It answers otherwise from now on, and is asked whatever it answered before."""
        self._peers[nombre].answer = lambda _seen: reply
        self._dirigir(nombre, self._peers[nombre].url)

    def hacer_esperar(self, nombre: str, hasta: Event) -> None:
        """It answers only once that has come about; nobody is waited for longer than the service does by itself."""
        self._paciencia.undo()

        def answer(_seen: Seen) -> Reply:
            hasta.wait()
            return Reply(json=self.dicho[nombre])

        self._peers[nombre].answer = answer
        self._dirigir(nombre, self._peers[nombre].url)

    def _dirigir(self, nombre: str, url: str) -> None:
        self._app.config[f"{nombre.upper()}_URL"] = url
        self._app.extensions[nombre] = CLIENTES[nombre](self._app)

    def _de(self, nombre: str) -> Any:
        def answer(seen: Seen) -> Reply:
            assert seen.route == "/interno/resumen"
            self.preguntas[nombre].append(seen.args)
            return Reply(json=self.dicho[nombre])

        return answer


@contextmanager
def fuentes_de(app: Flask) -> Iterator[Fuentes]:
    """The three of them, listening; afterwards the application asks whom it asked before."""
    config = {f"{nombre.upper()}_URL": app.config[f"{nombre.upper()}_URL"] for nombre in CLIENTES}
    clientes = {nombre: app.extensions[nombre] for nombre in CLIENTES}
    with ExitStack() as abiertos:
        try:
            yield Fuentes(app, abiertos)
        finally:
            app.config.update(config)
            app.extensions.update(clientes)
