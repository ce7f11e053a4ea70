"""News that this service listens to: all there is, also what its catalogue does not know yet."""

from __future__ import annotations

from comun.events import Event
from comunicaciones.casos_de_uso.registro import registrar
from comunicaciones.extensiones import consumidor


@consumidor.on_any
def recibir(evento: Event) -> None:
    """Keep it, for whoever subscribes to it."""
    registrar(evento)
