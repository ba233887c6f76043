"""Dates of birth, which come as text and must be days that a living person can have been born on."""

from datetime import date

from cnt_grpc.kit import clock
from cnt_grpc.kit.errors import Invalid

_EARLIEST = date(1900, 1, 1)


def clean_date_of_birth(text: str) -> date | None:
    """The day, or None for an empty text; raises Invalid for no day of the calendar, or one that is not over yet."""
    if not text:
        return None
    try:
        born = date.fromisoformat(text)
        if born.isoformat() != text:
            raise ValueError(text)  # ISO 8601 knows other spellings, and one is enough
    except ValueError:
        raise Invalid.of("date_of_birth", "must be a day, YYYY-MM-DD", "date_of_birth.invalid") from None
    if not _EARLIEST <= born <= clock.now().date():
        raise Invalid.of("date_of_birth", f"must lie between {_EARLIEST} and today", "date_of_birth.range")
    return born
