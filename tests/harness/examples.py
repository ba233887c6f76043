"""The shape of tests/<room>/examples.py: for each method of a room, a valid call, and what the laws need to know of it.

    EXAMPLES = {
        "cnt.content.v1.ContentService/GetPodcast": Example(
            given=own_podcast, caller=Who.OWNER, foreign=Foreign("podcast_id", hidden_podcast, "CONTENT_NOT_FOUND")),
        "cnt.content.v1.ContentService/ListPodcasts": Example(caller=Who.ANYONE, pages=Pages(fill_podcasts, "podcasts")),
    }

The laws in tests/contract run over every method of the server; a method without an example fails them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.harness.world import Person, World

Fields = Mapping[str, Any]
"""Fields of a request; for client streams a list of requests under the key "requests"."""
Given = Callable[["World", "Person"], Awaitable[Fields]]
"""Makes what a valid call of this person needs, as rows of their own, and returns the request's fields."""


async def nothing(world: World, who: Person) -> Fields:
    """For requests that need no fields."""
    return {}


@dataclass(frozen=True)
class Foreign:
    """A private object of somebody else: asking for it must look exactly like asking for an id that nobody has."""

    field: str
    """The request's field with the object's id."""
    make: Callable[[World, Person], Awaitable[Any]]
    """Makes a private object that belongs to this person and returns its id."""
    reason: str
    """The reason of NOT_FOUND."""
    unknown: Any = 2**62
    """An id that nobody has."""


@dataclass(frozen=True)
class Pages:
    """A list that is walked page by page."""

    fill: Callable[[World, Person, int], Awaitable[Fields]]
    """Adds so many items that this person's list shows, all with the same sort value; returns the request's fields
    that show these items alone."""
    items: str
    """The reply's field with the items."""
    key: str = "id"
    """The item's field that tells it from others."""


@dataclass(frozen=True)
class Example:
    """One method."""

    given: Given = nothing
    """Makes a valid call; called anew for each call, because many calls succeed only once."""
    role: str = ""
    """The role that makes the call valid: "", "guest", "creator", "moderator" or "admin"; a plain user by default."""
    foreign: Foreign | None = None
    """Where the request names a private object."""
    pages: Pages | None = None
    """Where the reply is a page of a list."""
    streams: int = 1
    """For server streams: how many messages a valid call gives at once, before it waits."""
