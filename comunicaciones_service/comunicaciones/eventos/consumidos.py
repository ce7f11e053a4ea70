"""News that this service listens to: all there is, also what its catalogue does not know yet."""

from __future__ import annotations

from collections.abc import Sequence

from comun.events import Event
from comunicaciones.casos_de_uso.registro import registrar
from comunicaciones.extensiones import consumidor


@consumidor.on_all
def recibir(eventos: Sequence[Event]) -> None:
    """Keep them, for whoever subscribes to them."""
    registrar(eventos)
