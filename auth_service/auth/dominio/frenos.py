"""How many attempts to sign in are let through before one has to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Freno:
    """At most `maximo` attempts that failed or have not ended, per window of `ventana`."""

    maximo: int
    ventana: timedelta

    def espera(self, intentos: int, desde: datetime, ahora: datetime) -> int:
        """Whole seconds to wait before trying again; 0 when `intentos` since `desde` are within the limit."""
        if intentos <= self.maximo:
            return 0
        return max(1, round((desde + self.ventana - ahora).total_seconds()))
