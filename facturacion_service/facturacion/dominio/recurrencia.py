"""On which days something recurs.

Counted from the first one, so that what began on a 31st comes back to the 31st after a shorter month.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, takewhile

MESES: dict[str, int] = {"mensual": 1, "bimestral": 2, "trimestral": 3, "semestral": 6, "anual": 12}
_MEDIO_MES = 15


def fechas(desde: date, frecuencia: str) -> Iterator[date]:
    """All of them, the first one on `desde`.

    `quincenal` is twice a month: on the day of `desde` and 15 days from it in the month (1 and 16; 15 and 30). A day
    that a month doesn't have is its last one.
    """
    for vez in count():
        if frecuencia == "semanal":
            yield desde + timedelta(weeks=vez)
        elif frecuencia == "quincenal":
            yield _quincena(desde, vez)
        else:
            yield _dia_de(desde, MESES[frecuencia] * vez, desde.day)


def entre(desde: date, frecuencia: str, primero: date, ultimo: date) -> list[date]:
    """Those from `primero` to `ultimo`, both included."""
    return [dia for dia in takewhile(lambda dia: dia <= ultimo, fechas(desde, frecuencia)) if dia >= primero]


def desde_el(desde: date, frecuencia: str, dia: date) -> date:
    """The first one on that day or later."""
    return next(una for una in fechas(desde, frecuencia) if una >= dia)


def _quincena(desde: date, vez: int) -> date:
    meses, segunda = divmod(vez, 2)
    if not segunda:
        return _dia_de(desde, meses, desde.day)
    if desde.day <= _MEDIO_MES:
        return _dia_de(desde, meses, desde.day + _MEDIO_MES)
    return _dia_de(desde, meses + 1, max(1, desde.day - _MEDIO_MES))


def _dia_de(desde: date, meses: int, dia: int) -> date:
    """So many months after that of `desde`: that day, or the last one of the month."""
    ano, mes = divmod(desde.year * 12 + desde.month - 1 + meses, 12)
    return date(ano, mes + 1, min(dia, monthrange(ano, mes + 1)[1]))
