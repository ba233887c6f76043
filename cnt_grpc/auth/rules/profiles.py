"""One's own profile, and how to change it."""

import unicodedata
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from cnt_grpc.auth import jobs
from cnt_grpc.auth.avatars import Avatars
from cnt_grpc.auth.dates import clean_date_of_birth
from cnt_grpc.auth.names import clean_name
from cnt_grpc.auth.queries import accounts as queries
from cnt_grpc.auth.violations import Violations
from cnt_grpc.kit import clock
from cnt_grpc.kit.db import Row, Tx
from cnt_grpc.kit.errors import Invalid


def _clean_time_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, LookupError):
        raise Invalid.of("time_zone", "must be a time zone of the IANA database", "time_zone.unknown") from None


def _or_none(text: str) -> str | None:
    return text or None


_CLEAN: Mapping[str, Callable[[str], object]] = {
    "name": clean_name,
    "phone": _or_none,
    "date_of_birth": clean_date_of_birth,
    "bio": lambda text: unicodedata.normalize("NFC", text).strip(),
    "avatar": _or_none,
    "time_zone": _clean_time_zone,
    "language": str,
}
_COLUMN = {"avatar": "avatar_key"}
_FOUND_BY = frozenset({"name", "bio"})
"""What a search for people looks at, besides the username."""


async def change(tx: Tx, avatars: Avatars, user_id: int, given: Mapping[str, str]) -> Row:
    """Set what was given, by the contract's field names, and give the whole profile; raises Invalid with all faults."""
    violations = Violations()
    values = {_COLUMN.get(name, name): violations.of(_CLEAN[name], text, None) for name, text in given.items()}
    violations.refuse()
    if not values:
        return await queries.own_profile(tx, user_id)
    if "avatar_key" in values:
        await avatars.let_go(tx, user_id)
    if not _FOUND_BY.isdisjoint(values):
        await jobs.index_person(tx, user_id)
    return await queries.update_profile(tx, user_id, values | {"updated_at": clock.now()})


async def set_avatar(tx: Tx, user_id: int, avatar_key: str) -> None:
    """Show the picture with this key from now on; the room that keeps pictures has checked it. Raises NotFound."""
    await queries.update_profile(tx, user_id, {"avatar_key": avatar_key, "updated_at": clock.now()})
