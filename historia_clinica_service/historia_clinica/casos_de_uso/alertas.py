"""What must be seen whenever a record is opened."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def alertas_de(pacientes: Collection[int]) -> list[dict[str, Any]]:
    """The alerts of a record, by the ids of its patients."""
    return []
