"""Questions for which nobody waits: a dashboard does without what doesn't come at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from flask import Flask

from comun.http import ServiceClient

# Seconds to connect, and until the answer.
_PACIENCIA = (0.5, 1.5)


def brief_client(name: str, app: Flask, label: str) -> ServiceClient:
    """A client that asks once and gives up soon; what it finds does not keep others from asking that service."""
    return ServiceClient(
        f"{name}_breve",
        app.config[f"{name.upper()}_URL"],
        label=label,
        token=app.extensions["service_tokens"],
        timeout=_PACIENCIA,
        retries=0,
        deadline=sum(_PACIENCIA),
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
