"""Quiet hours and the hour of the daily mail, wherever people live and whatever their clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnt_grpc.notification.local_time import QuietHours, next_time, zone

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NIGHT = QuietHours(time(22), time(7))


def at(text: str, where: ZoneInfo, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=where, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-06-10T21:59:59", "2026-06-10T21:59:59"),
        ("2026-06-10T22:00", "2026-06-11T07:00"),
        ("2026-06-11T06:59", "2026-06-11T07:00"),
        ("2026-06-11T07:00", "2026-06-11T07:00"),
        # The nights in which clocks change: seven in the morning is seven in the morning.
        ("2026-03-28T23:00", "2026-03-29T07:00"),
        ("2026-10-24T23:00", "2026-10-25T07:00"),
    ],
)
def test_a_night(now: str, until: str) -> None:
    assert NIGHT.over_at(at(now, BERLIN), BERLIN) == at(until, BERLIN)


def test_a_night_is_as_long_as_it_is() -> None:
    short = NIGHT.over_at(at("2026-03-28T22:00", BERLIN), BERLIN) - at("2026-03-28T22:00", BERLIN)
    long = NIGHT.over_at(at("2026-10-24T22:00", BERLIN), BERLIN) - at("2026-10-24T22:00", BERLIN)
    assert (short, long) == (timedelta(hours=8), timedelta(hours=10))


def test_an_end_that_clocks_skip_comes_when_it_would_have_come() -> None:
    # At 2:00 it becomes 3:00: no clock shows 2:30, and 3:30 is 90 minutes after 1:00.
    quiet = QuietHours(time(1), time(2, 30))
    assert quiet.over_at(at("2026-03-08T01:00", NEW_YORK), NEW_YORK) == at("2026-03-08T03:30", NEW_YORK)


def test_an_end_that_clocks_show_twice_comes_at_the_first() -> None:
    quiet = QuietHours(time(0), time(1, 30))
    first = at("2026-11-01T01:30", NEW_YORK)
    assert quiet.over_at(at("2026-11-01T00:10", NEW_YORK), NEW_YORK) == first
    # At 2:00 it becomes 1:00 again, which is quiet again.
    second = at("2026-11-01T01:30", NEW_YORK, fold=1)
    assert quiet.over_at(at("2026-11-01T01:00", NEW_YORK, fold=1), NEW_YORK) == second
    assert second - first == timedelta(hours=1)


def test_a_zone_that_is_gone_is_utc() -> None:
    assert zone("Europe/Atlantis") == zone("../etc/passwd") == ZoneInfo("UTC")


@given(
    begin=st.times(),
    end=st.times(),
    now=st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    name=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo"]),
)
def test_it_is_always_over_soon(begin: time, end: time, now: datetime, name: str) -> None:
    where = ZoneInfo(name)
    over = QuietHours(begin, end).over_at(now, where)
    assert now <= over <= now + timedelta(hours=26)
    then = next_time(end, now, where)
    assert now < then <= now + timedelta(hours=26) or name == "Pacific/Apia"
