"""Instants and zones. Everything inside is aware; a naive time is a wall clock somewhere."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SkippedTime(ValueError):
    """The wall clock never shows this time: it jumped over it."""


class AmbiguousTime(ValueError):
    """The wall clock shows this time twice; say which with an offset."""


@lru_cache(maxsize=700)
def zone(name: str) -> ZoneInfo:
    """The IANA zone; ValueError when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no IANA time zone: {name}") from error


def localise(moment: datetime, zone_name: str) -> datetime:
    """An aware instant: a naive `moment` is read on the wall clock of the zone.

    Raises SkippedTime or AmbiguousTime where the clock changes.
    """
    if moment.tzinfo is not None:
        return moment
    place = zone(zone_name)
    first, second = moment.replace(tzinfo=place, fold=0), moment.replace(tzinfo=place, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(place).replace(tzinfo=None) != moment:
        raise SkippedTime(moment.isoformat())
    raise AmbiguousTime(moment.isoformat())


def add_minutes(moment: datetime, minutes: int) -> datetime:
    """`minutes` of real time later (not of wall clock), in UTC."""
    return moment.astimezone(UTC) + timedelta(minutes=minutes)
