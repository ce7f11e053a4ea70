"""How reports are written into tables."""

from collections.abc import Mapping
from typing import Any


def a_la_vista(grupo: Any) -> Any:
    """A value; of who or what a row is of the name, or the id of what was never heard of."""
    if not isinstance(grupo, Mapping):
        return grupo
    nombre = grupo.get("nombre") or " ".join(filter(None, (grupo.get("nombres"), grupo.get("apellidos"))))
    return nombre or f"#{grupo['id']}"
