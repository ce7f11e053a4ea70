"""Ages that matter: who is a minor, and the bands of the reports."""

from datetime import date

MAYORIA_DE_EDAD = 18

# Lower bounds in years; each band ends where the next begins.
_LIMITES = (0, 12, 18, 30, 45, 60, 75)


def hace_anios(hoy: date, anios: int) -> date:
    """The same day so many years ago; 29 February becomes 28."""
    try:
        return hoy.replace(year=hoy.year - anios)
    except ValueError:
        return hoy.replace(year=hoy.year - anios, day=28)


def es_menor(nacimiento: date, hoy: date) -> bool:
    """Whether someone born then is under 18."""
    return nacimiento > hace_anios(hoy, MAYORIA_DE_EDAD)


def bandas(hoy: date) -> list[tuple[str, date]]:
    """(name, last birth date) of each age band, oldest first: whoever was born on that day or before."""
    hasta = [f"{limite}-{siguiente - 1}" for limite, siguiente in zip(_LIMITES, _LIMITES[1:], strict=False)]
    nombres = [*hasta, f"{_LIMITES[-1]}+"]
    return [
        (nombre, hace_anios(hoy, limite)) for nombre, limite in reversed(list(zip(nombres, _LIMITES, strict=True)))
    ]
