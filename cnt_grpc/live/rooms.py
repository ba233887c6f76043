"""What we ask of LiveKit, whoever answers: rooms, who is in them, studios' ways in, and recordings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from cnt_grpc.live.standing import Role

TIMEOUT: Final = 2.5
"""Seconds for one call: callers are told within three."""

EMPTY_TIMEOUT: Final = timedelta(minutes=5)
"""How long LiveKit keeps a room that nobody is in."""

TOKEN_LIFETIME: Final = timedelta(minutes=2)
"""How long a token opens a room. LiveKit renews it for whoever is inside, so that this is only the time to come in."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody in a room, as LiveKit sees them."""

    identity: str
    name: str
    joined_at: int
    """Seconds since 1970."""
    is_publishing: bool
    sound: tuple[str, ...]
    """Ids of what is heard of them, muted or not."""
    picture: tuple[str, ...]
    """Ids of what is seen of them."""
    may_publish: bool
    """Whether LiveKit lets them be seen and heard now."""
    is_person: bool = True
    """Not a recorder, an ingress or an agent."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way in for a studio's software."""

    ingress_id: str
    url: str
    stream_key: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, as LiveKit sees it."""

    egress_id: str
    is_over: bool
    asked_key: str
    """Where its file was to lie in our storage: by this a recording is known whose id was never told."""
    key: str
    """Where its file lies; empty when there is none."""
    error: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where LiveKit puts recordings: our own S3."""

    name: str
    region: str
    endpoint: str
    key_id: str
    secret: str


class Refused(Exception):
    """LiveKit answered that it does not do it: nothing has come of the call."""


class Rooms(Protocol):
    """What we ask of LiveKit. Each call raises Unavailable when it does not answer within TIMEOUT."""

    async def aclose(self) -> None:
        """Let go of its connections."""
        ...

    async def open(self, room: str, *, agent: str = "") -> None:
        """Make the room, or leave it as it is. Into a room with an agent one of that name is sent when it is made."""
        ...

    async def call_agent(self, room: str, agent: str) -> None:
        """Send an agent of this name into a room that is there, unless one is in it or on its way."""
        ...

    async def close(self, room: str) -> None:
        """End the room for everyone in it; one that is not there is closed already."""
        ...

    async def names(self) -> Sequence[str]:
        """The rooms there are, the oldest first."""
        ...

    async def people(self, room: str) -> Sequence[Present] | None:
        """Who is in the room, the longest there first; None when there is no such room."""
        ...

    async def mute(self, room: str, identity: str, tracks: Sequence[str]) -> None:
        """Silence these tracks."""
        ...

    async def remove(self, room: str, identity: str) -> bool:
        """Put somebody out; False when they are not there."""
        ...

    async def permit(self, room: str, identity: str, role: Role, *, shares_screen: bool) -> bool:
        """Change what somebody may do, now, as a new token would say it; False when they are not there."""
        ...

    async def close_ingresses(self, room: str) -> None:
        """Close all ways into the room."""
        ...

    async def open_ingress(self, room: str, identity: str, name: str, *, whip: bool) -> Way:
        """Open a way in for a studio's software, which appears in the room as `identity`."""
        ...

    async def close_ingress(self, ingress_id: str) -> None:
        """Close it; one that is not there is closed already."""
        ...

    async def record(self, room: str, key: str, bucket: Bucket) -> str:
        """Begin to record the room into the file `key`; LiveKit's id of the recording.

        Raises Refused where it surely does not; after Unavailable it may be recording.
        """
        ...

    async def stop_recording(self, egress_id: str) -> None:
        """End a recording; one that has ended stays so."""
        ...

    async def recordings(self, room: str) -> Sequence[Recording]:
        """The recordings of the room that LiveKit knows, those that are over among them."""
        ...

    async def recording(self, egress_id: str) -> Recording | None:
        """How a recording stands; None when LiveKit knows none."""
        ...
