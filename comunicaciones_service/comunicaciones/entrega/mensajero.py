"""Takes events to one webhook: the document, its signature, the exchange, and what the answer means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from comun.db import now
from comun.events.lane import Refusal, cloud_event
from comun.events.queue import Waiting
from comun.transport import Answer
from comunicaciones.entrega.direcciones import Red
from comunicaciones.entrega.firma import cabeceras
from comunicaciones.entrega.transporte import SinRespuesta, Transporte
from comunicaciones.entrega.veredicto import Veredicto, juzgar

CUERPO_MAXIMO = 256 * 2**10
DEMASIADO_GRANDE = "demasiado_grande"
_PACIENCIA_MAXIMA = 86400.0


@dataclass(frozen=True)
class Contestacion(Answer):
    """What the endpoint answered. What it asks to wait is believed up to a day."""

    @property
    def retry_after(self) -> float | None:
        pedido = super().retry_after
        return None if pedido is None else min(pedido, _PACIENCIA_MAXIMA)


class Mensajero:
    """The sender of a lane to one webhook. Safe with threads.

    Its URL and secrets are given anew (`renovar`) whenever work begins; connections last while the URL does.
    """

    batch = 1

    def __init__(self, permitidas: Sequence[Red], segundos: float, conexiones: int) -> None:
        self._permitidas, self._segundos, self._conexiones = permitidas, segundos, conexiones
        self.url = ""
        self._secretos: Sequence[str] = ()
        self._sano = True
        self._transporte: Transporte | None = None
        # What there is to say of attempts without an answer beside its name, by the id of the event's row.
        self.detalles: dict[int, str] = {}

    def renovar(self, url: str, secretos: Sequence[str], *, sano: bool) -> None:
        """Send there from now on, signed with these. `sano`: the last that was heard of it was good."""
        self._secretos, self._sano = secretos, sano
        if url != self.url:
            self.cerrar()
            self.url = url
            self._transporte = Transporte(
                url, permitidas=self._permitidas, segundos=self._segundos, conexiones=self._conexiones
            )

    def cerrar(self) -> None:
        """Close the connections."""
        if self._transporte:
            self._transporte.cerrar()

    def send(self, events: Sequence[Waiting]) -> Contestacion:
        """One event. Raises SinRespuesta, and Refusal when it is the event that does not get through."""
        evento = events[0]
        try:
            contestacion = self.entregar(evento.evento_id, documento(evento))
        except SinRespuesta as fallo:
            if str(fallo):
                self.detalles[evento.id] = str(fallo)
            if self._juicio(fallo, evento.intentos) is Veredicto.EVENTO:
                raise Refusal(type(fallo).__name__) from fallo
            raise
        if self._juicio(contestacion.status, evento.intentos) is Veredicto.EVENTO:
            raise Refusal(f"HTTP {contestacion.status}", contestacion)
        return contestacion

    def entregar(self, evento_id: str, cuerpo: bytes) -> Contestacion:
        """Sign and send. Raises SinRespuesta, or Refusal for what is never sent."""
        if len(cuerpo) > CUERPO_MAXIMO:
            raise Refusal(DEMASIADO_GRANDE, final=True)
        if self._transporte is None:
            raise RuntimeError("no URL yet")
        respuesta = self._transporte.enviar(cuerpo, cabeceras(evento_id, cuerpo, self._secretos, now()))
        return Contestacion(respuesta.estado, respuesta.cabeceras, respuesta.cuerpo)

    def is_outage(self, status: int) -> bool:
        """What `send` returns and is no success tells of the endpoint."""
        return not 200 <= status < 300

    def _juicio(self, resultado: int | SinRespuesta, intentos: int) -> Veredicto:
        return juzgar(resultado, intentos=intentos, extremo_sano=self._sano)


def documento(evento: Any) -> bytes:
    """The body of a delivery: the event as CloudEvents JSON."""
    atributos = cloud_event(evento, evento.origen)
    return orjson.dumps({nombre: valor for nombre, valor in atributos.items() if valor is not None})
