"""Places on the earth: the cells of a grid of one degree, by which what is near is looked up; pure functions."""

import math
from typing import Final

from cnt_grpc.community.queries.events import EARTH
from cnt_grpc.kit.errors import Invalid

_COLUMNS: Final = 360
_ROWS: Final = 180


def cell(latitude: float, longitude: float) -> int:
    """The cell of a place."""
    return _row(latitude) * _COLUMNS + _column(longitude)


def cells(latitude: float, longitude: float, radius_km: float) -> list[int]:
    """Every cell that a circle touches, and maybe a few more."""
    reach = math.degrees(radius_km / EARTH)
    rows = range(_row(latitude - reach), _row(latitude + reach) + 1)
    furthest = max(abs(latitude - reach), abs(latitude + reach))
    if furthest >= 90 - reach:  # degrees: a pole is near, where all longitudes meet
        columns = set(range(_COLUMNS))
    else:
        wide = math.degrees(math.asin(min(math.sin(math.radians(reach)) / math.cos(math.radians(latitude)), 1.0)))
        first, last = math.floor(longitude - wide), math.floor(longitude + wide)
        columns = {_column(each) for each in range(first, last + 1)}
    return sorted(row * _COLUMNS + column for row in rows for column in columns)


def _row(latitude: float) -> int:
    return min(max(math.floor(latitude + 90), 0), _ROWS - 1)


def _column(longitude: float) -> int:
    return math.floor(longitude + 180) % _COLUMNS


def point(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """A place of which both numbers are given, None where neither is. Raises Invalid for one alone."""
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        raise Invalid.of(missing, "latitude and longitude come together")
    return latitude, longitude
