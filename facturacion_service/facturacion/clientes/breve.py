"""Questions for which nobody waits: a dashboard does without what doesn't come at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from flask import Flask

from comun.http import ServiceClient

# Seconds to connect, and those that are left for who asked to be told.
_CONEXION, _RESERVA = 0.5, 1.0


def brief_client(name: str, app: Flask, label: str) -> ServiceClient:
    """A client that asks once and gives up soon; what it finds does not keep others from asking that service."""
    paciencia = app.config["FACTURACION_TABLERO_SEGUNDOS"]
    return ServiceClient(
        f"{name}_breve",
        app.config[f"{name.upper()}_URL"],
        label=label,
        token=app.extensions["service_tokens"],
        timeout=(_CONEXION, paciencia - _RESERVA),
        retries=0,
        deadline=paciencia - _RESERVA + _CONEXION,
        breaker_seconds=app.config["PEER_BREAKER_SECONDS"],
    )


def params_de(
    desde: date | None = None,
    hasta: date | None = None,
    centros: Collection[int] | None = None,
    doctor_id: int | None = None,
) -> dict[str, Any]:
    """Query arguments of a summary; None: all of it."""
    de_estos = None if centros is None else ",".join(map(str, sorted(centros)))
    return {"desde": desde, "hasta": hasta, "centros": de_estos, "doctor_id": doctor_id}
