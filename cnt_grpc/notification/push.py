"""What a push message is, and what becomes of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol, Self

from cnt_grpc.notification.notice import shortened

MOST_WORDS = 200
"""Characters of a text that a push message shows: more than any phone does before its owner opens the app."""
MOST_FACT = 100
"""Bytes of a fact that goes along. Messages may have 4,096 bytes in all, and free texts are in the inbox anyway."""


@dataclass(frozen=True, slots=True)
class Push:
    """A message to one device."""

    token: str
    title: str
    message: str
    data: Mapping[str, str]
    """What the app needs to open the right page."""

    @classmethod
    def of(cls, token: str, title: str, message: str, facts: Mapping[str, str]) -> Self:
        """Cut to what every phone takes; facts that are long texts are left out."""
        data = {name: fact for name, fact in facts.items() if len(fact.encode()) <= MOST_FACT}
        return cls(token, shortened(title, MOST_WORDS), shortened(message, MOST_WORDS), data)


class Pushed(Enum):
    """What became of it."""

    SENT = auto()
    DEAD = auto()
    """The token belongs to no device of our app any more."""
    REFUSED = auto()
    """This message will never be taken."""


class Pusher(Protocol):
    """Hands push messages over."""

    async def send(self, push: Push) -> Pushed:
        """Hand over a message, outside any transaction. Raises Unavailable to try later, TryLater to say when."""
        ...
