"""What a push message is, and what becomes of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Push:
    """A message to one device."""

    token: str
    title: str
    message: str
    data: Mapping[str, str]
    """What the app needs to open the right page."""


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
