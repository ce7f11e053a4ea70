"""Events and webhooks for tests."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from comun.testing.client import ApiClient, ok
from comunicaciones.eventos.catalogo import CATALOGO

_secuencias = itertools.count(1)
URL = "http://127.0.0.1:9099/webhook/1"  # nobody listens there


def evento(tipo: str = "cita.programada.v1", sujeto: str | None = None, **datos: Any) -> dict[str, Any]:
    """An event as the relay of its service delivers it; `datos` replace some of its example."""
    ejemplo = CATALOGO[tipo].ejemplo if tipo in CATALOGO else {**CATALOGO["cita.programada.v1"].ejemplo, "type": tipo}
    return {
        **ejemplo,
        "id": str(uuid.uuid4()),
        "subject": sujeto or ejemplo["subject"],
        "time": datetime.now(UTC).isoformat(),
        "sequence": str(next(_secuencias)),
        "traceparent": None,
        "data": {**ejemplo["data"], **datos},
    }


def recibir(api: ApiClient, *eventos: dict[str, Any]) -> list[str]:
    """Deliver events to the service; their ids."""
    ok(api.as_("servicio").post("/interno/eventos", list(eventos)))
    return [uno["id"] for uno in eventos]


def suscribir(api: ApiClient, *tipos: str, **cambios: Any) -> dict[str, Any]:
    """A new webhook, for everything when no type is given."""
    datos = {"nombre": "n8n", "url": URL, "tipos": list(tipos) or ["*"], **cambios}
    nuevo: dict[str, Any] = ok(api.post("/comunicaciones/webhooks", datos), 201)
    return nuevo


def entregas(api: ApiClient, webhook: dict[str, Any], consulta: str = "") -> list[dict[str, Any]]:
    """The deliveries of a webhook, the newest first."""
    lista: list[dict[str, Any]] = ok(api.get(f"/comunicaciones/webhooks/{webhook['id']}/entregas{consulta}"))["datos"]
    return lista
