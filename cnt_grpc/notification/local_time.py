"""Moments by the clocks on people's walls: quiet hours and the hour of the daily mail, across changes of clocks."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = 3
"""Today, tomorrow, and one more where a change of the calendar skipped tomorrow (Samoa, December 2011)."""


def zone(name: str) -> ZoneInfo:
    """The time zone; UTC where this machine does not know it (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of the day; it ends on the next day when it ends before it begins."""

    begin: time
    end: time

    def over_at(self, now: datetime, where: ZoneInfo) -> datetime:
        """The moment at which what comes up `now` may be sent: `now` itself outside of the quiet hours."""
        wall = now.astimezone(where).time()
        over_midnight = self.end < self.begin
        quiet = (wall >= self.begin or wall < self.end) if over_midnight else self.begin <= wall < self.end
        return next_time(self.end, now, where) if quiet else now


def next_time(wall: time, now: datetime, where: ZoneInfo) -> datetime:
    """When clocks there show this time next, after `now`, in UTC.

    A time that a change of clocks skips comes when it would have come without the change; of one that it repeats,
    the first that still lies ahead.
    """
    today = now.astimezone(where).date()
    for days in range(_DAYS):
        for fold in (0, 1):
            local = datetime.combine(today + timedelta(days=days), wall, where).replace(fold=fold)
            moment = local.astimezone(UTC)
            # Of a skipped time, fold 1 lies before the change: no clock shows it.
            if moment > now and (fold == 0 or moment.astimezone(where).time() == wall):
                return moment
    return now + timedelta(days=1)
