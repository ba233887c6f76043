"""Who somebody is in LiveKit's rooms, and what rooms are called: names that say whose they are."""

import secrets
from typing import Final

_LISTENER: Final = "listener-"
_LONGEST: Final = 18
"""Digits of an id: what is longer may be no number of the database's."""


def anonymous_identity() -> str:
    """A new identity for a listener without an account."""
    return f"{_LISTENER}{secrets.token_hex(8)}"


def identity_of(user_id: int) -> str:
    """A person in any room: on a second device they take the place of the first, as LiveKit has it."""
    return f"user-{user_id}"


def person_behind(identity: str) -> int:
    """The person of an identity that we gave; 0 for a listener without an account, a studio or a recorder."""
    prefix, _, number = identity.partition("-")
    return _id(number) if prefix == "user" else 0


def is_visitor(identity: str) -> bool:
    """Whether this is somebody who came in with a token of ours, and not a studio, a recorder or an agent."""
    return identity.startswith((_LISTENER, "user-"))


def _id(number: str) -> int:
    """A number that may be somebody's id; 0 for what can be nobody's."""
    return int(number) if number.isascii() and number.isdigit() and len(number) <= _LONGEST else 0


def voice_rooms_of(user_id: int) -> str:
    """How the names of a person's voice rooms begin."""
    return f"voice-agent-{user_id}-"


def owner_of_voice_room(name: str) -> int:
    """Whose voice room this is; 0 for what is none."""
    _, _, rest = name.partition("voice-agent-")
    number, _, tail = rest.partition("-")
    return _id(number) if name.startswith("voice-agent-") and tail else 0


def studio_of(user_id: int) -> str:
    """The identity of what a host sends in from a studio's software."""
    return f"studio-{user_id}"
