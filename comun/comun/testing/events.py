"""Events as they travel, for tests of whoever takes them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comun.db import now
from comun.runtime import runtime
from comun.testing.client import ApiClient, ok


def envelope(
    source: str,
    kind: str,
    subject: str,
    data: Mapping[str, Any],
    sequence: int = 1,
    event_id: str | None = None,
    time: datetime | None = None,
) -> dict[str, Any]:
    """The CloudEvents document of a new event: `envelope("/citas", "cita.completada.v1", "cita/7", {...})`."""
    return {
        "specversion": "1.0",
        "id": event_id or str(uuid.uuid4()),
        "source": source,
        "type": kind,
        "subject": subject,
        "time": (time or now()).isoformat(),
        "sequence": str(sequence),
        "data": dict(data),
    }


def activity(api: ApiClient, model: Any, source: str, kind: str, data: Mapping[str, Any]) -> list[bool]:
    """Whether the copy of row 1 is active after the news that it was made, and after those that it was deleted.

    `activity(api, DoctorRef, "/admin", "doctor", {"nombres": ...})`; the client's caller is a service from then on.
    """
    active = []
    for sequence, happened in enumerate(("creado", "eliminado"), 1):
        told = envelope(source, f"{kind}.{happened}.v1", f"{kind}/1", {"id": 1, "activo": True, **data}, sequence)
        ok(api.as_("servicio").post("/interno/eventos", told))
        with api.app.app_context():
            active.append(runtime().db.session.get_one(model, 1).activo)
    return active
