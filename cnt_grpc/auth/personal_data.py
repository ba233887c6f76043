"""Who holds something about a person: every room, each with its part of an export and of an erasure.

The plug board lists the holders in the order of rooms; the higher ones erase first, since what they hold leans on
the lower.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from cnt_grpc.kit.db import Tx

Record = Mapping[str, object]
"""One thing that is held: texts, numbers, truth values, moments, days, None, and lists and mappings of these."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A room's two doors for the people it knows; its privacy.py has both."""

    room: str
    export: Callable[[Tx, int], AsyncIterator[tuple[str, Record]]]
    """All that the room holds about a person, as records with the name of their kind, those of a kind together."""
    erase: Callable[[Tx, int], Awaitable[None]]
    """Drop or blank what names a person; what others need stays, without the name. Done twice it does nothing more."""
