"""What a room's author writes so that the laws of tests/contract hold its methods: tests/<room>/examples.py.

    EXAMPLES = {
        f"{SERVICE}/GetPodcast": Example(
            given=approved_podcast,
            foreign=Foreign("podcast_id", pending_podcast, "CONTENT_NOT_FOUND"),
        ),
        f"{SERVICE}/ListPodcasts": Example(
            pages=Pages(fill_podcasts, "podcasts", key="podcast_id"),
            open_ids={"category_id": "everyone knows the categories", "creator_id": "a filter of what everyone sees"},
        ),
        f"{SERVICE}/FeaturePodcast": Example(given=approved_podcast, role="admin"),
    }

Each method of the room has one entry, under its full name, and each entry says:

given     how to make a call that succeeds: rows for this person (straight in the tables, a millisecond each), and the
          request's fields. It is called anew for each call. Fields that the contract marks as sensitive are looked for
          in logs afterwards, so give them values that stand nowhere else.
role      whose call succeeds, where a plain user's does not.
foreign   for each field that names a private thing by its id, how somebody else's is made. Asking for it must be
          answered like asking for an id that nobody has, to the byte.
open_ids  for each other `…_id` field, in a sentence, why it can tell nobody anything.
pages     for each list, how to fill it with items of one sort value: the laws walk it.
signed    for webhooks, how their party signs a request.
heavy     true where a valid call takes more than a few milliseconds: the laws then make fewer of them.

The laws find the rest in the contract: who may call, what is sensitive, how long a text may be, which reasons the
comment of a method names. A method without an example fails them, and so does an example of a method that is gone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
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
    that show these items, and as few others as the contract allows."""
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
    foreign: Foreign | tuple[Foreign, ...] | None = None
    """Where the request names private objects."""
    open_ids: Mapping[str, str] = field(default_factory=dict)
    """The request's fields that end in `_id` and name nothing private, each with the reason why."""
    pages: Pages | None = None
    """Where the reply is a page of a list."""
    streams: int = 1
    """For server streams: how many messages a valid call gives at once, before it waits."""
    signed: Callable[[bytes], Mapping[str, str]] | None = None
    """For what providers call: the headers that prove a request of these bytes."""
    heavy: bool = False
    """A valid call takes long: it starts a program or waits for a job."""

    @property
    def foreigners(self) -> tuple[Foreign, ...]:
        """Every private object that the request may name."""
        if isinstance(self.foreign, Foreign):
            return (self.foreign,)
        return self.foreign or ()
