"""Subscriptions that are changed while what they got is being written down."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import event

from comun.testing.client import ApiClient
from comun.testing.databases import begin_and_wait
from comunicaciones.extensiones import db

from ..mundo import Mundo, Receptor

pytestmark = pytest.mark.both_databases


@pytest.mark.parametrize(
    ("metodo", "ruta", "cuerpo"),
    [
        ("DELETE", "", None),
        ("PATCH", "/estado", {"estado": "pausado", "descartar_pendientes": True}),
    ],
)
def test_nadie_espera_al_que_lo_espera(mundo: Mundo, receptor: Receptor, metodo: str, ruta: str, cuerpo: Any) -> None:
    quien = mundo.webhook(receptor)
    mundo.llegan(sujetos=2)
    respuestas: list[int] = []

    def cambiar() -> None:
        cliente = ApiClient(mundo.app).as_("admin")
        respuestas.append(cliente.call(metodo, f"/comunicaciones/webhooks/{quien}{ruta}", json=cuerpo).status_code)

    cambio = threading.Thread(target=cambiar)

    def al_anotar(_conexion: Any, _cursor: Any, sentencia: str, *_: Any) -> None:
        if sentencia.startswith("UPDATE entrega_webhook SET estado") and not cambio.ident:
            begin_and_wait(motor, cambio.start)

    with mundo.app.app_context():
        motor = db.engine
    event.listen(motor, "after_cursor_execute", al_anotar)
    try:
        mundo.repartir()
    finally:
        event.remove(motor, "after_cursor_execute", al_anotar)
    cambio.join()
    assert respuestas == [204 if metodo == "DELETE" else 200]
    assert mundo.estados(quien) == ["entregada"] * 2
