"""Wall clocks and instants."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comun.times import AmbiguousTime, SkippedTime, add_minutes, localise, zone

NEW_YORK = "America/New_York"


def test_a_naive_time_is_read_on_the_clock_of_the_zone() -> None:
    moment = datetime(2026, 1, 15, 10)  # noqa: DTZ001 - a wall clock
    assert localise(moment, "America/Guayaquil").isoformat() == "2026-01-15T10:00:00-05:00"
    assert localise(moment, "Pacific/Galapagos").isoformat() == "2026-01-15T10:00:00-06:00"


def test_an_instant_stays_what_it_is() -> None:
    moment = datetime(2026, 1, 15, 10, tzinfo=UTC)
    assert localise(moment, NEW_YORK) is moment


@pytest.mark.parametrize(("hour", "minute"), [(2, 0), (2, 30), (2, 59)])
def test_a_time_that_the_clock_jumps_over(hour: int, minute: int) -> None:
    with pytest.raises(SkippedTime):
        localise(datetime(2026, 3, 8, hour, minute), NEW_YORK)  # noqa: DTZ001


@pytest.mark.parametrize(("hour", "minute"), [(1, 0), (1, 30), (1, 59)])
def test_a_time_that_the_clock_shows_twice(hour: int, minute: int) -> None:
    with pytest.raises(AmbiguousTime):
        localise(datetime(2026, 11, 1, hour, minute), NEW_YORK)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "hour"), [("2026-03-08", 1), ("2026-03-08", 3), ("2026-11-01", 0), ("2026-11-01", 2)]
)
def test_just_beside_a_change_all_is_clear(day: str, hour: int) -> None:
    assert localise(datetime.fromisoformat(f"{day}T{hour:02}:30"), NEW_YORK).hour == hour


def test_minutes_are_real_ones_across_a_change_of_the_clock() -> None:
    before = localise(datetime(2026, 3, 8, 1, 30), NEW_YORK)  # noqa: DTZ001
    assert add_minutes(before, 60).astimezone(ZoneInfo(NEW_YORK)).isoformat() == "2026-03-08T03:30:00-04:00"


@pytest.mark.parametrize("name", ["", "Quito", "../../etc/passwd", "/etc/passwd", "America", "a" * 5000, "a\0b", "ñ"])
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(ValueError, match="no IANA time zone"):
        zone(name)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)),  # noqa: DTZ001
    st.sampled_from([NEW_YORK, "America/Guayaquil", "Europe/Madrid", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_what_is_accepted_shows_the_same_wall_clock_and_is_the_only_such_instant(moment: datetime, name: str) -> None:
    place = zone(name)
    try:
        instant = localise(moment, name)
    except (SkippedTime, AmbiguousTime):
        return
    assert instant.astimezone(UTC).astimezone(place).replace(tzinfo=None) == moment
    for hours in (-24, -1, -0.5, 0.5, 1, 24):
        other = (instant.astimezone(UTC) + timedelta(hours=hours)).astimezone(place)
        assert other.replace(tzinfo=None) != moment
