"""Days and months of the network, where no centre's calendar is meant: prices, rates and costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from comun.db import now
from comun.times import zone

ZONA = "America/Guayaquil"


def hoy() -> date:
    """What day it is."""
    return now().astimezone(zone(ZONA)).date()


def meses(desde: date, hasta: date) -> Iterator[tuple[date, datetime]]:
    """The first day of each month that these days lie in, and the moment at which it ends."""
    mes = desde.replace(day=1)
    while mes <= hasta:
        siguiente = primero_del_mes(mes, 1)
        yield mes, datetime.combine(siguiente, time.min, zone(ZONA))
        mes = siguiente


def primero_del_mes(dia: date, despues: int = 0) -> date:
    """The first day of the month that is so many after (or, negative, before) that of a day."""
    anos, mes = divmod(dia.year * 12 + dia.month - 1 + despues, 12)
    return date(anos, mes + 1, 1)
