"""What a room's author writes so that the law of blocks holds its methods: tests/<room>/meetings.py.

    MEETINGS = {
        f"{SERVICE}/GetPost": Meeting(post_of_author),
        f"{SERVICE}/WatchPosts": "shows only what happens; tests/community/test_watching.py blocks on an open stream",
    }

Each method that shows people or their words to anyone who is not a moderator has one entry: how to make something of
one person that a call of another one shows, or in a sentence why a block changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.harness.examples import Fields
    from tests.harness.world import Person, World


@dataclass(frozen=True)
class Meeting:
    """A call in which one person meets another."""

    given: Callable[[World, Person, Person], Awaitable[Fields]]
    """Makes something of the first person that the second one's call shows, with the first one's name in it; returns
    the request's fields."""
    name: Callable[[Person], str] = lambda author: author.name
    """What of the first person the answer holds."""


Meetings = dict[str, Meeting | str]
