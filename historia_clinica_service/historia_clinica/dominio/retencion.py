"""How long a record must be kept."""

from __future__ import annotations

from datetime import date


def conservar_hasta(ultima_actividad: date, anos: int) -> date:
    """The last day on which it must be kept: so many years after the last activity; of 29 February, 1 March."""
    try:
        return ultima_actividad.replace(year=ultima_actividad.year + anos)
    except ValueError:
        return date(ultima_actividad.year + anos, 3, 1)
