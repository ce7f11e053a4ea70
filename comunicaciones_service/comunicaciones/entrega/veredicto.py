"""What an answer means for the delivery and for the endpoint."""

from __future__ import annotations

from enum import Enum

from comunicaciones.entrega.transporte import ConexionInterrumpida, RespuestaInvalida, SinRespuesta, TiempoAgotado


class Veredicto(Enum):
    """How an attempt went."""

    ENTREGADA = "entregada"
    # It is the endpoint that does not work: all its deliveries wait.
    EXTREMO = "extremo"
    # It is this event that it does not want: only this one waits.
    EVENTO = "evento"
    # It says that it is gone for good (410): no more is sent.
    RETIRADO = "retirado"


# Answers below 500 that tell of the endpoint: its credentials, its path, its load.
_DEL_EXTREMO = frozenset({401, 403, 404, 405, 408, 429})


# What an event can do to a receiver that takes all others: it breaks off, or never ends.
_INDIGESTOS = (TiempoAgotado, ConexionInterrumpida, RespuestaInvalida)


def juzgar(resultado: int | SinRespuesta, *, intentos: int = 0, extremo_sano: bool = False) -> Veredicto:
    """What it means that this status, or no answer at all, came of an attempt.

    When the event failed before (`intentos`) and others got through since then (`extremo_sano`), what it may
    itself have caused is put down to it: it would hold up everything else again and again.
    """
    if isinstance(resultado, SinRespuesta):
        indigesto = isinstance(resultado, _INDIGESTOS)
    elif 200 <= resultado < 300:
        return Veredicto.ENTREGADA
    elif resultado == 410:
        return Veredicto.RETIRADO
    elif 400 <= resultado < 500:
        return Veredicto.EXTREMO if resultado in _DEL_EXTREMO else Veredicto.EVENTO
    else:
        indigesto = resultado >= 500 and resultado != 503
    return Veredicto.EVENTO if indigesto and intentos and extremo_sano else Veredicto.EXTREMO
