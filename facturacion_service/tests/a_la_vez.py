"""Many who write at once, and processes that are killed in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from werkzeug.test import TestResponse

from comun.testing.together import at_once

Pedido = Callable[[dict[str, str]], TestResponse]


def a_la_vez(pedidos: Sequence[Pedido], clave: str | None = None) -> Counter[str]:
    """How each of them ended: `hecho`, `repetido`, or the code of the problem. `clave`: one for all of them.

    Like any client, each asks again with the same key while the database has no connection for it.
    """

    def pedir(cual: int) -> str:
        while True:
            respuesta = pedidos[cual]({"Idempotency-Key": clave or f"pedido-{cual}"})
            if respuesta.status_code != 503:
                break
        if respuesta.status_code >= 300:
            return str(respuesta.get_json(force=True)["codigo"])
        return "repetido" if "Idempotent-Replayed" in respuesta.headers else "hecho"

    return Counter(at_once(*(partial(pedir, cual) for cual in range(len(pedidos)))))
