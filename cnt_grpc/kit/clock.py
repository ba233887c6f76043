"""The one place that asks what time it is, so that a test can move time."""

from datetime import UTC, datetime, timedelta

_shift = timedelta()


def now() -> datetime:
    """The current moment in UTC, moved by what a test asked for."""
    return datetime.now(UTC) + _shift


def move(by: timedelta) -> None:
    """Let `now` run ahead by this much more; only tests move time."""
    global _shift  # noqa: PLW0603  (one clock a process is the point)
    _shift += by


def reset() -> None:
    """Undo every `move`."""
    global _shift  # noqa: PLW0603
    _shift = timedelta()
