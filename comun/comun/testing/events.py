"""Events as they travel, for tests of whoever takes them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from comun.db import now


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
