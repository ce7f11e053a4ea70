"""Wall clocks and instants. An instant is a whole number of minutes since 1970 in UTC: quick to compare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Intervalo = tuple[int, int]

DIA = 24 * 60
_EPOCA = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCA_LOCAL = datetime(1970, 1, 1)  # noqa: DTZ001 - the wall clock's


def minuto(momento: datetime) -> int:
    """The minute in which an aware moment lies."""
    return int((momento - _EPOCA).total_seconds() // 60)


def minuto_final(momento: datetime) -> int:
    """The first minute that begins at an aware moment or after it: where what ends then is surely over."""
    return -int(-(momento - _EPOCA).total_seconds() // 60)


def momento(instante: int) -> datetime:
    """The instant as an aware datetime in UTC."""
    return _EPOCA + timedelta(minutes=instante)


def fecha_local(instante: int, zona: ZoneInfo) -> date:
    """The day on that zone's calendar."""
    return momento(instante).astimezone(zona).date()


def empieza(dia: date) -> datetime:
    """When the day begins where it begins first: clocks go from 12 hours behind UTC to 14 ahead."""
    return datetime.combine(dia, time(tzinfo=UTC)) - timedelta(hours=14)


def termina(dia: date) -> datetime:
    """When the day is over everywhere."""
    return datetime.combine(dia, time(tzinfo=UTC)) + timedelta(days=1, hours=12)


def lectura(local: datetime) -> int:
    """A naive wall clock reading as minutes since 1970 on that clock."""
    return int((local - _EPOCA_LOCAL).total_seconds() // 60)


def instante_local(local: datetime, zona: ZoneInfo) -> int:
    """The instant of a naive reading: the first of two, and one that is skipped moves on with the clock."""
    return minuto(local.replace(tzinfo=zona).astimezone(UTC))


@lru_cache(maxsize=20_000)
def tramos(dia: date, zona: ZoneInfo) -> tuple[tuple[int, int, int], ...]:
    """The day cut where its clock changes: (first instant, end, what its readings are ahead of the instant).

    Nearly always one piece. Offsets are whole minutes since the last local mean times went out of use.
    """
    medianoche = datetime(dia.year, dia.month, dia.day)  # noqa: DTZ001 - a reading
    # Whatever the offset, instants whose reading is of this day lie within.
    desde, hasta = lectura(medianoche) - 14 * 60, lectura(medianoche) + DIA + 14 * 60
    return tuple(
        (max(inicio, lectura(medianoche) - avance), min(fin, lectura(medianoche) + DIA - avance), avance)
        for inicio, fin, avance in _desfases(desde, hasta, zona)
        if max(inicio, lectura(medianoche) - avance) < min(fin, lectura(medianoche) + DIA - avance)
    )


def _avance(instante: int, zona: ZoneInfo) -> int:
    desfase = momento(instante).astimezone(zona).utcoffset()
    assert desfase is not None
    return int(desfase.total_seconds() // 60)


def _desfases(desde: int, hasta: int, zona: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """[desde, hasta) in pieces of one offset. Two changes within an hour are not known anywhere."""
    inicio, avance = desde, _avance(desde, zona)
    for paso in range(desde + 60, hasta + 60, 60):
        limite = min(paso, hasta)
        if (siguiente := _avance(limite, zona)) != avance:
            antes, despues = limite - 60, limite
            while despues - antes > 1:
                medio = (antes + despues) // 2
                antes, despues = (medio, despues) if _avance(medio, zona) == avance else (antes, medio)
            yield inicio, despues, avance
            inicio, avance = despues, siguiente
    if inicio < hasta:
        yield inicio, hasta, avance


def franja(dia: date, desde: int, hasta: int, zona: ZoneInfo) -> list[tuple[int, int, int]]:
    """The instants of a day at which the clock shows a time in [desde, hasta), minutes since midnight.

    (start, end, what a reading is ahead) of each piece: a repeated hour gives two, a skipped one none.
    """
    base = lectura(datetime(dia.year, dia.month, dia.day))  # noqa: DTZ001 - a reading
    piezas = []
    for inicio, fin, avance in tramos(dia, zona):
        primero, ultimo = max(inicio, base + desde - avance), min(fin, base + hasta - avance)
        if primero < ultimo:
            piezas.append((primero, ultimo, avance))
    return piezas
